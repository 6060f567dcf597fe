// Times every run as WebAssembly, printing what src/main.rs prints natively.
import { createRequire } from 'node:module';

const [, , module] = process.argv;
const { Cases } = createRequire(import.meta.url)(module);
const LONG_ENOUGH = 100; // milliseconds

const cases = new Cases();
for (let index = 0; cases.scenario(index) !== undefined; index += 1) {
  const steps = cases.run(index, 1);
  let times = 4;
  let taken = 0;
  for (;;) {
    const start = performance.now();
    cases.run(index, times);
    taken = performance.now() - start;
    if (taken >= LONG_ENOUGH) break;
    times *= 2;
  }
  console.log(`${cases.scenario(index)}\t${steps}\t${Math.round((taken * 1e6) / times)}`);
}
