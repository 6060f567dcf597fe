// The first ten seconds: what a newcomer does on the page, and what it has to show.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./support/browser.mjs";
import { at, flip, sentence, step, stepTimes, verdict } from "./support/stage.mjs";

const site = useBrowser();

test("the page opens before the first step of the failing run, with what is at stake", async (t) => {
  const page = await site.open(t);
  await page.getByRole("heading", { level: 1, name: /freed while it is still marked/ }).waitFor();
  assert.equal(await at(page), 0);
  assert.match(await verdict(page), /Still open/);
  assert.ok(await page.getByRole("radio", { name: "Before" }).isChecked());
  for (const name of ["Reclaim", "Truncate"]) {
    assert.ok(await page.getByRole("button", { name: new RegExp(`^Run ${name}\\.`) }).isVisible(), name);
  }
});

test("seven presses of Step reach the broken state", async (t) => {
  const page = await site.open(t);
  const sentences = new Set();
  for (let press = 1; press <= 7; press += 1) {
    assert.doesNotMatch(await verdict(page), /Broken/, `broken before press ${press}`);
    await step(page);
    sentences.add(await sentence(page));
  }
  assert.equal(sentences.size, 7, "every press says something new");
  assert.match(await verdict(page), /Broken/);
  await page.getByRole("alert").filter({ hasText: /Broken at step/ }).waitFor({ state: "attached" });
  assert.equal(await page.locator('.property[data-state="broken"]').count(), 1);
});

test("one flip shows truncation waiting for the page-table lock", async (t) => {
  const page = await site.open(t);
  await stepTimes(page, 7);
  await page.getByRole("button", { name: "Same order, patched kernel?" }).click();
  assert.ok(await page.getByRole("radio", { name: "After" }).isChecked());
  const truncate = page.getByRole("button", { name: /^Run Truncate, not possible/ });
  await truncate.waitFor();
  assert.match(await truncate.getAttribute("aria-label"), /ptl.*Reclaim/);
  assert.equal(await truncate.getAttribute("aria-disabled"), "true");

  // The button stays in reach while it cannot run: it says why.
  await truncate.click({ force: true });
  await page.getByRole("status").filter({ hasText: /waits for ptl/ }).first().waitFor({ state: "attached" });
  assert.match(await verdict(page), /Still open/);

  await page.getByRole("button", { name: "Last step" }).click();
  assert.match(await verdict(page), /Ended well/);
});

test("the patch comes off where it was put on", async (t) => {
  const page = await site.open(t);
  await stepTimes(page, 7);
  const broken = await at(page);
  await flip(page, "After");
  assert.notEqual(await at(page), broken);
  await flip(page, "Before");
  assert.equal(await at(page), broken);
});

test("stepping back undoes a step, and the slider goes anywhere", async (t) => {
  const page = await site.open(t);
  await stepTimes(page, 3);
  const third = await at(page);
  await step(page);
  await page.getByRole("button", { name: "Step back" }).click();
  assert.equal(await at(page), third);

  const slider = page.getByRole("slider", { name: "Step" });
  const last = Number(await slider.getAttribute("max"));
  await slider.fill(String(last));
  assert.equal(await at(page), last);
  assert.match(await verdict(page), /Broken/);
  assert.match(await slider.getAttribute("aria-valuetext"), new RegExp(`^Step ${last} of ${last}\\.`));
  await slider.fill("0");
  assert.equal(await at(page), 0);
  assert.match(await verdict(page), /Still open/);
});

test("running the other thread makes a new order, and the old one can be had back", async (t) => {
  const page = await site.open(t);
  await page.getByRole("button", { name: /^Run Truncate\./ }).click();
  assert.equal(await at(page), 1);
  assert.match(await page.locator(".count").innerText(), /Step 1 of 1/);
  await page.getByRole("button", { name: "Let the rest finish" }).click();
  assert.match(await verdict(page), /Ended well/);
  // One press, one undo: first the finish, then the turn.
  await page.getByRole("button", { name: "Undo" }).click();
  assert.match(await page.locator(".count").innerText(), /Step 1 of 1/);
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await at(page), 0);
  await page.getByRole("button", { name: "Redo" }).click();
  assert.match(await page.locator(".count").innerText(), /Step 1 of 1/);
  await page.getByRole("button", { name: "Undo" }).click();
  await stepTimes(page, 7);
  assert.match(await verdict(page), /Broken/);
});

test("every fact leads to the step that made it so, and back", async (t) => {
  const page = await site.open(t);
  await stepTimes(page, 7);
  const end = await at(page);
  const fact = page.getByRole("button", { name: /^PG mlocked is 1\. Set by Reclaim at step \d+/ });
  const set = Number(/at step (\d+)/.exec(await fact.innerText())[1]);
  await fact.click();
  assert.equal(await at(page), set);
  await page.getByRole("button", { name: `Return to step ${end}` }).click();
  assert.equal(await at(page), end);
});

test("play goes on by itself and stops at the end", async (t) => {
  const page = await site.open(t);
  await page.getByRole("combobox", { name: "Speed" }).selectOption("4");
  await page.getByRole("button", { name: "Play" }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.locator(".verdict-broken").waitFor();
  await page.getByRole("button", { name: "Play" }).waitFor();
});

test("the transcript is the same run, step by step", async (t) => {
  const page = await site.open(t);
  await stepTimes(page, 2);
  const rows = page.getByRole("table").locator("tbody tr");
  const slider = page.getByRole("slider", { name: "Step" });
  assert.equal(await rows.count(), Number(await slider.getAttribute("max")));
  const current = page.locator('tr[aria-current="step"]');
  assert.equal(await current.count(), 1);
  assert.ok((await current.innerText()).includes(await sentence(page)));
  await page.getByRole("button", { name: "Go to step 1", exact: true }).click();
  assert.equal(await at(page), 1);
});

test("the other race can be chosen", async (t) => {
  const page = await site.open(t);
  const choice = page.getByRole("combobox", { name: "Race" });
  const options = await choice.locator("option").count();
  assert.ok(options >= 2, `${options} scenarios`);
  await choice.selectOption("truncate-file-vs-reclaim");
  await page.waitForURL(/s=truncate-file-vs-reclaim/);
  assert.equal(await at(page), 0);
  await page.goBack();
  await page.waitForFunction(() => !location.hash);
  assert.equal(await choice.evaluate((select) => select.selectedIndex), 0);
});
