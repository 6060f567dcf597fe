// A browser on the built site, for tests that read like what a reader does.
//
// Waiting is for conditions, never for time: a page says `data-ready` on its root element once it answers.
// Find things by role and name, so that what makes a test pass is what makes the page accessible.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { serveSite } from "./server.mjs";

/** The three sizes the page is made for. */
export const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
  frame: { width: 600, height: 400 },
};

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts a server and a browser for the test file that calls this, and ends them with it.
 * The returned object has `url`, the address of the site, and `open(t, path, options)`.
 */
export function useBrowser() {
  const fixture = { url: "", open };
  let server;
  let browser;

  before(async () => {
    server = await serveSite();
    fixture.url = server.url;
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  /**
   * Opens a page of the site and waits until it answers.
   * `options` are those of a browser context (viewport, colorScheme, javaScriptEnabled ...), `ready: false` not to wait, and
   * `html` to find this text at the path, such as a page that embeds ours. Addresses that match `missing` cannot be reached.
   * When the test ends, the page is closed and must have had no error and asked no other host for anything.
   */
  async function open(t, path = "", options = {}) {
    const { ready = options.javaScriptEnabled !== false, html, missing, ...rest } = options;
    const context = await browser.newContext({ viewport: SIZES.desktop, reducedMotion: "reduce", ...rest });
    const page = await context.newPage();
    const problems = watch(page, new URL(fixture.url).origin, options.javaScriptEnabled !== false, missing);
    t.after(async () => {
      await context.close();
      assert.deepEqual(problems, [], "the page had no errors and stayed on its own host");
    });
    const address = new URL(path, fixture.url).href;
    if (html) await page.route(address, (route) => route.fulfill({ contentType: "text/html", body: html }));
    if (missing) await page.route(missing, (route) => route.abort());
    await page.goto(address);
    if (ready) await untilReady(page);
    return page;
  }

  return fixture;
}

/** Waits until the page, or a frame in it, answers. */
export async function untilReady(frame) {
  await frame.locator("html[data-ready]").waitFor({ state: "attached" });
}

/** Collects what a page should never do. */
function watch(page, origin, scripts, missing = /^$/) {
  const problems = [];
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !missing.test(message.location().url)) problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("requestfailed", (request) => {
    const { errorText } = request.failure();
    // A page that closes gives up its requests, and where scripts are off the browser refuses to load them.
    const expected = errorText === "net::ERR_ABORTED" || (!scripts && request.resourceType() === "script");
    if (!expected && !missing.test(request.url())) problems.push(`failed: ${request.url()} (${errorText})`);
  });
  page.on("request", (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol.startsWith("http") && asked !== origin) problems.push(`asked another host: ${request.url()}`);
  });
  return problems;
}
