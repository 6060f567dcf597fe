// The reader as an editor of the order: a step picked up and put down elsewhere, by key, by mouse and by button; a thread run on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./support/browser.mjs";
import { at, sentence, step, verdict } from "./support/stage.mjs";

const site = useBrowser();

/** The order on the stage, as the link to it says. */
const order = (page) => page.evaluate(() => new URLSearchParams(location.hash.split("?")[1]).get("r"));
const carrying = (page) => page.locator('.page[data-carrying="true"]');
const told = (page) => page.locator(".told").innerText();

/** Opens the page with an order of its own. */
const open = (t, run, cursor, kernel = "before") => site.open(t, `./#/lab?v=1&s=truncate-cow-vs-reclaim&p=${kernel}&r=${run}&c=${cursor}&d=atomic`);

test("M picks a step up, arrows carry it past the other thread, Enter makes the new order, Undo takes it back", async (t) => {
  const page = await open(t, "A4B3", 5);
  await page.keyboard.press("m");
  await carrying(page).waitFor();
  assert.match(await page.locator(".explain-beat").innerText(), /Carrying step 5/);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.locator(".told", { hasText: "It fits as step 3" }).waitFor();
  await page.getByRole("status").filter({ hasText: "It fits as step 3" }).first().waitFor({ state: "attached" });
  assert.equal(await at(page), 5, "the run stays as it is meanwhile");
  await page.keyboard.press("Enter");
  await page.locator('.page[data-step="3"]').waitFor();
  assert.equal(await carrying(page).count(), 0);
  await page.waitForURL(/r=A2BA2B2/);
  await page.getByRole("combobox", { name: "Earlier orders" }).waitFor();
  await page.keyboard.press("Control+z");
  await page.waitForURL(/r=A4B3/);
  assert.equal(await at(page), 5);
});

test("Escape puts the step back, and so does going elsewhere", async (t) => {
  const page = await open(t, "A4B3", 5);
  await page.keyboard.press("m");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Escape");
  await page.locator('.page[data-carrying="false"]').waitFor();
  await page.keyboard.press("m");
  await carrying(page).waitFor();
  await page.keyboard.press("Home");
  await page.locator('.page[data-step="0"][data-carrying="false"]').waitFor();
  assert.equal(await order(page), "A4B3");
});

test("where a step may not go, the reason stands there, and letting go puts it back", async (t) => {
  const page = await site.open(t);
  // Truncation's fourth step takes the lock that reclaim has just dropped.
  const cell = page.locator(".row-thread.thread-b .cell[data-cell]").nth(3);
  const box = await cell.boundingBox();
  const before = await page.locator(".count").innerText();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  // To the left until it may not go on: the lock it would take is held there.
  const refused = page.locator('.told[data-refused="true"]');
  for (let column = 1; column <= 60 && !(await refused.count()); column += 1) {
    await page.mouse.move(box.x + box.width / 2 - column * box.width, box.y + 4);
    await page.locator(".told").waitFor();
  }
  const reason = await told(page);
  assert.match(reason, /Truncate cannot run at step \d+: Reclaim holds \S+\./);
  assert.notEqual(await page.locator(".cell-refused").count(), 0);
  await page.mouse.up();
  await page.locator(".explain-beat", { hasText: "Put back." }).waitFor();
  assert.equal(await page.locator(".count").innerText(), before);
  assert.equal(await page.getByRole("button", { name: "Undo" }).count(), 0, "nothing was done");
});

test("a step still to come is dragged with the mouse; a press without a move goes there", async (t) => {
  const page = await open(t, "A4B3", 0);
  const cell = page.locator('[data-cell="5"]');
  const box = await cell.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x - box.width * 0.6, box.y + box.height / 2, { steps: 3 });
  await carrying(page).waitFor();
  await page.mouse.up();
  await page.waitForURL(/r=A3BAB2/);
  assert.equal(await at(page), 4);
  const next = await page.locator('[data-cell="6"]').boundingBox();
  await page.mouse.click(next.x + next.width / 2, next.y + next.height / 2);
  await page.locator('.page[data-step="6"]').waitFor();
});

test("the same by buttons, and what comes of it is said before", async (t) => {
  const page = await site.open(t);
  await step(page);
  await page.getByRole("button", { name: "Move this step" }).click();
  await page.getByRole("button", { name: "Later" }).click();
  assert.match(await told(page), /That order: |cannot run/);
  await page.getByRole("button", { name: "Put back" }).click();
  await page.locator('.page[data-carrying="false"]').waitFor();
});

test("a thread runs until it drops a lock, until a fact changes, and to its end, each taken back as one", async (t) => {
  const page = await site.open(t);
  const list = page.getByRole("combobox", { name: "Run Reclaim to" });
  await list.selectOption({ label: "until it drops a lock" });
  const first = await at(page);
  assert.ok(first > 1, `step ${first}`);
  assert.match(await sentence(page), /Reclaim drops/);
  assert.equal(await list.inputValue(), "-", "the list is a list of things to do, not of what was done");
  await page.keyboard.press("Home");
  const truncate = page.getByRole("combobox", { name: "Run Truncate to" });
  const changes = truncate.locator("option").filter({ hasText: /mapcount/ });
  await truncate.selectOption(await changes.first().getAttribute("value"));
  assert.match(await page.locator(".changes").innerText(), /mapcount/);
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await at(page), 0);
  await truncate.selectOption({ label: "to its end" });
  await page.locator(".card.thread-b[data-state=finished]").waitFor();
  await list.selectOption({ label: "to its end" });
  assert.match(await verdict(page), /Ended well/);
});

test("G opens the list of the thread that moved", async (t) => {
  const page = await open(t, "A4B3", 6);
  await page.keyboard.press("g");
  const name = await page.evaluate(() => document.activeElement.closest("label").innerText);
  assert.match(name, /Run Truncate to/);
});
