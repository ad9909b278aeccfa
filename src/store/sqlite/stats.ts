import type { SyncReport } from "../../model/report.ts";
import type { SourceStats } from "../store.ts";
import { iso } from "./columns.ts";
import type { Connection } from "./driver.ts";
import { readReport } from "./orphans.ts";
import { IS_WHOLE } from "./runs.ts";
import { decodeText } from "./text.ts";
import type { Identity } from "./writing.ts";

/** Figures of each source from its counters; also of sources that have runs and nothing stored. */
export function statsOf(connection: Connection, self: Identity, wanted?: string[]): SourceStats[] {
  const known = connection
    .raw("SELECT name FROM sources UNION SELECT source FROM runs ORDER BY 1")
    .all()
    .map(([name]) => String(name));
  return known
    .filter((name) => wanted === undefined || wanted.includes(name))
    .map((name) => oneSource(connection, self, name));
}

function oneSource(connection: Connection, self: Identity, name: string): SourceStats {
  const source = Number(connection.raw("SELECT id FROM sources WHERE name = ?").get(name)?.[0] ?? -1);
  const stats: SourceStats = {
    source: name,
    items: 0,
    byKind: {},
    byContainer: {},
    textBytes: 0,
    bodiesDue: 0,
    failures: 0,
    lost: 0,
  };
  for (const [counter, value] of connection.raw("SELECT name, value FROM counters WHERE source = ?").all(source)) {
    place(connection, stats, String(counter), Number(value));
  }
  const newest = connection
    .raw("SELECT updated_at FROM items WHERE source = ? AND lost_at IS NULL ORDER BY updated_at DESC LIMIT 1")
    .get(source)?.[0];
  const last = report(connection, self, name, "");
  const synced = report(connection, self, name, `AND state IN ('succeeded', 'partial') AND ${IS_WHOLE}`);
  return {
    ...stats,
    ...(newest !== null && newest !== undefined && { newestUpdatedAt: iso(newest) }),
    ...(last && { lastRun: last }),
    ...(synced?.endedAt !== undefined && { lastSyncedAt: synced.endedAt }),
  };
}

function place(connection: Connection, stats: SourceStats, counter: string, value: number): void {
  if (value === 0) return;
  const figures = { items: "items", bytes: "textBytes", due: "bodiesDue", failures: "failures", lost: "lost" } as const;
  const figure = figures[counter as keyof typeof figures];
  if (figure) {
    stats[figure] = value;
    return;
  }
  const number = Number(counter.slice(1));
  const [sql, of] = counter.startsWith("k")
    ? (["SELECT name FROM names WHERE id = ?", stats.byKind] as const)
    : (["SELECT native_id FROM containers WHERE id = ?", stats.byContainer] as const);
  const name = connection.raw(sql).get(number)?.[0];
  if (name !== undefined) of[decodeText(name)] = value;
}

function report(connection: Connection, self: Identity, source: string, where: string): SyncReport | undefined {
  const row = connection
    .raw(`SELECT report FROM runs WHERE source = ? ${where} ORDER BY started_at DESC, run_id DESC LIMIT 1`)
    .get(source);
  return row && readReport(connection, self, row[0]);
}
