import { mkdirSync, watch } from "node:fs";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { type Ended, startCli } from "./cli.ts";
import { compareTree, type Difference, NO_DIFFERENCE } from "./compare-tree.ts";
import { tellFigure } from "./figure.ts";
import { seededRandom } from "./seeded-random.ts";
import { ChangingTree } from "./tree.ts";

const KILLS = Number(process.env.HEADWATER_KILLS ?? 8);
const SEED = Number(process.env.HEADWATER_SEED ?? Date.now() % 1_000_000);
/** Folders that are synced and killed beside each other: a process that starts leaves the other processor alone. */
const FOLDERS = 2;
const LONGEST_MS = 250;

describe(`folders that change while their syncs are killed ${KILLS} times (seed ${SEED})`, () => {
  it("are stored whole in the end: nothing lost, nothing twice, nothing damaged", async () => {
    const share = Math.ceil(KILLS / FOLDERS);
    const ends = await Promise.all(Array.from({ length: FOLDERS }, (_, nth) => killing(SEED + nth, share)));
    const all = (of: (end: End) => number) => ends.reduce((sum, end) => sum + of(end), 0);
    const figures = {
      killed: all(({ killed }) => killed),
      runs: all(({ runs }) => runs),
      files: all(({ files }) => files),
      lost: all(({ difference }) => difference.lost.length),
      duplicate: all(({ difference }) => difference.duplicate.length),
      extra: all(({ difference }) => difference.extra.length),
      corrupt: all(({ difference }) => difference.corrupt.length),
    };
    const must = { killed: share * FOLDERS, lost: 0, duplicate: 0, extra: 0, corrupt: 0 };
    tellFigure("R1", "kill -9 of syncs of a folder that changes", figures, must);
    expect(figures.killed).toBe(share * FOLDERS);
    for (const { difference } of ends) expect(difference).toEqual(NO_DIFFERENCE);
  }, 900_000);
});

interface End {
  killed: number;
  runs: number;
  files: number;
  difference: Difference;
}

async function killing(seed: number, kills: number): Promise<End> {
  const random = seededRandom(seed);
  const tree = new ChangingTree(random, 1200);
  mkdirSync(tree.data, { mode: 0o700 });
  let [killed, runs] = [0, 0];
  try {
    while (killed < kills && runs++ < kills * 4) {
      const end = await runAndKill(tree, random() * LONGEST_MS);
      if (end.signal === "SIGKILL") killed += 1;
      else expect([0, 5], end.err).toContain(end.code);
      tree.change(10);
      if (killed % 20 === 0) expect(await damage(tree)).toEqual([]);
    }
    await quiet();
    for (let round = 0; round < 2; round++) {
      const end = await startCli(["sync", "notes", "--accept-deletions", ...tree.flags]).ended;
      expect(end.code, end.err).toBe(0);
    }
    return { killed, runs, files: tree.files().size, difference: await compareTree(tree) };
  } finally {
    tree.remove();
  }
}

/** `afterMs` counts from the first word that the sync writes into the store, so that a busy machine kills no mere start. */
async function runAndKill(tree: ChangingTree, afterMs: number): Promise<Ended> {
  let timer: NodeJS.Timeout | undefined;
  const run = startCli(["sync", "notes", "--quiet", ...tree.flags]);
  const watcher = watch(tree.data, (_, name) => {
    if (name?.endsWith("-wal")) timer ??= setTimeout(() => run.process.kill("SIGKILL"), afterMs);
  });
  tree.change(5);
  const end = await run.ended;
  watcher.close();
  clearTimeout(timer);
  return end;
}

/** A file changed within the last two seconds may still be in the middle of being written. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2200));
}

async function damage(tree: ChangingTree): Promise<string[]> {
  const store = await openStore({ folder: tree.data, tenant: "default" });
  try {
    return await store.verify("quick");
  } finally {
    await store.close();
  }
}
