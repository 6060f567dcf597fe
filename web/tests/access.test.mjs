// For everybody: themes, forced colours, small screens, reduced motion, scripts off.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./support/axe.mjs";
import { SIZES, useBrowser } from "./support/browser.mjs";
import { at, sentence, step, stepTimes } from "./support/stage.mjs";

const site = useBrowser();

for (const colorScheme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries({ desktop: SIZES.desktop, phone: SIZES.phone })) {
    test(`no serious finding of axe: ${colorScheme}, ${size}`, async (t) => {
      const page = await site.open(t, "", { colorScheme, viewport });
      await assertAccessible(page);
      await stepTimes(page, 7);
      await assertAccessible(page);
    });
  }

  test(`no serious finding of axe in the dialogs: ${colorScheme}`, async (t) => {
    const page = await site.open(t, "", { colorScheme });
    for (const name of ["Share", "Help", "Settings"]) {
      await page.getByRole("button", { name }).click();
      await page.getByRole("dialog").waitFor();
      await assertAccessible(page);
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
  });
}

for (const width of [390, 320]) {
  test(`nothing sticks out sideways at ${width} pixels`, async (t) => {
    const page = await site.open(t, "", { viewport: { width, height: 844 } });
    for (const pane of ["Threads", "Memory", "Locks", "Transcript"]) {
      await page.getByRole("radio", { name: pane }).check({ force: true });
      const { whole, seen } = await page.evaluate(() => ({
        whole: document.documentElement.scrollWidth,
        seen: document.documentElement.clientWidth,
      }));
      assert.ok(whole <= seen, `${pane}: ${whole} > ${seen}`);
    }
  });
}

for (const width of [1280, 1200, 1199, 1000, 800, 720]) {
  test(`the verdict has its room in the bar at ${width} pixels`, async (t) => {
    const page = await site.open(t, "", { viewport: { width, height: 800 } });
    await page.keyboard.press("End");
    const [pill, tool] = await Promise.all([".bar .verdict", ".bar-tools"].map((part) => page.locator(part).boundingBox()));
    assert.ok(pill.x + pill.width <= tool.x, JSON.stringify({ pill, tool }));
    const { whole, seen } = await page.locator(".bar .verdict").evaluate((pill) => ({ whole: pill.scrollWidth, seen: pill.clientWidth }));
    assert.ok(whole <= seen, `${whole} > ${seen}`);
  });
}

for (const [width, height] of [[390, 844], [375, 667], [360, 640], [320, 568]]) {
  test(`on a phone of ${width} by ${height} the story is stepped with the thumb, without scrolling`, async (t) => {
    const page = await site.open(t, "", { viewport: { width, height }, hasTouch: true });
    const button = page.getByRole("button", { name: "Step", exact: true });
    for (const step of [0, 3]) {
      await page.locator(`.page[data-step="${step}"]`).waitFor();
      const box = await button.boundingBox();
      assert.ok(box.height >= 44 && box.width >= 44, JSON.stringify(box));
      assert.ok(box.y >= 0 && box.y + box.height <= height, `in sight: ${JSON.stringify(box)}`);
      await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
    }
    assert.equal(await page.evaluate(() => scrollY), 0);
    const cut = await page.locator(".verdict-word").evaluate((word) => word.scrollWidth > word.clientWidth);
    assert.equal(cut, false, "the verdict's word is whole");
  });
}

test("with reduced motion nothing moves", async (t) => {
  const page = await site.open(t);
  await watchMotion(page);
  await stepTimes(page, 7);
  assert.deepEqual(await page.evaluate(() => globalThis.moved), []);
});

test("with motion a single step may move things, and a jump may not", async (t) => {
  const page = await site.open(t, "", { reducedMotion: "no-preference" });
  await page.getByRole("combobox", { name: "One press" }).selectOption("atomic");
  await watchMotion(page);
  await page.getByRole("slider", { name: "Step" }).fill("40");
  await page.locator('.page[data-step="40"]').waitFor();
  assert.deepEqual(await page.evaluate(() => globalThis.moved), [], "scrubbing is still");
  await step(page);
  await page.waitForFunction(() => globalThis.moved.length > 0);
  const moved = await page.evaluate(() => [...new Set(globalThis.moved)]);
  assert.deepEqual(moved.filter((name) => name !== "transform" && name !== "opacity"), []);
});

test("forced colours keep the steps, the held locks and the verdict", async (t) => {
  const page = await site.open(t, "", { forcedColors: "active" });
  await stepTimes(page, 7);
  const shown = await page.evaluate(() => {
    const paint = (selector, property) => getComputedStyle(document.querySelector(selector))[property];
    return [paint(".cell-past rect", "fill") !== paint("body", "backgroundColor"), paint(".verdict", "borderTopStyle")];
  });
  assert.deepEqual(shown, [true, "double"]);
  await assertAccessible(page);
});

test("with scripts off the story is there to read", async (t) => {
  const page = await site.open(t, "", { javaScriptEnabled: false });
  // Playwright looks for text everywhere but in this element.
  assert.match(await page.locator("noscript").innerText(), /Interactive parts need WebAssembly/);
  await page.getByRole("heading", { level: 1, name: /freed while it is still marked/ }).waitFor();
  assert.ok((await sentence(page)).length > 0);
  assert.ok((await page.getByRole("table").locator("tbody tr").count()) > 40);
  assert.equal(await page.getByRole("button", { name: "Step", exact: true }).count(), 0, "no button that does nothing");
});

test("the first paint is what the page starts as", async (t) => {
  const still = await site.open(t, "", { javaScriptEnabled: false });
  const live = await site.open(t);
  assert.equal(await at(live), 0);
  assert.equal(await still.getByRole("heading", { level: 1 }).innerText(), await live.getByRole("heading", { level: 1 }).innerText());
  assert.equal(await still.locator(".cell").count(), await live.locator(".cell").count());
});

/** Notes the property of every transition that starts, and every animation that is not of opacity alone. */
async function watchMotion(page) {
  await page.evaluate(() => {
    globalThis.moved = [];
    document.addEventListener("transitionrun", (event) => globalThis.moved.push(event.propertyName), true);
  });
}
