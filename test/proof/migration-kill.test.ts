import { copyFileSync, existsSync, readdirSync, rmSync, watch } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settle } from "../../src/store/at-rest.ts";
import { connect } from "../../src/store/sqlite/connect.ts";
import { loadDriver } from "../../src/store/sqlite/driver.ts";
import { schemaVersion } from "../../src/store/sqlite/migrations.ts";
import { SCHEMA_VERSION } from "../../src/store/sqlite/schema.ts";
import { check } from "../../src/store/sqlite/verify.ts";
import { runCli, startCli } from "./cli.ts";
import { compareTree, NO_DIFFERENCE } from "./compare-tree.ts";
import { tellFigure } from "./figure.ts";
import { seededRandom } from "./seeded-random.ts";
import { ChangingTree } from "./tree.ts";

/** Reliability R10. HEADWATER_MIGRATION_KILLS=50 is the full number. */
const KILLS = Number(process.env.HEADWATER_MIGRATION_KILLS ?? 5);
const SEED = Number(process.env.HEADWATER_SEED ?? Date.now() % 1_000_000);

const random = seededRandom(SEED);
const tree = new ChangingTree(random, 1500);
const file = join(tree.data, "default.db");
const old = join(tree.base, "version-1.db");

beforeAll(async () => {
  expect((await runCli(["sync", ...tree.flags])).code).toBe(0);
  // What version 2 added is taken out again: the file is as a headwater of version 1 left it.
  const connection = connect(loadDriver(), file, "writer");
  connection.exec("DROP TABLE memory; DROP TABLE deliveries; DROP TABLE pauses; PRAGMA user_version = 1");
  connection.close();
  settle(file);
  copyFileSync(file, old);
}, 120_000);

afterAll(() => tree.remove());

function bringBack(): void {
  for (const name of readdirSync(tree.data)) if (name.startsWith("default.db")) rmSync(join(tree.data, name));
  copyFileSync(old, file);
}

/** Opens the store in another process, which upgrades it, and kills that a moment after the upgrade began. */
async function killed(): Promise<boolean> {
  const run = startCli(["status", ...tree.flags]);
  const begins = random() < 0.6 ? ".part" : ".bak";
  const watcher = watch(tree.data, (_event, name) => {
    if (!name?.endsWith(begins)) return;
    watcher.close();
    setTimeout(() => run.process.kill("SIGKILL"), random() ** 2 * 60);
  });
  const end = await run.ended;
  watcher.close();
  return end.signal === "SIGKILL";
}

describe(`an upgrade of the store killed ${KILLS} times (seed ${SEED})`, () => {
  it("leaves the old store or the new one, whole, and the next start ends what was begun", async () => {
    const outcome = { kills: 0, leftOld: 0, leftNew: 0, neither: 0, damaged: 0, notUpgraded: 0 };
    for (let round = 0; outcome.kills < KILLS && round < KILLS * 4; round++) {
      bringBack();
      if (!(await killed())) continue;
      outcome.kills += 1;
      const version = versionOf();
      if (version === 1) outcome.leftOld += 1;
      else if (version === SCHEMA_VERSION) outcome.leftNew += 1;
      else outcome.neither += 1;
      if (!isSound()) outcome.damaged += 1;
      const next = await runCli(["status", ...tree.flags]);
      if (next.code !== 0 || versionOf() !== SCHEMA_VERSION) outcome.notUpgraded += 1;
      expect(existsSync(`${file}.before-v${SCHEMA_VERSION}.bak`)).toBe(true);
    }
    const difference = await compareTree(tree);
    const must = { kills: KILLS, neither: 0, damaged: 0, notUpgraded: 0 };
    tellFigure("R10", "kills during an upgrade of the store", outcome, must);
    expect(outcome).toMatchObject(must);
    expect(difference).toEqual(NO_DIFFERENCE);
  }, 1_800_000);
});

function versionOf(): number {
  const connection = connect(loadDriver(), file, "reader");
  try {
    return schemaVersion(connection);
  } finally {
    connection.close();
  }
}

function isSound(): boolean {
  const connection = connect(loadDriver(), file, "writer");
  try {
    const items = Number(connection.raw("SELECT count(*) FROM items").get()?.[0]);
    return items === tree.files().size && check(connection, "full").length === 0;
  } finally {
    connection.close();
  }
}
