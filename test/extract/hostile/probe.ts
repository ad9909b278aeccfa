import { createReadStream, readFileSync } from "node:fs";
import { createExtractor, mimeOf } from "../../../src/extract/extract.ts";
import { problemOf } from "../../../src/model/index.ts";

/** What became of one document, and of the process while it was read. */
export interface Outcome {
  what: string;
  problem?: { kind: string; message: string; hint?: string };
  textLength?: number;
  /** Largest resident size while it was read, above the one right before, bytes. */
  growth: number;
  /** Beats of 10 ms in all, and those that came more than 50 ms late. */
  beats: number;
  lateBeats: number;
  worstLatenessMs: number;
  ms: number;
  /** What the healthy document read right after it said. */
  afterwards: string;
}

const [, , listFile, healthyFile, warmups] = process.argv as [string, string, string, string, string];
const list = JSON.parse(readFileSync(listFile, "utf8")) as { what: string; name: string; file: string }[];
const extractor = createExtractor();
const read = (file: string, name: string) => extractor.extract(createReadStream(file), { mime: mimeOf(name), name });

for (const file of JSON.parse(warmups) as string[]) await read(file, file);
let beat = { due: 0, count: 0, late: 0, worst: 0, peak: 0 };
setInterval(() => {
  const now = performance.now();
  const lateness = now - beat.due;
  beat.due = now + 10;
  beat.count++;
  beat.worst = Math.max(beat.worst, lateness);
  if (lateness > 50) beat.late++;
  beat.peak = Math.max(beat.peak, process.memoryUsage.rss());
}, 10);

for (const { what, name, file } of list) {
  beat = { due: performance.now() + 10, count: 0, late: 0, worst: 0, peak: process.memoryUsage.rss() };
  const before = process.memoryUsage.rss();
  const started = performance.now();
  const result = await read(file, name).then(
    (extracted) => ({ textLength: extracted.text.length }),
    (error: unknown) => ({ problem: problemOf(error) }),
  );
  const ms = performance.now() - started;
  const { count, late, worst, peak } = beat;
  const healthy = await read(healthyFile, "healthy.html").then(
    (extracted) => extracted.text,
    (error: unknown) => `refused: ${problemOf(error).message}`,
  );
  const outcome: Outcome = {
    what,
    ...result,
    growth: peak - before,
    beats: count,
    lateBeats: late,
    worstLatenessMs: Math.round(worst),
    ms: Math.round(ms),
    afterwards: healthy,
  };
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
await extractor.close();
process.exit(0);
