import { type PostgresContext, readRows } from "./read.ts";
import type { Findings } from "./test-server.ts";

/** From here on a replica's delay is worth a warning. */
const LONG_SECONDS = 300;

/** https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-INFO-TABLE, 2026-11. */
const REPLAY = `
SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())::bigint,
  coalesce(pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn(), false) AND EXISTS (SELECT FROM pg_stat_wal_receiver),
  pg_is_wal_replay_paused()`;

/** How far a replica is behind, and what it means to read from one. */
export async function tellReplica(ctx: PostgresContext, found: Findings): Promise<void> {
  const [row] = await readRows(ctx, REPLAY);
  const [seconds, hasAll, isPaused] = row ?? [];
  const lag = hasAll === "t" || seconds == null ? undefined : Number(seconds);
  const behind = lag === undefined ? "has all that its primary sent" : `is ${lag.toLocaleString("en")} s behind`;
  found.limits.push(
    `the replica ${behind}: a change is found once it arrived there; GRANT and other statements are run at the primary`,
  );
  if (isPaused === "t")
    found.warnings.push(
      "The replica is paused, so nothing new arrives. To go on, a superuser runs there: SELECT pg_wal_replay_resume();",
    );
  else if (lag !== undefined && lag > LONG_SECONDS)
    found.warnings.push(
      `The last change that arrived at the replica is ${lag.toLocaleString("en")} s old. If the primary is not that quiet, see in the replica's log why.`,
    );
}
