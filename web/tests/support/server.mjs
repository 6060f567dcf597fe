// A static file server for the tests: the built site as any plain host would serve it.
//
// It serves below a sub-path, because a site that works there works everywhere, and it sends the one header a host has to send
// for embeds in sandboxed frames, whose origin is opaque.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

/** The built site; another folder can be given, to look at a build that is not the one in `dist/`. */
const SITE = process.env.LOCKSTEP_SITE ?? fileURLToPath(new URL("../../../dist/", import.meta.url));
const BASE = "/some/path/";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/**
 * Serves the built site on a free port of the loopback interface.
 * Returns the address of the site and a function that ends it.
 */
export async function serveSite() {
  const server = createServer(async (request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    const file = await find(new URL(request.url, "http://localhost").pathname);
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
    createReadStream(file).pipe(response);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${server.address().port}${BASE}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The file an address stands for, or nothing. */
async function find(pathname) {
  if (!pathname.startsWith(BASE)) return undefined;
  const inside = normalize(decodeURIComponent(pathname.slice(BASE.length)));
  if (inside.startsWith("..")) return undefined;
  const file = join(SITE, inside);
  const kind = await stat(file).catch(() => undefined);
  return kind?.isDirectory() ? find(`${pathname.replace(/\/?$/, "/")}index.html`) : kind && file;
}
