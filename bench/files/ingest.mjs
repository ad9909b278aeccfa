// Row 2: from files to searchable items against the raw limit of SQLite and FTS5 for the same texts, in turns.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { corpusFolder, ROOM } from "../corpus.mjs";
import { median, ratio, seconds, timed, whole } from "../measure.mjs";
import { headwater } from "./headwater.mjs";

const FLOOR = fileURLToPath(new URL("floor.mjs", import.meta.url));
const BYTES = 3900;
const ROUNDS = 5;
const TARGET = 0.7;

export async function ingest({ files }) {
  const product = headwater(corpusFolder(files, BYTES));
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const raw = await floor(files);
    const run = await product.first();
    rounds.push({ ...raw, runMs: run.runMs, runCpuMs: run.cpuMs, ratio: raw.ms / run.runMs });
  }
  const of = (name) => median(rounds.map((round) => round[name]));
  const value = ratio(of("ratio"));
  const cpu = `processor ${seconds(of("cpuMs"))} against ${seconds(of("runCpuMs"))} of the whole process on two threads`;
  return [
    {
      name: `2 ingest of ${whole(files)} files ÷ raw SQLite + FTS5`,
      value,
      target: `≥ ${TARGET}`,
      met: value >= TARGET,
      detail: `raw ${seconds(of("ms"))}, sync ${seconds(of("runMs"))}, ${ROUNDS} pairs; ${cpu}`,
    },
  ];
}

async function floor(files) {
  const file = join(ROOM, "floor.db");
  const remove = () => {
    for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
  };
  remove();
  const { stdout } = await timed(process.execPath, [FLOOR, files, BYTES, file]);
  remove();
  return JSON.parse(stdout);
}
