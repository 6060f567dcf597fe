// Starts the worker's WebAssembly, and keeps what the page says until it listens.
//
// Trunk does not hash the names of a worker's files, so the page asks for this one with its build as the query, and all that
// it asks for in turn gets the same: no cache can mix two builds. Addresses are relative to this file: the worker itself may
// have been started from a blob, which lies nowhere.
const beside = (name) => new URL(name, import.meta.url);
const version = new URL(import.meta.url).search;

// What came before this file was there, if a blob had to bring it.
const early = (self.early ?? []).map(({ data }) => new Uint8Array(data));
let hear = (bytes) => early.push(bytes);
self.onmessage = ({ data }) => hear(new Uint8Array(data));
self.listen = (to) => {
  hear = to;
  early.splice(0).forEach(to);
};

self.tell = (bytes) => postMessage(bytes.buffer, [bytes.buffer]);

// A message to itself comes after those of the page that are there already. A timer would wait for four milliseconds each time.
const { port1, port2 } = new MessageChannel();
const waiting = [];
port1.onmessage = () => waiting.shift()?.();
self.turn = () => new Promise((done) => {
  waiting.push(done);
  port2.postMessage(0);
});

self.file = async (name) => {
  const answer = await fetch(beside(name));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.arrayBuffer();
};

const { default: start } = await import(beside(`worker.js${version}`));
await start({ module_or_path: beside(`worker_bg.wasm${version}`) });
