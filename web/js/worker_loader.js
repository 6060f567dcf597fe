// Starts the WebAssembly of a worker, and keeps what the page says until it listens. The query names the program.
//
// Trunk does not hash the names of a worker's files, so the page asks for this one with its build as the query, and all that
// it asks for in turn gets the same: no cache can mix two builds. Addresses are relative to this file: the worker itself may
// have been started from a blob, which lies nowhere.
const beside = (name) => new URL(name, import.meta.url);
const { search: version, searchParams } = new URL(import.meta.url);
const program = searchParams.get("program");

// Bytes come as their buffer, everything else as it is.
const taken = ({ data }) => (data instanceof ArrayBuffer ? new Uint8Array(data) : data);
// What came before this file was there, if a blob had to bring it.
const early = (self.early ?? []).map(taken);
let hear = (what) => early.push(what);
self.onmessage = (event) => hear(taken(event));
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

const { default: start } = await import(beside(`${program}.js${version}`));
await start({ module_or_path: beside(`${program}_bg.wasm${version}`) });
