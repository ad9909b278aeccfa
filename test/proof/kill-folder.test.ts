import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { startCli } from "./cli.ts";
import { compareTree, NO_DIFFERENCE } from "./compare-tree.ts";
import { tellFigure } from "./figure.ts";
import { seededRandom } from "./seeded-random.ts";
import { ChangingTree } from "./tree.ts";

const KILLS = Number(process.env.HEADWATER_KILLS ?? 15);
const SEED = Number(process.env.HEADWATER_SEED ?? Date.now() % 1_000_000);

describe(`a folder that changes while its syncs are killed ${KILLS} times (seed ${SEED})`, () => {
  it("is stored whole in the end: nothing lost, nothing twice, nothing damaged", async () => {
    const random = seededRandom(SEED);
    const tree = new ChangingTree(random, 1200);
    let [killed, tries] = [0, 0];
    try {
      while (killed < KILLS && tries++ < KILLS * 4) {
        const run = startCli(["sync", "notes", "--quiet", ...tree.flags]);
        const timer = setTimeout(() => run.process.kill("SIGKILL"), 150 + random() * 500);
        tree.change(5);
        const end = await run.ended;
        clearTimeout(timer);
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
      const difference = await compareTree(tree);
      const { lost, duplicate, extra, corrupt } = difference;
      const figures = { killed, runs: tries, files: tree.files().size, lost: lost.length, duplicate: duplicate.length };
      tellFigure(
        "R1",
        "kill -9 of syncs of a folder that changes",
        { ...figures, extra: extra.length, corrupt: corrupt.length },
        { lost: 0, duplicate: 0, extra: 0, corrupt: 0 },
      );
      expect(killed).toBe(KILLS);
      expect(difference).toEqual(NO_DIFFERENCE);
    } finally {
      tree.remove();
    }
  }, 900_000);
});

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
