import type { SyncReport } from "../../model/report.ts";
import { milliseconds } from "./columns.ts";
import type { Connection } from "./driver.ts";
import { readReport } from "./orphans.ts";
import { type Identity, type Writer, write } from "./writing.ts";

/** Keeps a run's report; one that has ended is never turned back into a running one. */
export function saveRun(writer: Writer, report: SyncReport): void {
  write(writer, () => {
    writer.connection
      .prepare(
        `INSERT INTO runs (run_id, source, state, started_at, ended_at, report) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (run_id) DO UPDATE SET state = excluded.state, ended_at = excluded.ended_at, report = excluded.report
         WHERE runs.ended_at IS NULL OR excluded.ended_at IS NOT NULL`,
      )
      .run(
        report.runId,
        report.source,
        report.state,
        milliseconds(report.startedAt) ?? Date.now(),
        milliseconds(report.endedAt),
        JSON.stringify(report),
      );
  });
}

/** Asks a running run to stop; false when there is none of that name. */
export function requestCancel(writer: Writer, runId: string): boolean {
  return write(writer, () => {
    const { changes } = writer.connection
      .prepare("UPDATE runs SET cancel = 1 WHERE run_id = ? AND state = 'running'")
      .run(runId);
    return Number(changes) > 0;
  });
}

export function cancelRequested(connection: Connection, runId: string): boolean {
  return Number(connection.raw("SELECT cancel FROM runs WHERE run_id = ?").get(runId)?.[0] ?? 0) === 1;
}

/** A run that looked at everything, not at a part of its source. */
export const IS_WHOLE = "json_extract(report, '$.part') IS NULL";

/** Newest first. */
export function runsOf(
  connection: Connection,
  self: Identity,
  request: { source?: string; runId?: string; whole?: boolean; limit: number },
): SyncReport[] {
  const source = request.source ?? null;
  const runId = request.runId ?? null;
  return connection
    .raw(
      `SELECT report FROM runs WHERE (? IS NULL OR source = ?) AND (? IS NULL OR run_id = ?)
         ${request.whole ? `AND ${IS_WHOLE}` : ""} ORDER BY started_at DESC, run_id DESC LIMIT ?`,
    )
    .all(source, source, runId, runId, request.limit)
    .map(([report]) => readReport(connection, self, report));
}
