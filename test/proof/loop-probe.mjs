// Loaded before a program (node --import): tells on standard error how late its event loop was, 99 times of 100, in each
// stretch of five seconds.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  const delays = monitorEventLoopDelay({ resolution: 10 });
  delays.enable();
  setInterval(() => {
    process.stderr.write(`LOOP ${(delays.percentile(99) / 1e6 - 10).toFixed(1)}\n`);
    delays.reset();
  }, 5000).unref();
}
