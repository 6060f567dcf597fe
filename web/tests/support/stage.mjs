// What a reader sees and does on the stage, in the words of a test.

/** The step the stage shows. */
export async function at(frame) {
  return Number(await frame.locator(".page").getAttribute("data-step"));
}

/** The sentence of the step. */
export async function sentence(frame) {
  return (await frame.locator(".sentence > span:last-child").innerText()).trim();
}

/** The verdict, as it is read aloud or seen. */
export async function verdict(frame) {
  return (await frame.locator(".verdict").innerText()).replace(/\s+/g, " ");
}

/** Presses Step, and waits until the stage has moved. */
export async function step(frame) {
  const before = await at(frame);
  await frame.getByRole("button", { name: "Step", exact: true }).click();
  await frame.locator(`.page:not([data-step="${before}"])`).waitFor();
}

/** Presses Step so many times. */
export async function stepTimes(frame, times) {
  for (let press = 0; press < times; press += 1) await step(frame);
}

/** Puts the patch on ("After") or takes it off ("Before"). */
export async function flip(frame, name) {
  await frame.getByRole("radio", { name }).check();
  await frame.locator(`.page[data-kernel^="${name.toLowerCase()}"]`).waitFor();
}
