// headwater itself, as a user runs it: the built command line in a process of its own.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOM } from "../corpus.mjs";
import { timedNode } from "../measure.mjs";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** A configuration with one source, `notes`, over a folder; its store is empty until `sync`. */
export function headwater(folder) {
  const home = join(ROOM, "headwater");
  const config = join(home, "headwater.yaml");
  const data = join(home, "data");
  return {
    name: "headwater",
    /** A first sync into a new store. */
    first() {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(home, { recursive: true });
      writeFileSync(config, `sources:\n  notes:\n    connector: files\n    paths: ${JSON.stringify(folder)}\n`);
      return sync();
    },
    /** A sync of the same store. */
    again: sync,
  };

  /** The whole process in `ms`, the run alone (without starting and ending the process) in `runMs`, and the report. */
  async function sync() {
    const run = await timedNode([CLI, "sync", "--config", config, "--data", data, "--json"], { room: home });
    const [report] = JSON.parse(run.stdout).reports;
    if (report.state !== "succeeded") throw new Error(`The sync ended as ${report.state}: ${JSON.stringify(report)}`);
    return { ...run, runMs: Date.parse(report.endedAt) - Date.parse(report.startedAt), report };
  }
}
