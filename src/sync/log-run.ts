import type { Logger } from "../connectors/kit/index.ts";
import type { SyncReport } from "../model/index.ts";

/**
 * One line of the log for a run that ended: `info`, `warn` for one that began by itself and failed, since nobody looks at its
 * report, and `debug` for one that found its source taken.
 */
export function logRun(log: Logger, tenant: string, report: SyncReport): void {
  const { runId: run, source, state, startedBy, added, updated, unchanged, deleted, lost, failed } = report;
  const why = state === "succeeded" ? undefined : (report.failures[0]?.message ?? report.notes[0]);
  const tookMs = Date.parse(report.endedAt ?? report.startedAt) - Date.parse(report.startedAt);
  const byItself = startedBy !== "person" && startedBy !== "tool";
  const level = state === "skipped" ? "debug" : state === "failed" && byItself ? "warn" : "info";
  log[level]("run.ended", {
    ...(tenant !== "default" && { tenant }),
    source,
    run,
    by: startedBy,
    state,
    ...(report.dryRun && { dryRun: true }),
    ...(report.part !== undefined && { part: report.part }),
    ...{ added, updated, unchanged, deleted, lost, failed, tookMs },
    ...(why !== undefined && { why }),
  });
}
