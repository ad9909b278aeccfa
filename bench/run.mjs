// Runs the benches and prints one table of ratios, each measured in one run beside what it is compared with.
// Usage: node bench/run.mjs [--only 1,2] [--items 100000 … 1000000] [--files 20000] [--resync-files 100000]
//        [--collections folder] [--rows 1000000] [--messages 10000]
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ROOM } from "./corpus.mjs";
import { firstSync } from "./files/first-sync.mjs";
import { ingest } from "./files/ingest.mjs";
import { resync } from "./files/resync.mjs";
import { ratio } from "./measure.mjs";

/**
 * One measured figure. A target that is a number is an upper bound. `met` is undefined where there is no target or nothing to compare with.
 * @typedef {{name: string, value?: number | string, target?: number | string, met?: boolean, detail?: string}} Row
 */

const { values: asked } = parseArgs({
  options: {
    only: { type: "string" },
    items: { type: "string", default: "100000" },
    files: { type: "string", default: "20000" },
    "resync-files": { type: "string", default: "100000" },
    messages: { type: "string", default: "10000" },
    collections: { type: "string" },
    rows: { type: "string", default: "1000000" },
  },
});

/** Rows of the target table that a bench measures, and how it is run. */
const BENCHES = [
  { rows: ["1"], run: firstSync },
  { rows: ["2"], run: ingest },
  { rows: ["3"], run: resync },
  { rows: ["4", "5", "14"], run: elsewhere("./search/run.mjs") },
  { rows: ["6"], run: elsewhere("./relevance/run.mjs") },
  { rows: ["11", "12"], run: elsewhere("./mcp/run.mjs") },
  { rows: ["15"], run: elsewhere("./github/run.mjs") },
  { rows: ["9", "16"], run: elsewhere("./postgresql/run.mjs") },
  { rows: ["17"], run: elsewhere("./imap/run.mjs") },
];

const options = {
  files: Number(asked.files),
  resyncFiles: Number(asked["resync-files"]),
  items: Number(asked.items),
  messages: Number(asked.messages),
  collections: asked.collections,
  rows: Number(asked.rows),
  only: asked.only?.split(","),
  say: (line) => console.error(line),
  log: (line) => console.error(line),
};

mkdirSync(ROOM, { recursive: true });
const rows = [];
for (const bench of BENCHES) {
  if (options.only && !bench.rows.some((row) => options.only.includes(row))) continue;
  options.say(`Rows ${bench.rows.join(", ")} …`);
  rows.push(...(await bench.run(options)));
}
print(rows);
const machine = {
  node: process.version,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memory: totalmem(),
  load: loadavg(),
};
writeFileSync(fileURLToPath(new URL("results.json", import.meta.url)), JSON.stringify({ machine, rows }, null, 2));

/** A bench in a folder of its own, which exports `run(options)`. */
function elsewhere(path) {
  return async (given) => {
    if (!existsSync(fileURLToPath(new URL(path, import.meta.url)))) return [];
    const { run } = await import(path);
    return run(given);
  };
}

function figure(value) {
  return typeof value === "number" && !Number.isInteger(value) ? String(ratio(value)) : String(value);
}

function print(all) {
  const lines = all.map((row) => [
    row.name,
    row.value === undefined ? "–" : figure(row.value),
    typeof row.target === "number" ? `≤ ${row.target}` : (row.target ?? ""),
    row.met === undefined ? "" : row.met ? "met" : "MISSED",
    row.detail ?? "",
  ]);
  const head = ["what", "measured", "target", "", "how"];
  const widths = head.map((title, column) =>
    Math.max(...[head, ...lines].map((line) => line[column].length), title.length),
  );
  for (const line of [head, ...lines])
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd(),
    );
  const judged = all.filter((row) => row.met !== undefined);
  const missed = judged.filter((row) => !row.met);
  console.log(`\n${judged.length - missed.length} of ${judged.length} targets met.`);
  console.log(
    `Load of the machine at the end: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")} on ${cpus().length} cores.`,
  );
}
