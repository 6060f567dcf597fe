// Only what matters: the steps that what breaks depends on, and how the rest stands back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./support/axe.mjs";
import { useBrowser } from "./support/browser.mjs";
import { flip } from "./support/stage.mjs";

const site = useBrowser();

const note = (page) => page.locator(".count-needed");
const aside = (page) => page.locator(".row-aside");

/** How many steps lead to what breaks, and how many there are up to there. */
async function counts(page) {
  await aside(page).first().waitFor({ state: "attached" });
  const [needed, all] = (await note(page).innerText()).match(/\d+/g).map(Number);
  return { needed, all };
}

test("S lets the steps that lead nowhere stand back, in the score and in the table, and S brings them back", async (t) => {
  const page = await site.open(t);
  await page.keyboard.press("s");
  const { needed, all } = await counts(page);
  const steps = await page.locator(".transcript tbody tr").count();
  assert.ok(needed > 2 && needed < all && all <= steps, `${needed} of ${all} of ${steps}`);
  assert.equal(await aside(page).count(), steps - needed);
  assert.equal(await page.locator(".cell-aside").count(), steps - needed);
  // What breaks matters for itself, and both threads had a part in it.
  const matters = page.locator(".transcript tbody tr:not(.row-aside)");
  assert.equal(await matters.last().getAttribute("id"), `row-${all}`);
  for (const name of ["Reclaim", "Truncate"]) {
    assert.ok((await matters.filter({ hasText: name }).count()) > 0, name);
  }
  await assertAccessible(page);
  await page.waitForURL(/&slice=1/);
  await page.keyboard.press("s");
  await aside(page).first().waitFor({ state: "detached" });
  await page.waitForURL((url) => !url.hash.includes("slice"));
});

test("a link opens the slice; where nothing breaks that is said, and the next run that breaks has its own", async (t) => {
  const page = await site.open(t, "#/lab?v=1&s=truncate-cow-vs-reclaim&p=before&r=A42B21A41&slice=1");
  const first = await counts(page);
  await flip(page, "After");
  await page.getByText("Nothing breaks in this run: every step is shown.").waitFor();
  assert.equal(await aside(page).count(), 0);
  await flip(page, "Before");
  assert.deepEqual(await counts(page), first);
});

test("where the worker cannot be loaded that is said", async (t) => {
  const page = await site.open(t, "", { missing: /worker_bg\.wasm/ });
  await page.getByRole("button", { name: "Only what matters" }).click();
  await note(page).getByText(/did not start the search/).waitFor();
  assert.equal(await aside(page).count(), 0);
});

test("a frame has no search, and so does not offer it", async (t) => {
  const page = await site.open(t, "embed.html?scenario=truncate-cow-vs-reclaim&variant=before");
  assert.equal(await page.getByRole("button", { name: "Move this step" }).isVisible(), true);
  assert.equal(await page.getByRole("button", { name: "Only what matters" }).isVisible(), false);
});
