import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { connect } from "../../src/store/sqlite/connect.ts";
import { type Connection, loadDriver } from "../../src/store/sqlite/driver.ts";
import { bundledChild, startChild } from "../store/children.ts";
import { runCli } from "./cli.ts";
import { tellFigure } from "./figure.ts";

const BACKUPS = Number(process.env.HEADWATER_BACKUPS ?? 2);
/** Tables that only grow while the child writes, and what orders them. */
const GROWING = { items: "id", bodies: "item", changes: "seq", fts_docsize: "id" };

let child = "";
beforeAll(async () => {
  child = await bundledChild();
});

it(`a backup taken while a sync writes is restored row by row as the store stood, ${BACKUPS} times`, async () => {
  const base = mkdtempSync(join(tmpdir(), "headwater-restore-"));
  const live = join(base, "live");
  const writer = startChild(child, "write", live);
  const outcome = { restores: 0, rows: 0, different: 0, tornPages: 0, unsound: 0 };
  try {
    while (writer.said.length < 20) await sleep(5);
    for (let round = 0; round < BACKUPS; round++) {
      const file = join(base, `${round}.tar.gz`);
      const before = writer.said.length;
      const made = await runCli(["backup", file, "--data", live]);
      expect(made.code, made.err).toBe(0);
      expect(writer.said.length).toBeGreaterThan(before);
      const folder = join(base, `back-${round}`);
      const back = await runCli(["restore", file, "--data", folder]);
      expect(back.code, back.err).toBe(0);
      outcome.restores += 1;
      compare(connect(loadDriver(), join(live, "default.db"), "reader"), restored(folder), outcome);
    }
  } finally {
    writer.child.kill("SIGKILL");
    await writer.ended;
    rmSync(base, { recursive: true, force: true });
  }
  tellFigure("R20", "restores of backups taken during a sync", outcome, { different: 0, tornPages: 0, unsound: 0 });
  expect(outcome).toMatchObject({ restores: BACKUPS, different: 0, tornPages: 0, unsound: 0 });
  expect(outcome.rows).toBeGreaterThan(BACKUPS * 100);
}, 900_000);

function restored(folder: string): Connection {
  return connect(loadDriver(), join(folder, "default.db"), "reader");
}

/** The source only ever adds pages of five, so that the restored rows are the oldest rows of the source. */
function compare(
  source: Connection,
  copy: Connection,
  outcome: { rows: number; different: number; tornPages: number; unsound: number },
): void {
  for (const [table, order] of Object.entries(GROWING)) {
    const rows = copy.raw(`SELECT * FROM ${table} ORDER BY ${order}`).all();
    const first = source.raw(`SELECT * FROM ${table} ORDER BY ${order} LIMIT ${rows.length}`).all();
    outcome.rows += rows.length;
    outcome.different += rows.filter((row, at) => JSON.stringify(row) !== JSON.stringify(first[at])).length;
  }
  const items = Number(copy.raw("SELECT count(*) FROM items").get()?.[0]);
  const cursor = Number(copy.raw("SELECT cursor FROM places").get()?.[0]);
  if (items !== (cursor + 1) * 5) outcome.tornPages += 1;
  if (copy.raw("PRAGMA integrity_check").get()?.[0] !== "ok") outcome.unsound += 1;
  source.close();
  copy.close();
}
