import type { Client } from "pg";
import { ConnectorError } from "../kit/index.ts";
import { type PostgresContext, readRows } from "./read.ts";

const LONGEST_WAIT_MS = 5_000;
/** A commit that is not waited for (synchronous_commit = off) is on the disk by then: three times wal_writer_delay, and more. */
const FLUSH_MS = 1_000;
/** Lent connections are the next one's at once, unless somebody else is quicker. */
const TRIES = 3;

/** Why no news can be heard at the other end of a connection: a replica, or a pooler that lends it for a transaction. */
export async function hearingTrouble(ctx: PostgresContext, client: Client): Promise<ConnectorError | undefined> {
  const { rows } = await client.query("SELECT pg_is_in_recovery()::text AS replica");
  const hint = "Set notifyAddress to the server's own, such as db.example.com:5432.";
  if (rows[0]?.replica === "true")
    return new ConnectorError("unsupported", "A replica tells no news: its changes are found by the scheduled syncs.", {
      hint: hint.replace("server", "primary"),
    });
  if (!(await isLent(ctx, client))) return undefined;
  const { host, port } = ctx.api.newsReach;
  return new ConnectorError(
    "unsupported",
    `No news comes through the pooler at ${host}:${port}, which lends a connection for one transaction only.`,
    { hint },
  );
}

/** Whether something stands between us and the server: it gives connections numbers of its own (PgBouncer and others do). */
export async function isPooled(client: Pick<Client, "query">): Promise<boolean> {
  return (await serverSide(client)) !== String((client as { processID?: number }).processID);
}

/** Whether another connection is answered by the very process that we were answered by. */
async function isLent(ctx: PostgresContext, client: Client): Promise<boolean> {
  if (!(await isPooled(client))) return false;
  const other = await ctx.api.connectAlone();
  try {
    for (let tries = 0; tries < TRIES; tries++)
      if ((await serverSide(client)) === (await serverSide(other))) return true;
    return false;
  } finally {
    await other.end();
  }
}

async function serverSide(client: Pick<Client, "query">): Promise<string> {
  const { rows } = await client.query("SELECT pg_backend_pid()::text AS pid");
  return rows[0]?.pid;
}

/**
 * Waits until what is read from has everything that the server of the news has: a replica comes behind, and would show a row
 * as it was. Only where the two are not the same.
 */
export async function caughtUp(ctx: PostgresContext, client: Client): Promise<void> {
  if (ctx.api.newsReach === ctx.api.reach) return;
  let end = await logEnd(client, "pg_current_wal_insert_lsn()");
  let waited = 0;
  for (let pause = 50; ; pause = Math.min(pause * 2, LONGEST_WAIT_MS)) {
    const [row] = await readRows(ctx, HAS_IT, [end]);
    if (row?.[0] === "t") return;
    await ctx.clock.sleep(pause, ctx.signal);
    const before = waited;
    waited += pause;
    // What was written but belongs to nothing that was committed may be sent much later.
    if (before < FLUSH_MS && waited >= FLUSH_MS)
      end = await logEnd(client, "least($1::pg_catalog.pg_lsn, pg_current_wal_flush_lsn())", [end]);
  }
}

async function logEnd(client: Client, expression: string, values: string[] = []): Promise<string> {
  const { rows } = await client.query(`SELECT (${expression})::text AS lsn`, values);
  return rows[0]?.lsn;
}

/** Null where replication is not by this log, as in Aurora. */
const HAS_IT = "SELECT NOT pg_is_in_recovery() OR coalesce(pg_last_wal_replay_lsn() >= $1::pg_catalog.pg_lsn, true)";
