// One stage in somebody else's page: in a sandbox without any rights but scripts, talked to by messages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { untilReady, useBrowser } from "./support/browser.mjs";
import { at, step, stepTimes, verdict } from "./support/stage.mjs";

const site = useBrowser();

/** A page around a sandboxed frame; `messages` in it collects what the frame says. */
async function embed(t, query = "", size = { width: 600, height: 400 }) {
  const page = await site.open(t, "embed-host", { ready: false, html: hostPage(`${site.url}embed.html${query}`, size) });
  const frame = page.frames().find((one) => one !== page.mainFrame());
  await untilReady(frame);
  return { page, frame, heard: (type) => page.waitForFunction((wanted) => globalThis.messages.find((one) => one.type === wanted), type) };
}

const hostPage = (address, { width, height }) => `<!doctype html><title>A host</title>
<script>
  globalThis.messages = [];
  addEventListener("message", ({ data }) => data.lockstep === 1 && globalThis.messages.push(data));
</script>
<iframe sandbox="allow-scripts" src="${address}" title="A race" width="${width}" height="${height}" style="border:0"></iframe>`;

test("a sandboxed frame starts where its parameters say", async (t) => {
  const { frame } = await embed(t, "?scenario=truncate-cow-vs-reclaim&variant=after&cursor=5&theme=dark");
  assert.equal(await at(frame), 5);
  assert.equal(await frame.locator("html").getAttribute("data-theme"), "dark");
  assert.ok(await frame.getByRole("radio", { name: "After" }).isChecked());
});

test("seven presses break it there too, and nothing scrolls", async (t) => {
  const { frame } = await embed(t);
  await stepTimes(frame, 7);
  assert.match(await verdict(frame), /Broken/);
  const fits = await frame.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    return scrollWidth <= clientWidth && scrollHeight <= clientHeight;
  });
  assert.ok(fits);
  const button = await frame.getByRole("button", { name: "Step", exact: true }).boundingBox();
  assert.ok(button.y + button.height <= 410, "the hands are in the frame");
});

test("host and frame talk", async (t) => {
  const { page, frame, heard } = await embed(t);
  const hello = await (await heard("hello")).jsonValue();
  assert.equal(hello.api, 1);
  assert.ok(hello.scenarios.includes("truncate-cow-vs-reclaim"));
  const tell = (message) =>
    page.evaluate((data) => document.querySelector("iframe").contentWindow.postMessage({ lockstep: 1, ...data }, "*"), message);

  await tell({ type: "seek", cursor: 20 });
  await frame.locator('.page[data-step="20"]').waitFor();
  await tell({ id: "q1", type: "get" });
  const state = await (await heard("state")).jsonValue();
  assert.equal(state.id, "q1");
  assert.equal(state.cursor, 20);
  assert.match(state.link, /^#\/lab\?v=1/);

  await tell({ type: "variant", variant: "after" });
  await frame.locator('.page[data-kernel="after"]').waitFor();
  await tell({ type: "load", scenario: "truncate-cow-vs-reclaim", run: "A3B2", cursor: 4 });
  await frame.locator('.page[data-step="4"]').waitFor();
  await tell({ type: "run", thread: "A" });
  await frame.locator('.page[data-step="5"]').waitFor();
  await tell({ type: "theme", theme: "dark" });
  await frame.locator('html[data-theme="dark"]').waitFor({ state: "attached" });
});

test("messages that make no sense are answered or ignored, and hurt nothing", async (t) => {
  const { page, frame, heard } = await embed(t);
  await page.evaluate(() => {
    const { contentWindow } = document.querySelector("iframe");
    const junk = [null, 1, "x", [], {}, { lockstep: 2, type: "seek" }, { lockstep: 1 }, { lockstep: 1, type: 5 }, { lockstep: 1, type: "dance" }];
    for (const data of junk) contentWindow.postMessage(data, "*");
    contentWindow.postMessage({ lockstep: 1, id: 9, type: "seek", cursor: "far" }, "*");
    contentWindow.postMessage({ lockstep: 1, type: "load", run: "A1x" }, "*");
    contentWindow.postMessage({ lockstep: 1, type: "step", by: 1e300 }, "*");
  });
  await heard("error");
  const errors = await page.evaluate(() => globalThis.messages.filter(({ type }) => type === "error"));
  assert.ok(errors.some(({ id }) => id === 9));
  await frame.getByRole("button", { name: "First step" }).click();
  await step(frame);
});

test("wrong parameters are said and passed over", async (t) => {
  const { frame } = await embed(t, "?variant=sideways&run=%00&cursor=x&view=moon&theme=%F0");
  await frame.getByRole("region", { name: "Message" }).waitFor();
  await step(frame);
});

test("an embed never touches its address, and leads to the full page", async (t) => {
  const { frame } = await embed(t);
  const before = frame.url();
  await stepTimes(frame, 3);
  const href = await frame.getByRole("link", { name: "Open in full" }).getAttribute("href");
  assert.equal(frame.url(), before);
  const page = await site.open(t, href);
  assert.equal(await at(page), await at(frame));
});

for (const [width, height] of [[900, 600], [480, 400], [360, 300], [320, 280]]) {
  test(`a frame of ${width} by ${height} shows a stage that can be stepped`, async (t) => {
    const { frame } = await embed(t, "", { width, height });
    await step(frame);
    const wide = await frame.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
    assert.ok(wide);
  });
}
