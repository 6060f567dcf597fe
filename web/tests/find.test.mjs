// Finding one's way: steps by what they say, words by what they mean, the score wider and narrower.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./support/axe.mjs";
import { useBrowser } from "./support/browser.mjs";
import { at, sentence, step } from "./support/stage.mjs";

const site = useBrowser();

test("/ finds steps by what they say, and Enter goes to the first", async (t) => {
  const page = await site.open(t);
  await page.keyboard.press("/");
  const dialog = page.getByRole("dialog", { name: "Find a step" });
  await dialog.waitFor();
  await page.keyboard.type("truncate takes ptl");
  const found = dialog.locator(".found");
  await dialog.getByRole("status").filter({ hasText: /^[1-9]\d? of \d+ steps/ }).waitFor();
  for (const text of await found.allInnerTexts()) assert.match(text, /ptl/);
  await assertAccessible(page);
  const first = Number(await found.first().locator("b").innerText());
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await at(page), first);
  assert.match(await sentence(page), /Truncate takes ptl/);
});

test("what no step says is said so, and a press on a step goes there", async (t) => {
  const page = await site.open(t);
  await page.getByRole("button", { name: "Find", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Find a step" });
  const field = dialog.getByRole("searchbox");
  await field.fill("no such words");
  await dialog.getByRole("status").filter({ hasText: "No step of this run says that." }).waitFor();
  await field.fill("mapcount");
  const last = dialog.locator(".found").last();
  const wanted = Number(await last.locator("b").innerText());
  await last.click();
  await dialog.waitFor({ state: "detached" });
  assert.equal(await at(page), wanted);
});

test("a word of the kernel explains itself, and leads to where else it is met", async (t) => {
  const page = await site.open(t);
  for (let press = 0; press < 3; press += 1) await step(page);
  assert.match(await sentence(page), /ptl/);
  await page.locator(".sentence").getByRole("button", { name: "ptl" }).first().click();
  const meaning = page.locator(".meaning:popover-open");
  await meaning.waitFor();
  assert.match(await meaning.innerText(), /page-table lock/);
  const box = await meaning.boundingBox();
  assert.ok(box.y >= 0 && box.x >= 0 && box.x + box.width <= 1280, JSON.stringify(box));
  await page.keyboard.press("Escape");
  await meaning.waitFor({ state: "detached" });
  await page.locator(".sentence").getByRole("button", { name: "ptl" }).first().click();
  const there = meaning.locator(".goto").first();
  const wanted = Number(await there.innerText());
  await there.click();
  await page.locator(`.page[data-step="${wanted}"]`).waitFor();
});

test("plus, minus and 0 make the score wider and narrower, and so does the wheel with Shift", async (t) => {
  const page = await site.open(t);
  const width = () => page.locator(".score-inner").evaluate((inner) => inner.getBoundingClientRect().width);
  const fit = await width();
  await page.keyboard.press("+");
  await page.waitForFunction((was) => document.querySelector(".score-inner").clientWidth > was * 1.2, fit);
  const wide = await width();
  await page.keyboard.press("End");
  const score = page.locator(".score-scroll");
  assert.ok(await score.evaluate((element) => element.scrollLeft > 0), "the cursor stays in view");
  await page.keyboard.press("-");
  await page.waitForFunction((was) => document.querySelector(".score-inner").clientWidth < was - 1, wide);
  await score.hover();
  await page.keyboard.down("Shift");
  await page.mouse.wheel(0, -100);
  await page.keyboard.up("Shift");
  await page.waitForFunction((was) => document.querySelector(".score-inner").clientWidth > was * 1.2, fit);
  await page.keyboard.press("0");
  await page.waitForFunction((was) => Math.abs(document.querySelector(".score-inner").clientWidth - was) < 2, fit);
});
