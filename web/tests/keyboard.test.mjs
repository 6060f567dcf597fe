// The whole story by keyboard alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./support/browser.mjs";
import { at, sentence, verdict } from "./support/stage.mjs";

const site = useBrowser();

async function press(page, key) {
  const before = await page.locator(".page").getAttribute("data-step");
  await page.keyboard.press(key);
  return before;
}

test("arrows walk the story, B flips it, and numbers run threads", async (t) => {
  const page = await site.open(t);
  for (let count = 0; count < 7; count += 1) {
    const before = await press(page, "ArrowRight");
    await page.locator(`.page:not([data-step="${before}"])`).waitFor();
  }
  assert.match(await verdict(page), /Broken/);
  await page.keyboard.press("b");
  await page.locator('.page[data-kernel="after"]').waitFor();
  await page.getByRole("button", { name: /^Run Truncate, not possible/ }).waitFor();
  const waiting = await at(page);
  await page.keyboard.press("2");
  assert.equal(await at(page), waiting, "a waiting thread does not run");
  await page.keyboard.press("1");
  await page.locator(`.page[data-step="${waiting + 1}"]`).waitFor();
  await page.keyboard.press("Home");
  await page.locator('.page[data-step="0"]').waitFor();
  await page.keyboard.press("End");
  assert.match(await verdict(page), /Ended well/);
});

test("everything is reached by Tab, in reading order", async (t) => {
  const page = await site.open(t);
  const names = [];
  for (let count = 0; count < 40; count += 1) {
    await page.keyboard.press("Tab");
    names.push(
      await page.evaluate(() => {
        const element = document.activeElement;
        return element.getAttribute("aria-label") ?? element.closest("label")?.innerText ?? element.innerText;
      }),
    );
  }
  const order = [/^Skip/, /^Before/, /^Share/, /^Run Reclaim/, /^Run Truncate/, /VM LOCKED/, /^First step/, /^Step$/, /^Step$/];
  let from = 0;
  for (const wanted of order) {
    const found = names.findIndex((name, index) => index >= from && wanted.test(name.trim()));
    assert.notEqual(found, -1, `${wanted} after ${names[from - 1]}; there are ${names.join(" | ")}`);
    from = found + 1;
  }
});

test("arrows move among facts, W goes to the reason and Backspace comes back", async (t) => {
  const page = await site.open(t);
  await page.keyboard.press("End");
  const end = await at(page);
  await page.locator(".fact").first().focus();
  for (let count = 0; count < 40; count += 1) {
    const name = await page.evaluate(() => document.activeElement.innerText);
    if (/^PG mlocked/.test(name)) break;
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("w");
  await page.locator(`.page:not([data-step="${end}"])`).waitFor();
  assert.match(await sentence(page), /PG_mlocked/);
  await page.keyboard.press("Backspace");
  await page.locator(`.page[data-step="${end}"]`).waitFor();
});

test("dialogs open by key, keep the arrows to themselves, and give the focus back", async (t) => {
  const page = await site.open(t);
  await page.getByRole("button", { name: "Settings" }).focus();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keys and signs" });
  await dialog.waitFor();
  await page.keyboard.press("ArrowRight");
  assert.equal(await at(page), 0);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.match(await page.evaluate(() => document.activeElement.innerText), /Settings/);
});

test("single keys can be switched off, arrows stay", async (t) => {
  const page = await site.open(t);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("checkbox", { name: "Single keys are shortcuts" }).uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  assert.ok(await page.getByRole("radio", { name: "Before" }).isChecked());
  await page.keyboard.press("ArrowRight");
  await page.locator('.page:not([data-step="0"])').waitFor();
});
