// The stages in the text follow the theme of the book: each says hello when it runs, and is told the theme then and at every change.
(() => {
  const DARK = ["coal", "navy", "ayu"];
  const root = document.documentElement;
  const theme = () => (DARK.some((name) => root.classList.contains(name)) ? "dark" : "light");
  // A stage runs in a sandbox without an origin of its own, so only "*" reaches it; a theme is no secret.
  const tell = (stage) => stage.postMessage({ lockstep: 1, type: "theme", theme: theme() }, "*");
  const stages = () => [...document.querySelectorAll("iframe.stage")].map((frame) => frame.contentWindow);

  window.addEventListener("message", ({ source, data }) => {
    if (data?.lockstep === 1 && data.type === "hello" && stages().includes(source)) tell(source);
  });
  new MutationObserver(() => stages().forEach(tell)).observe(root, { attributeFilter: ["class"] });
})();
