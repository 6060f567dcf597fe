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
  const whole = page.locator(".page");
  const order = () => page.locator(".count b").innerText();
  await page.keyboard.press("b");
  assert.equal(await whole.getAttribute("data-kernel"), "after");
  await page.keyboard.press("b");
  await page.keyboard.press("Home");
  const told = await order();
  for (const key of ["2", "1"]) await page.keyboard.press(key);
  assert.notEqual(await order(), told, "another order");
  for (let times = 0; times < 2; times += 1) await page.keyboard.press("Control+z");
  assert.equal((await order()).split(" of ")[1], told.split(" of ")[1], "the order is back");
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

test("of runs that are asked for, the last one is shown, whichever comes last", async (t) => {
  const slow = new RegExp(`/${OTHER}[-.][0-9a-f]+\\.scenario$`);
  const page = await site.open(t);
  let go;
  const leave = new Promise((done) => (go = done));
  await page.route(slow, async (route) => {
    await leave;
    await route.continue();
  });
  const runs = page.locator(".scenario select");
  await runs.selectOption(OTHER);
  await runs.selectOption("munlock-vs-mlock");
  await page.waitForFunction(() => location.hash.includes("munlock-vs-mlock"));
  // One that the page has already is a wish as well.
  await runs.selectOption("truncate-cow-vs-reclaim");
  await page.waitForFunction(() => location.hash.includes("truncate-cow-vs-reclaim"));
  const came = page.waitForResponse(slow);
  go();
  await (await came).finished();
  await stepTimes(page, 1);
  assert.equal(await runs.inputValue(), "truncate-cow-vs-reclaim");
});

test("Retry asks for what did not come, whatever else has come since", async (t) => {
  const lost = new RegExp(`/${OTHER}[-.][0-9a-f]+\\.scenario$`);
  const page = await site.open(t, "", { missing: lost });
  const runs = page.locator(".scenario select");
  await runs.selectOption(OTHER);
  await notice(page).waitFor();
  await page.keyboard.press("?");
  await dialog(page).waitFor();
  await page.keyboard.press("Escape");
  await page.unroute(lost);
  await notice(page).getByRole("button", { name: "Retry" }).click();
  await page.waitForFunction((id) => location.hash.includes(id), OTHER);
});

test("a program that traps is told of, and the last good step stays", async (t) => {
  const page = await site.open(t);
  await stepTimes(page, 2);
  const before = await at(page);
  const told = page.getByRole("alert").filter({ hasText: "met a fault of its own" });
  assert.equal(await told.isVisible(), false);
  await page.evaluate(() => {
    // The smallest program that traps; that the page may take the trap as handled keeps it from failing this test.
    const trap = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11]);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(trap));
    addEventListener("error", (event) => event.preventDefault());
    setTimeout(exports.f);
  });
  await told.waitFor();
  assert.equal(await at(page), before);
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
