import { readFileSync, writeFileSync } from "node:fs";
import { systemClock } from "../../src/sources/clock.ts";
import { acquireLock } from "../../src/sources/file-lock.ts";

/** Adds to a number in a file, under a lock, or holds the lock until it is killed. Arguments: path, how, times. */
const [path = "", how = "add", times = "1"] = process.argv.slice(2);
const options = { longestMs: Number(process.env.LONGEST_MS ?? 60_000), clock: systemClock };

if (how === "hold") {
  await acquireLock(path, options);
  process.send?.("held");
  setInterval(() => {}, 1000);
} else {
  for (let time = 0; time < Number(times); time++) {
    const lock = await acquireLock(path, options);
    const file = `${path}.number`;
    const number = Number(readFileSync(file, "utf8"));
    await systemClock.sleep(Math.random() * 3);
    if (how === "die" && time === Number(times) - 1) process.kill(process.pid, "SIGKILL");
    writeFileSync(file, String(number + 1));
    lock.release();
  }
  process.disconnect?.();
}
