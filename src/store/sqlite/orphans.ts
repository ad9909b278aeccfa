import type { SyncReport } from "../../model/report.ts";
import { iso } from "./columns.ts";
import type { Connection, Value } from "./driver.ts";
import { isHeld } from "./owners.ts";
import { decodeText } from "./text.ts";
import type { Identity } from "./writing.ts";

/** A kept report; one that is called running by a process that ended is told as what it is, before anybody corrects it. */
export function readReport(connection: Connection, self: Identity, written: Value | undefined): SyncReport {
  const report = JSON.parse(decodeText(written ?? null)) as SyncReport;
  if (report.state !== "running") return report;
  const lease = connection.prepare("SELECT * FROM leases WHERE source = ?").get(report.source);
  const now = Date.now();
  if (lease !== undefined && isHeld(lease, self, now)) return report;
  const lapsed = Number(lease?.expires_at ?? 0);
  return orphaned(report, lapsed > 0 ? Math.min(lapsed, now) : now);
}

/** The report of a run whose process ended before it. */
export function orphaned(report: SyncReport, endedAt: number): SyncReport {
  const note = "Its process ended before the run did; the next run goes on from the last page.";
  return { ...report, state: "failed", endedAt: iso(endedAt), unfinished: true, notes: [...report.notes, note] };
}
