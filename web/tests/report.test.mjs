// The reports over all orders: what races, what is locked under what, and that every run in them can be walked.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { assertAccessible } from "./support/axe.mjs";
import { SIZES, useBrowser } from "./support/browser.mjs";
import { at, verdict } from "./support/stage.mjs";

const site = useBrowser();

const THIRD = "v=1&s=exit-vs-exit-third-mapping";
const dialog = (page) => page.getByRole("dialog", { name: "Every order" });
const report = (page) => dialog(page).locator(".report");
const text = (page) => dialog(page).getByRole("textbox", { name: /^Text/ });

/** Opens a report by its link. */
async function open(t, name, query, options) {
  const page = await site.open(t, `#/report/${name}?${query}`, options);
  await report(page).waitFor();
  return page;
}

/** Chooses a part of the dialog, or the code a report is about. */
async function choose(page, name) {
  await dialog(page).getByRole("radio", { name, exact: true }).check({ force: true });
}

const told = async (locator) => (await locator.innerText()).replace(/\s+/g, " ");

test("the races are told with their lines, and every step in them is a link into the run", async (t) => {
  const page = await open(t, "race", `${THIRD}&p=before`);
  assert.match(await told(report(page)), /3 pairs race; harmful: 1\./);
  const worst = report(page).locator(".race").first();
  assert.match(await told(worst), /harmful vm_flags of V_B read in try_to_unmap_one, write in munlock_vma_pages_range/);
  assert.match(await told(worst), /Ordered by: nothing/);
  const sides = worst.locator(".race-side");
  const step = sides.first().getByRole("link");
  const number = Number((await step.innerText()).replace(/\D/g, ""));
  await step.click();
  await dialog(page).waitFor({ state: "detached" });
  assert.equal(await at(page), number);
  await page.goBack();
  await report(page).waitFor();
  await report(page).getByRole("link", { name: /^Walk this order/ }).first().click();
  await dialog(page).waitFor({ state: "detached" });
  assert.equal(await at(page), number - 1);
  await page.keyboard.press("End");
  assert.match(await verdict(page), /Broken/);
});

test("the other order of a harmful pair ends well, and after the patch no pair is harmful", async (t) => {
  const page = await open(t, "race", `${THIRD}&p=before`);
  await choose(page, "After");
  await report(page).getByText("3 pairs race; harmful: none.").waitFor();
  await choose(page, "Before");
  await report(page).getByText("3 pairs race; harmful: 1.").waitFor();
  await report(page).getByRole("link", { name: "Walk the other, which ends ok" }).click();
  await dialog(page).waitFor({ state: "detached" });
  await page.keyboard.press("End");
  assert.doesNotMatch(await verdict(page), /Broken/);
});

test("before, trylocks go against the order of the locks; after, none does", async (t) => {
  const page = await open(t, "locks", `${THIRD}&p=before`);
  assert.match(await told(report(page)), /nobody waits against it; 2 edges that only try go against it/);
  const tries = report(page).locator(".lock-tries");
  assert.equal(await tries.count(), 2);
  await assertAccessible(page);
  // By keyboard, and to the step that asks.
  const arc = report(page).getByRole("link", { name: /^page lock, then mmap_sem: tries for reading/ });
  await arc.press("Enter");
  await dialog(page).waitFor({ state: "detached" });
  assert.equal(await at(page), 35);
  await page.goBack();
  await report(page).waitFor();
  await choose(page, "After");
  await report(page).getByText(/every edge that the order speaks of goes along with it/).waitFor();
  assert.equal(await tries.count(), 0);
  const edge = report(page).locator(".lock-edge", { hasText: "i_mmap_rwsem › ptl" });
  await edge.locator("summary").click();
  assert.match(await told(edge), /rmap_walk_file › try_to_unmap_one › page_check_address A asks at step \d+, held since \d+/);
});

test("a proof can be looked at: one order of each class, each of which can be walked", async (t) => {
  const page = await site.open(t, "#/prove?v=1&s=truncate-cow-vs-reclaim&p=after");
  await dialog(page).getByText("Why 267 are enough").click();
  await dialog(page).getByRole("button", { name: "All of them" }).click();
  await report(page).getByText("ok, 267 classes.").waitFor();
  const orders = report(page).locator(".class-orders a");
  assert.equal(await orders.count(), 200);
  assert.match(await told(report(page)), /And 67 more: they are in the text and in the JSON/);
  const json = JSON.parse(await dialog(page).getByRole("textbox", { name: /^JSON/ }).inputValue());
  assert.equal(json.ends.flatMap(({ orders }) => orders).length, 267);
  const order = await orders.nth(7).innerText();
  await orders.nth(7).click();
  await dialog(page).waitFor({ state: "detached" });
  await page.waitForURL(new RegExp(`r=${order}`));
});

for (const [name, file] of [["race", "races"], ["locks", "locks"]]) {
  test(`the report is the one of the terminal, byte by byte, and can be taken away: ${file}`, async (t) => {
    const page = await open(t, name, `${THIRD}&p=before`, { permissions: ["clipboard-read", "clipboard-write"] });
    const kept = new URL(`../../crates/view/tests/reports/exit-vs-exit-third-mapping.before.${file}.txt`, import.meta.url);
    assert.equal(await text(page).inputValue(), await readFile(kept, "utf8"));
    const json = JSON.parse(await dialog(page).getByRole("textbox", { name: /^JSON/ }).inputValue());
    assert.equal(json.schema, `lockstep-${file}/1`);
    assert.equal(json.complete, true);
    await dialog(page).getByRole("button", { name: "Copy" }).nth(1).click();
    await dialog(page).getByText("Copied.").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await text(page).inputValue());
  });
}

test("a long report counts, and is given up at once", async (t) => {
  const page = await site.open(t, "#/report/race?v=1&s=reclaim-exit-truncate-file&p=after");
  await dialog(page).getByText(/[\d,]+ classes of orders so far/).waitFor();
  await dialog(page).getByRole("button", { name: "Stop" }).click();
  await dialog(page).getByRole("button", { name: "Try again" }).click();
  await dialog(page).getByText(/[\d,]+ classes of orders so far/).waitFor();
  // Another part is a stop as well, and so is closing.
  await choose(page, "Locks");
  await dialog(page).getByRole("button", { name: "Stop" }).waitFor();
  await dialog(page).getByRole("button", { name: "Close" }).click();
  await dialog(page).waitFor({ state: "detached" });
});

test("where the program cannot be loaded, is of another build, or dies, that is said", async (t) => {
  const none = await site.open(t, `#/report/race?${THIRD}`, { missing: /reports_bg\.wasm/ });
  await dialog(none).getByText(/did not start the program that writes this/).first().waitFor();
  for (const [answer, words] of [
    ['postMessage({ build: "older" })', /another build than this page/],
    ['onmessage = () => postMessage({ why: "a fault at a place" })', /a fault at a place/],
  ]) {
    const page = await site.open(t);
    await page.route(/worker_loader\.js/, (route) => route.fulfill({ contentType: "text/javascript", body: answer }));
    await page.getByRole("button", { name: "Prove" }).click();
    await choose(page, "Races");
    await dialog(page).getByText(words).first().waitFor();
    await page.unroute(/worker_loader\.js/);
    await dialog(page).getByRole("button", { name: "Try again" }).click();
    await report(page).waitFor();
  }
});

for (const colorScheme of ["light", "dark"]) {
  test(`on a phone nothing of a report sticks out, and axe finds nothing serious: ${colorScheme}`, async (t) => {
    const page = await open(t, "race", `${THIRD}&p=before`, { colorScheme, viewport: SIZES.phone, hasTouch: true });
    await dialog(page).waitFor();
    for (const part of ["Races", "Locks", "Classes"]) {
      await choose(page, part);
      await report(page).waitFor();
      await assertAccessible(page);
      const sticks = await dialog(page).evaluate((box) => box.scrollWidth - box.clientWidth);
      assert.ok(sticks <= 0, `${part}: ${sticks}`);
    }
  });
}
