// Loaded into a measured process by `--import`: when it ends, tells how much memory it needed, at most and in each fifth of its
// time, and what it cost.
import { writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const file = process.env.HEADWATER_BENCH_FIGURES;
const FIFTHS = 5;

if (isMainThread && file) {
  const sizes = [];
  setInterval(() => sizes.push(process.memoryUsage.rss()), 250).unref();
  process.on("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const figures = {
      peakMegabytes: Math.round(maxRSS / 1024),
      peaks: peaksOf(sizes),
      cpuMs: (userCPUTime + systemCPUTime) / 1000,
    };
    writeFileSync(file, JSON.stringify(figures));
  });
}

/** The largest size in each fifth of the time, MB; empty for a process that was too short to tell. */
function peaksOf(sizes) {
  if (sizes.length < FIFTHS * 4) return [];
  const long = sizes.length / FIFTHS;
  return Array.from({ length: FIFTHS }, (_, part) => {
    const within = sizes.slice(Math.floor(part * long), Math.floor((part + 1) * long));
    return Math.round(Math.max(...within) / 1024 / 1024);
  });
}
