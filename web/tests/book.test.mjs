// The book beside the page: its links hold, and the stage in the text runs in its sandbox.

import assert from "node:assert/strict";
import { test } from "node:test";
import { untilReady, useBrowser } from "./support/browser.mjs";

const site = useBrowser();

test("every link of the book leads to something on the site", async (t) => {
  const page = await site.open(t, "docs/index.html", { ready: false });
  const broken = [];
  let chapters = 0;
  // From chapter to chapter as a reader turns the pages.
  for (let next = page.url(); next; next = await followingChapter(page)) {
    await page.goto(next);
    chapters += 1;
    const links = await page
      .locator("main [href], main [src]")
      .evaluateAll((elements) => elements.map((element) => element.href?.baseVal ?? element.href ?? element.src));
    for (const link of links.filter((address) => address.startsWith(site.url))) {
      const { ok } = await fetch(link);
      if (!ok) broken.push(`${next}: ${link}`);
    }
  }
  assert.ok(chapters >= 4, "the book has its chapters");
  assert.deepEqual(broken, []);
});

test("the stage in the text starts, in a sandbox that only allows scripts", async (t) => {
  const page = await site.open(t, "docs/race.html", { ready: false });
  const stages = page.locator("iframe.stage");
  assert.ok(await stages.count() > 0, "the chapter has a stage");
  for (const stage of await stages.all()) {
    assert.equal(await stage.getAttribute("sandbox"), "allow-scripts");
    await stage.scrollIntoViewIfNeeded();
    await untilReady(stage.contentFrame());
  }
});

test("the stage in the text follows the theme of the book", async (t) => {
  const page = await site.open(t, "docs/race.html", { ready: false });
  const stage = page.locator("iframe.stage").first();
  await stage.scrollIntoViewIfNeeded();
  const inside = stage.contentFrame();
  await untilReady(inside);
  for (const [book, theme] of [["navy", "dark"], ["light", "light"], ["coal", "dark"]]) {
    await page.evaluate((name) => { document.documentElement.className = `${name} js`; }, book);
    await inside.locator(`html[data-theme=${theme}]`).waitFor({ state: "attached" });
  }
});

test("the run is in the text as well, for paper and without scripts", async (t) => {
  const page = await site.open(t, "docs/race.html", { javaScriptEnabled: false });
  const picture = page.locator(".run img").first();
  await picture.scrollIntoViewIfNeeded();
  assert.ok(await picture.getAttribute("alt"));
  assert.ok(await picture.evaluate((image) => image.complete && image.naturalWidth > 0), "the picture is there");
  await page.getByText("The same run as text").first().click();
  assert.match(await page.locator(".run pre").first().innerText(), /try_to_unmap/);
});

/** The address of the next chapter, or nothing on the last one. */
async function followingChapter(page) {
  const link = page.locator("a[rel~=next]").first();
  return (await link.count()) > 0 ? link.evaluate((element) => element.href) : undefined;
}
