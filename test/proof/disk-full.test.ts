import { spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outcomeOf } from "../cli/sandbox.ts";
import { runCli } from "./cli.ts";
import { compareTree, type NO_DIFFERENCE } from "./compare-tree.ts";
import { tellFigure } from "./figure.ts";
import { seededRandom } from "./seeded-random.ts";
import { ChangingTree } from "./tree.ts";

/** Reliability R6. HEADWATER_FULL_DISKS=100 is the full number. */
const POINTS = Number(process.env.HEADWATER_FULL_DISKS ?? 6);
const SEED = Number(process.env.HEADWATER_SEED ?? Date.now() % 1_000_000);
const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const PLENTY = 400 * 1024 * 1024;

const random = seededRandom(SEED);
const tree = new ChangingTree(random, 300);

/** A disk of our own where this user may make one; else a limit on the size of every file of a process. */
const isOwnDisk =
  process.env.HEADWATER_FULL_DISK !== "limit" &&
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  mount(PLENTY, "mount");

function mount(bytes: number, verb: "mount" | "remount"): boolean {
  mkdirSync(tree.data, { recursive: true });
  const size = `size=${bytes}`;
  const args = verb === "mount" ? ["-t", "tmpfs", "-o", size, "tmpfs"] : ["-o", `remount,${size}`];
  return spawnSync("mount", [...args, tree.data]).status === 0;
}

/** Runs a command with so many bytes left; without a disk of our own, no file may grow beyond them. */
async function runWith(left: number, args: string[]) {
  if (isOwnDisk) {
    mount(used() + left, "remount");
    return runCli([...args, ...tree.flags]);
  }
  const limit = `ulimit -f ${Math.ceil(left / 1024)}; exec "$@"`;
  const child = spawn("bash", ["-c", limit, "bash", process.execPath, CLI, ...args, ...tree.flags]);
  const { code, stdout: out, stderr: err } = await outcomeOf(child);
  return { code, out, err };
}

function used(): number {
  const { stdout } = spawnSync("df", ["--output=used", "-B1", tree.data], { encoding: "utf8" });
  return Number(stdout.split("\n")[1]);
}

beforeAll(async () => {
  expect((await runCli(["sync", ...tree.flags])).code).toBe(0);
}, 60_000);

afterAll(() => {
  if (isOwnDisk) spawnSync("umount", [tree.data]);
  tree.remove();
});

describe.skipIf(process.platform === "win32")(
  `a disk that is full at ${POINTS} moments of a sync (seed ${SEED})`,
  () => {
    it("stops the sync with a sentence, answers searches, and loses nothing once there is room", async () => {
      const outcome = { points: 0, unclear: 0, searchesRefused: 0, lost: 0 };
      const complaints: string[] = [];
      for (let round = 0; outcome.points < POINTS && round < POINTS * 4; round++) {
        tree.change(40);
        const left = Math.floor(random() ** 2 * 300) * 1024;
        const full = await runWith(left, ["sync"]);
        if (full.code === 0 || full.code === 5) continue;
        outcome.points += 1;
        if (full.code !== 7 || !/disk/.test(full.out + full.err)) {
          outcome.unclear += 1;
          complaints.push(`${left} bytes left: ${full.code} ${full.out}${full.err}`);
        }
        const search = await runWith(0, ["search", "heron", "--json"]);
        if (search.code !== 0 || !search.out.includes('"ref"')) {
          outcome.searchesRefused += 1;
          complaints.push(`${left} bytes left: search ${search.code} ${search.err}`);
        }
        if (isOwnDisk) mount(PLENTY, "remount");
        const again = await runCli(["sync", "--accept-deletions", ...tree.flags]);
        if (again.code !== 0) complaints.push(`with room again: ${again.code} ${again.out}${again.err}`);
        if (outcome.points % 10 !== 0 && outcome.points !== POINTS) continue;
        const difference = await settledDifference();
        outcome.lost += difference.lost.length + difference.duplicate.length + difference.corrupt.length;
        if (outcome.lost > 0) complaints.push(JSON.stringify(difference).slice(0, 500));
      }
      const must = { points: POINTS, unclear: 0, searchesRefused: 0, lost: 0 };
      tellFigure("R6", `moments at which the disk was full (${isOwnDisk ? "a disk" : "a limit"})`, outcome, must);
      expect(complaints).toEqual([]);
      expect(outcome).toEqual(must);
    }, 3_600_000);
  },
);

/** A file changed within the last two seconds may still be in the middle of being written. */
async function settledDifference(): Promise<typeof NO_DIFFERENCE> {
  await new Promise((resolve) => setTimeout(resolve, 2200));
  for (let round = 0; round < 2; round++) await runCli(["sync", "--accept-deletions", ...tree.flags]);
  return compareTree(tree);
}
