// Loaded before a program (node --import): makes every package that the build put into dist/ talk to standard output, once
// when it is loaded and again and again while the program runs, with and without a line break.
import { register } from "node:module";

const heard = new Set();

globalThis.packageSpeaks = (name) => {
  if (heard.has(name)) return;
  heard.add(name);
  console.log(`NOISE ${name} was loaded`);
  setInterval(() => {
    console.log(`NOISE ${name} has news`);
    process.stdout.write(`NOISE ${name} ends no line `);
    console.table([{ NOISE: name }]);
  }, 50).unref();
};

register("./noisy-loader.mjs", import.meta.url);
