// How the page's program arrives, told while it does, and what is said if it cannot start or has to stop. Trunk calls this with
// every start.
//
// The size is that of the file at build time: the header of an answer has the size of what was compressed. This is plain
// JavaScript because it has to work where the program does not.

let started;
const program = new Promise((done) => (started = done));

// What the page does not begin with is part of the program, unless that was cut in two to be published. It may come once only:
// it would put the memory that it brings back to what it was at the start.
const bring = async (name) => {
  const page = await program;
  if (page.later) return page.later();
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  const { instance } = await WebAssembly.instantiate(await answer.arrayBuffer(), { page });
  instance.exports.later();
};
let brought;
self.bring = (name) => (brought ??= told(bring(name)).catch((why) => {
  brought = undefined;
  throw why;
}));

// Shows that something is on its way, if it takes so long that one wonders.
const told = (coming) => {
  const bar = document.getElementById("arriving");
  const wonder = setTimeout(() => {
    bar.removeAttribute("value");
    bar.hidden = false;
  }, 200);
  return coming.finally(() => {
    clearTimeout(wonder);
    bar.hidden = true;
  });
};

// A program that traps has met a fault of its own. The last good step stays where it is.
const stop = (fault) => {
  if (!(fault instanceof WebAssembly.RuntimeError)) return;
  document.documentElement.dataset.stopped = "";
  document.getElementById("stopped").hidden = false;
};
addEventListener("error", (event) => stop(event.error));
addEventListener("unhandledrejection", (event) => stop(event.reason));

self.fail = (reason) => {
  const failed = document.getElementById("failed");
  failed.querySelector("span").textContent = `This browser could not start the interactive part (${reason.message ?? reason}). The steps are below.`;
  failed.querySelector("button").onclick = () => location.reload();
  failed.hidden = false;
  document.querySelector(".slow")?.remove();
};

export default () => {
  const bar = document.getElementById("arriving");
  const slow = document.querySelector(".slow");
  const kilo = (bytes) => Math.round(bytes / 1000);
  return {
    onStart: () => (bar.hidden = false),
    onProgress: ({ current, total }) => {
      bar.max = total;
      bar.value = current;
      if (slow) slow.textContent = `Still loading: ${kilo(current)} of ${kilo(total)} kB. You can read the steps below.`;
    },
    onComplete: () => (bar.hidden = true),
    onSuccess: started,
    onFailure: self.fail,
  };
};
