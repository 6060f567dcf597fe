// What the page does not start with: the source on its cards and every run but the first are files beside it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { untilReady, useBrowser } from "./support/browser.mjs";
import { at, stepTimes } from "./support/stage.mjs";

const site = useBrowser();

const OTHER = "truncate-file-vs-reclaim";
const isSource = /\/source-[0-9a-f]+\.bin$/;
const isOther = new RegExp(`/${OTHER}[-.][0-9a-f]+\\.scenario$`);

/** The addresses a page asks for that match, from now on. */
function asked(page, wanted) {
  const found = [];
  page.on("request", (request) => wanted.test(request.url()) && found.push(request.url()));
  return found;
}

const chosen = (page) => page.locator(".scenario select").inputValue();

test("the source comes with the page, once, and stands on the cards", async (t) => {
  const page = await site.open(t, "", { ready: false });
  const requests = asked(page, isSource);
  await page.reload();
  await untilReady(page);
  assert.equal(requests.length, 1);
  assert.ok(await page.locator(".code-lines .line").count());
  const isHinted = await page.evaluate(() => document.querySelector("link[rel=preload][as=fetch]") !== null || performance.getEntriesByType("resource").some(({ name, initiatorType }) => name.includes("source-") && initiatorType === "link"));
  assert.ok(isHinted, "the browser is told of it before the WebAssembly is there");
});

test("without the source the page runs and says what is missing", async (t) => {
  const page = await site.open(t, "", { missing: isSource });
  await stepTimes(page, 3);
  const missing = page.locator(".code-missing").first();
  assert.match(await missing.innerText(), /source could not be fetched/);
  assert.match(await page.locator(".code").first().innerText(), /\.rs:\d+/);
});

test("another run is fetched when it is chosen, and only then", async (t) => {
  const page = await site.open(t);
  const requests = asked(page, /\.scenario$/);
  await page.locator(".scenario select").selectOption(OTHER);
  await page.locator(`.page`).waitFor();
  await page.waitForFunction((id) => location.hash.includes(id), OTHER);
  assert.equal(requests.length, 1);
  assert.match(requests[0], isOther);
});

test("the source that the opening run never comes to is fetched with another run, once", async (t) => {
  const page = await site.open(t);
  const requests = asked(page, isSource);
  for (const run of [OTHER, "exit-vs-munlock"]) {
    await page.locator(".scenario select").selectOption(run);
    await page.waitForFunction((id) => location.hash.includes(id), run);
    await stepTimes(page, 3);
    assert.equal(await page.locator(".code").count(), await page.locator(".code-lines").count(), run);
  }
  assert.equal(requests.length, 1);
});

test("a link into another run opens exactly, on the page and in a frame", async (t) => {
  const query = `v=1&s=${OTHER}&p=before&r=A6B3&c=8&d=atomic`;
  const page = await site.open(t, `./#/lab?${query}`);
  assert.equal(await at(page), 8);
  assert.equal(await chosen(page), OTHER);
  const host = `<!doctype html><title>A host</title><iframe sandbox="allow-scripts" title="A race" width="600" height="400"
    src="${site.url}embed.html?scenario=${OTHER}&run=A6B3&cursor=8"></iframe>`;
  const around = await site.open(t, "load-host", { ready: false, html: host });
  const frame = around.frames().find((one) => one !== around.mainFrame());
  await untilReady(frame);
  assert.equal(await at(frame), 8);
});

test("a run that does not come leaves the page as it is, and can be asked for again", async (t) => {
  const page = await site.open(t, "", { missing: isOther });
  await stepTimes(page, 2);
  const before = [await at(page), await chosen(page)];
  await page.locator(".scenario select").selectOption(OTHER);
  const notice = page.getByRole("region", { name: "Message" });
  await notice.waitFor();
  assert.match(await notice.innerText(), /could not be fetched/);
  assert.equal(await at(page), before[0]);
  assert.equal(await chosen(page), before[1], "the list shows what is on the stage");
  await page.unroute(isOther);
  await notice.getByRole("button", { name: "Retry" }).click();
  await page.waitForFunction((id) => location.hash.includes(id), OTHER);
  assert.equal(await notice.count(), 0);
});

const isProgram = /_bg\.wasm$/;

test("a bar says how much of the program is there, of the size that it has", async (t) => {
  const page = await site.open(t);
  const bar = page.locator("#arriving");
  const { max, value, size } = await bar.evaluate(({ max, value }) => {
    const program = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("_bg.wasm"));
    return { max, value, size: program.decodedBodySize };
  });
  assert.ok(size > 0);
  assert.deepEqual([max, value], [size, size]);
  assert.equal(await bar.isVisible(), false, "it goes when the page answers");
});

test("a program that does not come is told of, with the reason; the steps stand below, and it can be asked for again", async (t) => {
  const page = await site.open(t, "", { missing: isProgram, ready: false });
  const failed = page.getByRole("alert").filter({ hasText: "could not start the interactive part" });
  await failed.waitFor();
  assert.match(await failed.innerText(), /\(.+\)\. The steps are below\./);
  assert.ok((await page.locator("#transcript").innerText()).length > 0);
  await page.unroute(isProgram);
  await failed.getByRole("button", { name: "Retry" }).click();
  await untilReady(page);
});
