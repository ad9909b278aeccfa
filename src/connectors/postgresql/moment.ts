import type { Mark } from "./cursor.ts";
import { type PostgresContext, readRows } from "./read.ts";

/** What the server says of now, taken before anything is read. */
export interface Moment {
  /** The server's time less the lag, and never later than the start of the oldest transaction that we may see. */
  floor: string;
  /** The oldest transaction that has not ended. */
  oldest: bigint;
  /** The number that the next transaction gets. */
  next: bigint;
  /** Whether blocks of a table can be asked for by their numbers: PostgreSQL 14 and newer. */
  readsBlocks: boolean;
  isReplica: boolean;
}

const MOMENT = `
SELECT least(
    now() - make_interval(secs => $1) -
      CASE WHEN pg_is_in_recovery() THEN greatest(now() - coalesce(pg_last_xact_replay_timestamp(), now()), interval '0') ELSE interval '0' END,
    (SELECT min(a.xact_start) FROM pg_stat_activity a WHERE a.datname = current_database() AND a.pid <> pg_backend_pid())
  )::text,
  txid_snapshot_xmin(txid_current_snapshot())::text,
  txid_snapshot_xmax(txid_current_snapshot())::text,
  current_setting('server_version_num'), pg_is_in_recovery()`;

export async function momentOf(ctx: PostgresContext): Promise<Moment> {
  const [row] = await readRows(ctx, MOMENT, [ctx.config.safetyLagSeconds]);
  const [floor = "", oldest = "", next = "", version, isReplica] = row as string[];
  return {
    floor,
    oldest: BigInt(oldest),
    next: BigInt(next),
    readsBlocks: Number(version) >= 140_000,
    isReplica: isReplica === "t",
  };
}

/** The mark of a walk over everything that begins now. What is under way now is looked for by its number afterwards. */
export function firstMark(moment: Moment): Mark {
  return { ...settled({}, moment), xid: String(moment.oldest) };
}

/**
 * The mark that holds once everything was read that changed since `mark`. The floor moves up only when all transactions have
 * ended that were under way at the moment it was taken: `now()` in a transaction is its beginning, so that a long one
 * commits rows with a time that lies far behind.
 */
export function nextMark(mark: Mark, moment: Moment): Mark {
  return { ...mark, ...settled(mark, moment) };
}

function settled(mark: Mark, { floor, oldest, next }: Moment): Pick<Mark, "floor" | "pending"> {
  const passed = mark.pending !== undefined && oldest >= BigInt(mark.pending.until);
  const risen = passed ? mark.pending?.floor : mark.floor;
  if (oldest >= next) return { floor, pending: undefined }; // nothing is under way
  const pending = mark.pending === undefined || passed ? { floor, until: String(next) } : mark.pending;
  return { floor: risen ?? floor, pending };
}

/**
 * The condition that a row was written by a transaction of [`from`, `to`): row versions carry the lower 32 bits only, and
 * frozen ones keep theirs, so they are compared round the circle. Rows of an earlier round may be met needlessly,
 * none is missed. Undefined when so many transactions lie between that it says nothing.
 */
export function writtenSince(from: bigint, to: bigint): string | undefined {
  const span = to - from;
  if (span < 0n || span >= 1n << 31n) return undefined;
  return `(xmin::text::bigint - ${from & 0xffff_ffffn} + 4294967296) % 4294967296 < ${span}`;
}
