// Links: the finding is in the address, and whatever is in an address gets an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./support/browser.mjs";
import { at, flip, sentence, stepTimes, verdict } from "./support/stage.mjs";

const site = useBrowser();

/** Waits until the address has followed the stage. */
async function settled(page) {
  const step = await at(page);
  await page.waitForFunction((wanted) => new URLSearchParams(location.hash.split("?")[1]).get("c") === String(wanted), step);
  return new URL(page.url()).hash;
}

test("the address restores the exact view", async (t) => {
  const page = await site.open(t);
  await stepTimes(page, 4);
  const hash = await settled(page);
  const shown = [await at(page), await sentence(page), await verdict(page)];
  const other = await site.open(t, `./${hash}`);
  assert.deepEqual([await at(other), await sentence(other), await verdict(other)], shown);
  assert.equal(await other.locator(".notice").count(), 0);
});

test("the share dialog offers the same link, a frame, and what a worker writes: a mail, a table, JSON", async (t) => {
  const page = await site.open(t);
  await stepTimes(page, 5);
  const step = await at(page);
  await page.getByRole("button", { name: "Share" }).click();
  const link = await page.getByRole("textbox", { name: /^Link/ }).inputValue();
  assert.match(link, new RegExp(`#/lab\\?v=1&s=[a-z-]+&p=before&r=[A-D0-9.]+&c=${step}&`));
  const frame = await page.getByRole("textbox", { name: /^Frame/ }).inputValue();
  assert.match(frame, /^<iframe src="http.*embed\.html\?.*" title="Truncation against reclaim, before the patch" loading="lazy"/);
  const mail = await page.getByRole("textbox", { name: /^Mail/ }).inputValue();
  assert.match(mail, /Reclaim[^\n]+Truncate/);
  assert.ok(mail.split("\n").every((line) => line.length <= 72), "72 columns");
  assert.match(await page.getByRole("textbox", { name: /^Markdown/ }).inputValue(), /\| Step \| Thread \|/);
  const json = JSON.parse(await page.getByRole("textbox", { name: /^JSON/ }).inputValue());
  assert.deepEqual([json.schema, json.scenario, json.outcome], ["lockstep-run/1", "truncate-cow-vs-reclaim", "bad-page"]);

  const other = await site.open(t, `./${new URL(link).hash}`);
  assert.equal(await at(other), step);
});

test("where no worker can write, the share dialog says so and has the link all the same", async (t) => {
  const page = await site.open(t, "", { missing: /reports_bg\.wasm/ });
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByText(/did not start the program that writes/).first().waitFor();
  assert.match(await page.getByRole("textbox", { name: /^Link/ }).inputValue(), /#\/lab/);
});

test("a flip is an entry of the history, and Back comes home", async (t) => {
  const page = await site.open(t);
  await stepTimes(page, 7);
  await settled(page);
  const broken = await at(page);
  await flip(page, "After");
  await page.goBack();
  await page.locator('.page[data-kernel="before"]').waitFor();
  assert.equal(await at(page), broken);
});

test("a link of another model replays as far as it can and says how far", async (t) => {
  const page = await site.open(t, "./#/lab?v=1&s=truncate-cow-vs-reclaim&p=before&r=A400&c=9&m=000000");
  const notice = page.getByRole("region", { name: "Message" });
  await notice.getByText(/made with another version of the model\. \d+ of 400 steps could be replayed/).waitFor();
  await notice.getByRole("button", { name: "Continue from here" }).click();
  await notice.waitFor({ state: "detached" });
  assert.equal(await at(page), 9);
});

test("a hundred damaged links each get an answer and leave a page that works", async (t) => {
  const page = await site.open(t);
  const good = "#/lab?v=1&s=truncate-cow-vs-reclaim&p=before&r=A20B11A30&c=12&f=PG_mlocked&d=stmt&m=abcdef";
  for (const damaged of damage(good, 100)) {
    await page.evaluate((hash) => {
      location.hash = "";
      location.hash = hash;
    }, damaged);
    const text = await page.locator(".sentence").innerText();
    assert.ok(text.length > 0, damaged);
  }
  await page.evaluate(() => {
    location.hash = "#/lab?r=@@@";
  });
  await page.getByRole("region", { name: "Message" }).getByText(/damaged/).waitFor();
  await page.getByRole("textbox", { name: "The link" }).waitFor();
  assert.equal(await page.locator("html[data-stopped]").count(), 0, "nothing stopped");
  await page.getByRole("button", { name: "First step" }).click();
  await stepTimes(page, 2);
});

for (const [hash, word] of [
  ["#/lab?v=9&s=truncate-cow-vs-reclaim", "version 9"],
  ["#/lab?s=no-such-race", "no-such-race"],
  ["#/chapter/12", "/chapter/12"],
  ["#/lab?p=sideways", "sideways"],
  ["#/lab?r=A9999", "longer than 512"],
  ["#/lab?c=-3", "-3"],
]) {
  test(`a link that cannot be opened says why: ${hash}`, async (t) => {
    const page = await site.open(t, `./${hash}`);
    const notice = page.getByRole("region", { name: "Message" });
    await notice.waitFor();
    assert.ok((await notice.innerText()).includes(word), await notice.innerText());
    assert.equal(await page.getByRole("textbox", { name: "The link" }).inputValue(), hash);
    await stepTimes(page, 1);
  });
}

/** Copies of a link with something cut out, swapped or put in, always the same ones. */
function* damage(link, count) {
  let seed = 7;
  const next = (limit) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % limit;
  };
  const junk = ["%", "%zz", "&", "=", "\u0000", "999999999999", "A", ".", "💥", "?", "#", "<b>", "c=-1", "r=", "%F0%9F"];
  for (let index = 0; index < count; index += 1) {
    const from = 6 + next(link.length - 6);
    const to = Math.min(link.length, from + next(9));
    yield link.slice(0, from) + junk[next(junk.length)] + link.slice(index % 3 === 0 ? from : to);
  }
}
