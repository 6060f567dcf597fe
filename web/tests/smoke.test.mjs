// The least that must be true of a release: it loads, quietly, and from one host.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./support/browser.mjs";

const site = useBrowser();

test("the page loads without an error and asks no other host", async (t) => {
  const page = await site.open(t);
  assert.match(await page.title(), /Lockstep/);
  assert.ok(await page.locator("main").innerText(), "there is something to read");
});

test("the embed loads without an error and asks no other host", async (t) => {
  const page = await site.open(t, "embed.html");
  assert.equal(await page.locator("html[data-embed]").count(), 1);
});

test("the book loads without an error and asks no other host", async (t) => {
  const page = await site.open(t, "docs/index.html", { ready: false });
  await page.getByRole("heading", { level: 1 }).first().waitFor();
});
