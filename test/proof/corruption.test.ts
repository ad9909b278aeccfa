import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { settle } from "../../src/store/at-rest.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { runCli, startCli } from "./cli.ts";
import { compareTree, NO_DIFFERENCE } from "./compare-tree.ts";
import { tellFigure } from "./figure.ts";
import { seededRandom } from "./seeded-random.ts";
import { ChangingTree } from "./tree.ts";

/** Reliability R7. HEADWATER_CORRUPTIONS=100 is the full number. */
const CORRUPTIONS = Number(process.env.HEADWATER_CORRUPTIONS ?? 10);
const SEED = Number(process.env.HEADWATER_SEED ?? Date.now() % 1_000_000);
const PAGE = 16_384;
const FILES = ["default.db", "default.db-wal"];

const random = seededRandom(SEED);
const tree = new ChangingTree(random, 300);
/** The store as a killed sync left it, with its log, and the same with everything in the one file. */
const [withLog, settled] = [join(tree.base, "with-log"), join(tree.base, "settled")];
/** What may be answered: the words of an item before or after the last change. */
const titles = new Map<string, Set<string>>();
const texts = new Map<string, Set<string>>();

beforeAll(async () => {
  expect((await runCli(["sync", ...tree.flags])).code).toBe(0);
  await learn();
  // A sync that is killed leaves a log behind, which some of the damage is done to.
  for (let tries = 0; tries < 60; tries++) {
    tree.change(60);
    const run = startCli(["sync", ...tree.flags]);
    const timer = setTimeout(() => run.process.kill("SIGKILL"), 400 + random() * 1500);
    await run.ended;
    clearTimeout(timer);
    const log = join(tree.data, "default.db-wal");
    if (existsSync(log) && statSync(log).size > 5 * PAGE) break;
  }
  keep(withLog);
  settle(join(tree.data, "default.db"));
  keep(settled);
  await learn();
}, 300_000);

afterAll(() => tree.remove());

function keep(folder: string): void {
  mkdirSync(folder);
  for (const name of FILES)
    if (existsSync(join(tree.data, name))) copyFileSync(join(tree.data, name), join(folder, name));
}

function bringBack(folder: string): void {
  for (const name of [...FILES, "default.db-shm"]) {
    rmSync(join(tree.data, name), { force: true });
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(tree.data, name));
  }
}

async function learn(): Promise<void> {
  const store = await openStore({ folder: tree.data, tenant: "default" });
  for await (const { item, text } of store.everything({})) {
    titles.set(item.id, (titles.get(item.id) ?? new Set()).add(item.title));
    texts.set(item.id, (texts.get(item.id) ?? new Set()).add(text ?? ""));
  }
  await store.close();
}

const below = (most: number) => Math.floor(random() * most);
const bytesOf = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));

/** What befalls a file, by name; each takes the file's bytes and answers what is left of them. */
const DAMAGE: Record<string, (bytes: Buffer, pages: number) => Buffer> = {
  "some bytes": (bytes) => put(bytes, bytesOf(1 + below(400)), below(bytes.length - 400)),
  "one bit": (bytes) => {
    const at = below(bytes.length);
    return put(bytes, Buffer.from([(bytes[at] as number) ^ (1 << below(8))]), at);
  },
  "a page of zeros": (bytes, pages) => put(bytes, Buffer.alloc(PAGE), below(pages) * PAGE),
  "a page of noise": (bytes, pages) => put(bytes, bytesOf(PAGE), (1 + below(pages - 1)) * PAGE),
  "a page written to another's place": (bytes, pages) => {
    const from = below(pages) * PAGE;
    return put(bytes, bytes.subarray(from, from + PAGE), (1 + below(pages - 1)) * PAGE);
  },
  "the end missing": (bytes, pages) => bytes.subarray(0, (1 + below(pages - 1)) * PAGE),
  "the header": (bytes) => put(bytes, bytesOf(1 + below(40)), below(60)),
};

function put(bytes: Buffer, what: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  what.copy(copy, at);
  return copy;
}

/** Brings the store back, damages it somehow and answers how. */
function damage(round: number): string {
  const [store, log] = FILES.map((name) => join(tree.data, name)) as [string, string];
  const kinds = [...Object.keys(DAMAGE), "a torn log", "noise in the log", "no log"];
  const kind = kinds[round % kinds.length] as string;
  bringBack(kind.endsWith("log") ? withLog : settled);
  if (kind === "no log") rmSync(log);
  else if (kind === "a torn log") truncateSync(log, below(statSync(log).size));
  else if (kind === "noise in the log") {
    const bytes = readFileSync(log);
    writeFileSync(log, put(bytes, bytesOf(1 + below(2000)), below(bytes.length - 2000)));
  } else {
    const bytes = readFileSync(store);
    writeFileSync(store, (DAMAGE[kind] as (typeof DAMAGE)[string])(bytes, bytes.length / PAGE));
  }
  return kind;
}

interface Seen {
  wrong: string[];
  refused: boolean;
  served: number;
}

/** Reads everything in every way and holds it against what may be answered. */
async function readAll(store: Store): Promise<Seen> {
  const seen: Seen = { wrong: [], refused: false, served: 0 };
  const refused = (error: unknown) => {
    seen.refused = true;
    expect(error).toMatchObject({ name: "ConnectorError", kind: "store" });
    return undefined;
  };
  for (const id of texts.keys()) {
    const item = await store.item("notes", id, "everything").catch(refused);
    if (item && !titles.get(id)?.has(item.title)) seen.wrong.push(`title of ${id}: ${item.title}`);
    const text = await store.text("notes", id, "everything").catch(refused);
    if (text !== undefined && !texts.get(id)?.has(text)) seen.wrong.push(`text of ${id}`);
    if (item && text !== undefined) seen.served += 1;
  }
  for (const query of ["heron flood", "willow", "ladder -eel"]) {
    const found = await store.search({ query, limit: 50, viewer: "everything" }).catch(refused);
    for (const hit of found?.hits ?? []) {
      if (!titles.get(hit.id)?.has(hit.title)) seen.wrong.push(`hit ${hit.id}: ${hit.title}`);
    }
  }
  return seen;
}

it(`a store damaged in ${CORRUPTIONS} ways is found out or unharmed, serves nothing wrong, and is whole again after doctor --repair and sync (seed ${SEED})`, async () => {
  const outcome = { corruptions: 0, found: 0, harmless: 0, missed: 0, wrongServed: 0, notRepaired: 0 };
  const complaints: string[] = [];
  for (let round = 0; round < CORRUPTIONS; round++) {
    const kind = damage(round);
    outcome.corruptions += 1;
    const seen = await look();
    outcome.wrongServed += seen.wrong.length;
    if (seen.found) outcome.found += 1;
    else if (seen.wrong.length === 0) outcome.harmless += 1;
    else outcome.missed += 1;
    for (const each of seen.wrong) complaints.push(`round ${round}, ${kind}: ${each}`);
    const repaired = await runCli(["doctor", "--repair", ...tree.flags]);
    if (repaired.code !== 0) complaints.push(`round ${round}, ${kind}: ${repaired.out}${repaired.err}`);
    const synced = await runCli(["sync", "--accept-deletions", ...tree.flags]);
    if (synced.code !== 0) complaints.push(`round ${round}, ${kind}: ${synced.out}${synced.err}`);
    const difference = await compareTree(tree);
    if (JSON.stringify(difference) === JSON.stringify(NO_DIFFERENCE)) continue;
    outcome.notRepaired += 1;
    complaints.push(`round ${round}, ${kind}: ${JSON.stringify(difference).slice(0, 400)}`);
  }
  const must = { missed: 0, wrongServed: 0, notRepaired: 0 };
  tellFigure("R7", "damage to a store's file", outcome, must);
  expect(complaints).toEqual([]);
  expect(outcome).toMatchObject(must);
}, 3_600_000);

async function look(): Promise<Seen & { found: boolean }> {
  const opened = await openStore({ folder: tree.data, tenant: "default" }).catch((error: unknown) => {
    expect(error).toMatchObject({ name: "ConnectorError", kind: "store" });
    return undefined;
  });
  if (!opened) return { wrong: [], refused: true, served: 0, found: true };
  try {
    const seen = await readAll(opened);
    return { ...seen, found: seen.refused || (await opened.verify("full")).length > 0 };
  } finally {
    await opened.close();
  }
}
