import { ConnectorError } from "../../model/errors.ts";
import type { SyncReport } from "../../model/report.ts";
import type { Connection } from "./driver.ts";
import { orphaned } from "./orphans.ts";
import { isHeld } from "./owners.ts";
import { IS_WHOLE } from "./runs.ts";
import { decodeText } from "./text.ts";
import { type Writer, write } from "./writing.ts";

const RUNS_KEPT = 200;

/** Throws `store` unless the source's lease is held with this fence; part of the transaction that writes. */
export function holdLease(connection: Connection, source: string, fence: number): void {
  const row = connection.raw("SELECT fence, owner FROM leases WHERE source = ?").get(source);
  if (row && Number(row[0]) === fence && row[1] !== null) return;
  throw new ConnectorError("store", `Another run took over "${source}", so this one stopped writing.`, {
    hint: "See it with `headwater status`.",
  });
}

/** Takes a source for one run: undefined while another holds it and lives. Ends what dead owners left running. */
export function takeLease(writer: Writer, source: string, ttlMs: number): number | undefined {
  return write(writer, () => {
    const { connection, identity } = writer;
    const now = Date.now();
    const held = connection.prepare("SELECT * FROM leases WHERE source = ?").get(source);
    if (held && isHeld(held, identity, now)) return undefined;
    const fence = Number(held?.fence ?? 0) + 1;
    connection
      .prepare("INSERT OR REPLACE INTO leases (source, fence, owner, host, pid, expires_at) VALUES (?, ?, ?, ?, ?, ?)")
      .run(source, fence, identity.process, identity.host, identity.pid, now + ttlMs);
    endOrphans(connection, source, now);
    return fence;
  });
}

/** Prolongs a lease; false when it is no longer this run's. */
export function renewLease(writer: Writer, source: string, fence: number, ttlMs: number): boolean {
  return write(writer, () => {
    const { changes } = writer.connection
      .prepare("UPDATE leases SET expires_at = ? WHERE source = ? AND fence = ? AND owner IS NOT NULL")
      .run(Date.now() + ttlMs, source, fence);
    return Number(changes) > 0;
  });
}

/** Gives a lease back; the fence stays, so that the next owner gets a greater one. */
export function releaseLease(writer: Writer, source: string, fence: number): void {
  write(writer, () => {
    writer.connection
      .prepare("UPDATE leases SET owner = NULL, expires_at = 0 WHERE source = ? AND fence = ?")
      .run(source, fence);
  });
}

/** Nobody held the source, so what is still called running was left by a process that ended. */
function endOrphans(connection: Connection, source: string, now: number): void {
  const orphans = connection.raw("SELECT run_id, report FROM runs WHERE source = ? AND state = 'running'").all(source);
  for (const [runId, written] of orphans) {
    const report = orphaned(JSON.parse(decodeText(written ?? null)) as SyncReport, now);
    connection
      .prepare("UPDATE runs SET state = 'failed', ended_at = ?, report = ? WHERE run_id = ?")
      .run(now, JSON.stringify(report), runId ?? null);
  }
  // The newest over the whole source stays: the next one is due by it, however many looked at a part since.
  connection
    .prepare(
      `DELETE FROM runs WHERE source = ? AND started_at <
         (SELECT started_at FROM runs WHERE source = ? ORDER BY started_at DESC LIMIT 1 OFFSET ${RUNS_KEPT})
         AND run_id IS NOT
           (SELECT run_id FROM runs WHERE source = ? AND ${IS_WHOLE} ORDER BY started_at DESC, run_id DESC LIMIT 1)`,
    )
    .run(source, source, source);
}
