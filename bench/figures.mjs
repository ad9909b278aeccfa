// Loaded into a measured process by `--import`: when it ends, tells how much memory it needed at most and what it cost.
import { writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const file = process.env.HEADWATER_BENCH_FIGURES;

if (isMainThread && file) {
  process.on("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const figures = { peakMegabytes: Math.round(maxRSS / 1024), cpuMs: (userCPUTime + systemCPUTime) / 1000 };
    writeFileSync(file, JSON.stringify(figures));
  });
}
