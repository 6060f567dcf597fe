// The part of the page's program that it does not begin with: fetched when it is first wanted, once, and missed by nobody until then.

import assert from "node:assert/strict";
import { test } from "node:test";
import { untilReady, useBrowser } from "./support/browser.mjs";
import { at, stepTimes } from "./support/stage.mjs";

const site = useBrowser();

const isLater = /\/later\.wasm\?v=[0-9a-f]+$/;
const OTHER = "truncate-file-vs-reclaim";

/** The requests for it that a page makes from now on. */
function asked(page) {
  const found = [];
  page.on("request", (request) => isLater.test(request.url()) && found.push(request.url()));
  return found;
}

const dialog = (page) => page.locator("dialog[open]");
const notice = (page) => page.getByRole("region", { name: "Message" });

test("the story is told, flipped, forked and taken back without it", async (t) => {
  const page = await site.open(t, "", { ready: false });
  const requests = asked(page);
  await page.reload();
  await untilReady(page);
  await stepTimes(page, 7);
  assert.match(await page.locator(".verdict").first().innerText(), /Broken/i);
  for (const key of ["b", "Home", "2", "1", "u"]) await page.keyboard.press(key);
  assert.deepEqual(requests, []);
});

test("the first dialog brings it, and no other asks again", async (t) => {
  const page = await site.open(t);
  const requests = asked(page);
  for (const key of ["?", "/", "?"]) {
    await page.keyboard.press(key);
    await dialog(page).waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
  }
  assert.equal(requests.length, 1);
});

test("a frame whose parameters cannot be read does not start with others, and Retry loads it anew", async (t) => {
  const page = await site.open(t, "embed.html?variant=after&cursor=5&controls=step", { missing: isLater, ready: false });
  const failed = page.getByRole("alert").filter({ hasText: "could not start the interactive part" });
  await failed.waitFor();
  assert.equal(await page.locator("html[data-ready]").count(), 0);
  await page.unroute(isLater);
  await failed.getByRole("button", { name: "Retry" }).click();
  await untilReady(page);
  assert.deepEqual([await at(page), await page.locator(".page").getAttribute("data-controls")], [5, "step"]);
});

test("of two runs that are asked for, the last one is shown, and Retry asks for the one that did not come", async (t) => {
  const slow = new RegExp(`/${OTHER}[-.][0-9a-f]+\\.scenario$`);
  const page = await site.open(t);
  let go;
  const leave = new Promise((done) => (go = done));
  await page.route(slow, async (route) => {
    await leave;
    await route.continue();
  });
  const choose = (id) => page.locator(".scenario select").selectOption(id);
  await choose(OTHER);
  await choose("munlock-vs-mlock");
  await page.waitForFunction(() => location.hash.includes("munlock-vs-mlock"));
  go();
  await page.waitForResponse(slow);
  await stepTimes(page, 1);
  assert.equal(await page.locator(".scenario select").inputValue(), "munlock-vs-mlock");
});

test("a bar shows that it is on its way, if that takes long", async (t) => {
  const page = await site.open(t);
  const bar = page.locator("#arriving");
  let go;
  const leave = new Promise((done) => (go = done));
  await page.route(isLater, async (route) => {
    await leave;
    await route.continue();
  });
  await page.keyboard.press("?");
  await bar.waitFor({ state: "visible" });
  assert.equal(await bar.getAttribute("value"), null);
  go();
  await dialog(page).waitFor();
  await bar.waitFor({ state: "hidden" });
});

test("two wishes at once bring it once", async (t) => {
  const page = await site.open(t);
  const requests = asked(page);
  await page.evaluate(() => {
    for (const key of ["?", "?"]) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  });
  await dialog(page).waitFor();
  assert.equal(requests.length, 1);
});

for (const [name, path, wish, came] of [
  ["a dialog", "", (page) => page.keyboard.press("?"), (page) => dialog(page).waitFor()],
  [
    "another run",
    "",
    (page) => page.locator(".scenario select").selectOption(OTHER),
    (page) => page.waitForFunction((id) => location.hash.includes(id), OTHER),
  ],
  [
    "a link, with which the page is opened",
    `./#/lab?v=1&s=${OTHER}&p=before&r=A6B3&c=8&d=atomic`,
    async () => {},
    (page) => page.locator(".page[data-step='8']").waitFor(),
  ],
]) {
  test(`if it does not come, that is said, nothing else is lost, and Retry asks again: ${name}`, async (t) => {
    const page = await site.open(t, path, { missing: isLater });
    if (!path) await stepTimes(page, 2);
    const before = await at(page);
    await wish(page);
    await notice(page).waitFor();
    assert.match(await notice(page).innerText(), /could not be fetched\. What you see still works\./);
    assert.equal(await at(page), before);
    assert.equal(await dialog(page).count(), 0);
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await at(page), before, "the page goes on");
    await page.keyboard.press("ArrowLeft");
    await page.unroute(isLater);
    await notice(page).getByRole("button", { name: "Retry" }).click();
    await came(page);
  });
}
