// Every order of a run, searched in a worker: proved, broken, stopped, and what is said where there can be no worker.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./support/axe.mjs";
import { SIZES, untilReady, useBrowser } from "./support/browser.mjs";
import { at, flip, verdict } from "./support/stage.mjs";

const site = useBrowser();

const dialog = (frame) => frame.getByRole("dialog", { name: "Every order" });
const state = (frame) => dialog(frame).locator(".prove-verdict");

/** Opens the search of the run on the stage, which begins by itself. */
async function search(frame) {
  await frame.getByRole("button", { name: "Prove" }).click();
  await dialog(frame).waitFor();
}

/** Chooses one of the three parts of the dialog. */
async function show(frame, name) {
  await dialog(frame).getByRole("radio", { name, exact: true }).check({ force: true });
}

const told = async (locator) => (await locator.innerText()).replace(/\s+/g, " ");

test("after the patch no order breaks it, and the page shows why so few are enough", async (t) => {
  const page = await site.open(t);
  await flip(page, "After");
  await search(page);
  await state(page).waitFor();
  assert.match(await told(state(page)), /No order breaks it; threads race for a word, and it does no harm\. 267 classes stand for about [\d.]+ × 10\S+ orders/);
  assert.equal(await dialog(page).getByRole("button", { name: "Walk it" }).count(), 0);
  await dialog(page).getByText("Why 267 are enough").click();
  const pairs = dialog(page).locator(".prove-pairs li");
  assert.ok((await pairs.count()) >= 1);
  for (const pair of await pairs.all()) {
    const [first, second, again, once] = await pair.locator(".prove-step").allInnerTexts();
    assert.deepEqual([first, second], [once, again], "the same two steps the other way round");
    assert.notEqual(first[0], second[0], "of two threads");
  }
  await assertAccessible(page);
});

test("by keyboard: F finds what breaks it, Walk it shows it, and Undo leads back", async (t) => {
  const page = await site.open(t, "#/lab?v=1&s=truncate-cow-vs-reclaim&p=before&r=B.");
  await page.keyboard.press("f");
  await state(page).waitFor();
  assert.match(await told(state(page)), /Broken with 2 context switches \(shortest\)/);
  await assertAccessible(page);
  await dialog(page).getByRole("button", { name: "Walk it" }).first().press("Enter");
  await dialog(page).waitFor({ state: "detached" });
  assert.equal(await at(page), 0);
  await page.keyboard.press("End");
  assert.match(await verdict(page), /Broken/);
  await page.waitForURL(/r=A42B21A41&/);
  await page.keyboard.press("Control+z");
  await page.waitForURL(/r=B\.&/);
});

test("what was searched can be sent as a link, which searches the same again", async (t) => {
  const page = await site.open(t, "#/prove/both?v=1&s=truncate-cow-vs-reclaim&p=before");
  await state(page).nth(1).waitFor();
  const link = await dialog(page).getByRole("textbox", { name: /^Link/ }).inputValue();
  const other = await site.open(t, link);
  await state(other).nth(1).waitFor();
  assert.match(await told(state(other).nth(0)), /Broken with 2/);
  assert.match(await told(state(other).nth(1)), /No order breaks it/);
});

test("an order that breaks it is compared with the same order after the patch", async (t) => {
  const page = await site.open(t);
  await search(page);
  await dialog(page).getByRole("button", { name: "Compare with After" }).first().click();
  await page.locator('.page[data-kernel="after"]').waitFor();
  await dialog(page).waitFor({ state: "detached" });
  await page.keyboard.press("End");
  assert.doesNotMatch(await verdict(page), /Broken/);
  await page.keyboard.press("b");
  await page.locator('.page[data-kernel="before"]').waitFor();
  await page.keyboard.press("End");
  assert.match(await verdict(page), /Broken/);
});

test("before and after stand side by side", async (t) => {
  const page = await site.open(t);
  await search(page);
  await show(page, "Before and after");
  await dialog(page).getByRole("button", { name: "Search before and after" }).click();
  await state(page).nth(1).waitFor();
  assert.match(await told(state(page).nth(0)), /Broken with 2/);
  assert.match(await told(state(page).nth(1)), /No order breaks it/);
});

test("a long search counts, is told aloud now and then, and stops without a proof", async (t) => {
  const page = await site.open(t, "#/lab?v=1&s=reclaim-exit-truncate-anon&p=after");
  await search(page);
  await dialog(page).getByText("orders tried").waitFor();
  const stopping = page.evaluate(() => new Promise((done) => {
    const button = [...document.querySelectorAll("dialog button")].find(({ textContent }) => textContent === "Stop");
    const begun = performance.now();
    new MutationObserver((_, observer) => {
      if (!document.querySelector("dialog .prove-verdict")) return;
      observer.disconnect();
      done(performance.now() - begun);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
    button.click();
  }));
  t.diagnostic(`Stop was answered after ${(await stopping).toFixed(1)} ms`);
  assert.match(await told(state(page)), /Stopped after [\d,]+ orders\. None broke\. This is not a proof/);
  assert.equal(await state(page).locator("path").getAttribute("d").then((d) => d.startsWith("M2.5 9.5")), true, "no check mark");
  assert.match(await dialog(page).locator("[aria-live]").innerText(), /not a proof/);
  await dialog(page).getByRole("button", { name: "Search again" }).click();
  await dialog(page).getByText("orders tried").waitFor();
  // Closing is a stop as well.
  await dialog(page).getByRole("button", { name: "Close" }).click();
  await dialog(page).waitFor({ state: "detached" });
});

test("the bench tries a patch of one's own on every scenario, and each that breaks can be walked", async (t) => {
  const page = await site.open(t, "#/lab?v=1&s=truncate-cow-vs-reclaim&p=after");
  await search(page);
  await show(page, "Patch bench");
  const row = (id) => dialog(page).locator(`.bench-row[data-scenario="${id}"]`);
  const settled = async () => dialog(page).getByRole("button", { name: "Search again" }).waitFor({ timeout: 120_000 });
  await settled();
  assert.equal(await dialog(page).locator('[data-verdict="broken"]').count(), 0);
  assert.equal(await row("truncate-cow-vs-reclaim").getAttribute("data-verdict"), "harmless");
  assert.equal(await row("reclaim-exit-munlock").getAttribute("data-verdict"), "not proved");

  await dialog(page).getByRole("combobox", { name: /^mlock/ }).selectOption("mmap-sem");
  await settled();
  assert.equal(await row("truncate-cow-vs-reclaim").getAttribute("data-verdict"), "broken");
  await assertAccessible(page);
  await row("exit-vs-reclaim-file").getByRole("button", { name: /Walk it/ }).click();
  await page.locator('.page[data-kernel^="before"]').waitFor();
  await dialog(page).waitFor({ state: "detached" });
  await page.keyboard.press("End");
  assert.match(await verdict(page), /stranded|Broken/i);
  assert.match(page.url(), /s=exit-vs-reclaim-file/);
});

test("a link opens a search, and a bench as it was set", async (t) => {
  const page = await site.open(t, "#/prove?v=1&s=truncate-cow-vs-reclaim&p=before");
  await state(page).waitFor();
  assert.match(await told(state(page)), /Broken with 2/);

  const bench = await site.open(t, "#/bench?v=1&s=truncate-cow-vs-reclaim&p=after&k=after%2Crecheck%3Doff");
  await dialog(bench).locator('.bench-row[data-scenario="truncate-cow-vs-reclaim"]:not([data-verdict="searching"])').waitFor();
  assert.ok(!(await dialog(bench).getByRole("checkbox", { name: /^recheck/ }).isChecked()));
  await dialog(bench).getByRole("checkbox", { name: /^early-exit/ }).uncheck();
  // That is the parent with another lock: a kernel is named after the preset it is closest to.
  await bench.waitForURL(/#\/bench\?.*k=before,mlock%3Dpte-lock,recheck%3Doff/);
});

test("in a sandbox the search starts from a blob", async (t) => {
  const html = `<!doctype html><title>A host</title><iframe sandbox="allow-scripts" src="${site.url}index.html" title="Lockstep" width="1280" height="800"></iframe>`;
  const page = await site.open(t, "host", { ready: false, html });
  const frame = page.frames().find((one) => one !== page.mainFrame());
  await untilReady(frame);
  await search(frame);
  await state(frame).waitFor();
  assert.match(await told(state(frame)), /Broken with 2/);
});

test("where the worker cannot be loaded that is said, and the run goes on", async (t) => {
  const page = await site.open(t, "", { missing: /worker_bg\.wasm/ });
  await search(page);
  await state(page).waitFor();
  assert.match(await told(state(page)), /did not start the search/);
  assert.match(await told(dialog(page)), /Your run is safe/);
  await dialog(page).getByRole("button", { name: "Close" }).click();
  await page.keyboard.press("ArrowRight");
  await page.locator('.page:not([data-step="0"])').waitFor();
});

test("a worker of another build is refused, and one that dies is told of", async (t) => {
  const bytes = (kind, text) => `Uint8Array.of(${kind}, ${text.length}, ...new TextEncoder().encode(${JSON.stringify(text)})).buffer`;
  const stale = await site.open(t);
  await stale.route(/worker_loader\.js/, (route) => route.fulfill({ contentType: "text/javascript", body: `postMessage(${bytes(0, "older")})` }));
  await search(stale);
  await state(stale).waitFor();
  assert.match(await told(state(stale)), /another build.*Reload/);

  const dying = await site.open(t);
  await dying.route(/worker_loader\.js/, (route) => route.fulfill({ contentType: "text/javascript", body: `onmessage = () => postMessage(${bytes(6, "at a place")})` }));
  await search(dying);
  await state(dying).waitFor();
  assert.match(await told(state(dying)), /internal error.*at a place/);
  await dying.unroute(/worker_loader\.js/);
  await dialog(dying).getByRole("button", { name: "Search again" }).click();
  await dialog(dying).getByText(/Broken with 2/).first().waitFor();
});

for (const colorScheme of ["light", "dark"]) {
  test(`on a phone nothing sticks out, and axe finds nothing serious: ${colorScheme}`, async (t) => {
    const page = await site.open(t, "", { colorScheme, viewport: SIZES.phone, hasTouch: true });
    await page.getByRole("button", { name: "All orders" }).tap();
    await state(page).waitFor();
    for (const part of ["This run", "Before and after", "Patch bench"]) {
      await show(page, part);
      await assertAccessible(page);
      const sticks = await dialog(page).evaluate((box) => box.scrollWidth - box.clientWidth);
      assert.ok(sticks <= 0, `${part}: ${sticks}`);
    }
  });
}
