// How the page's program arrives, told while it does, and what is said if it cannot start. Trunk calls this with every start.
//
// The size is that of the file at build time: the header of an answer has the size of what was compressed. This is plain
// JavaScript because it has to work where the program does not.

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
    onFailure: (reason) => {
      const failed = document.getElementById("failed");
      failed.querySelector("span").textContent = `This browser could not start the interactive part (${reason.message ?? reason}). The steps are below.`;
      failed.querySelector("button").onclick = () => location.reload();
      failed.hidden = false;
      slow?.remove();
    },
  };
};
