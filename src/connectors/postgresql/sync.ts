import { ConnectorError, type From, type Page } from "../kit/index.ts";
import { changedRows, writtenMeanwhile } from "./changes.ts";
import { planFor } from "./containers.ts";
import type { PostgresCursor } from "./cursor.ts";
import { describeTable } from "./describe-table.ts";
import { firstMark, type Moment, momentOf } from "./moment.ts";
import type { Plan } from "./plan.ts";
import type { PostgresContext } from "./read.ts";
import { type Run, walkRows } from "./walk.ts";

/** Transactions by which a replica of the same server may come behind another. */
const MOST_BEHIND = 1n << 24n;

/** One table, view or query: all rows the first time, then what changed. */
export async function* syncTable(
  ctx: PostgresContext,
  from: From<PostgresCursor>,
): AsyncGenerator<Page<PostgresCursor>> {
  const plan = await planFor(ctx, from.container);
  const moment = await momentOf(ctx);
  const run: Run = { ctx, plan, moment, since: from.since };
  if (from.cursor !== undefined && isBehind(moment, from.cursor)) {
    ctx.log.info("replica.behind", { container: plan.container });
    return yield { cursor: from.cursor };
  }
  let cursor = begun(plan, moment, from.cursor);
  const walks = cursor.walk !== undefined;
  if (ctx.config.describeTables) yield { upserts: [describeTable(plan)], cursor };
  if (cursor.walk !== undefined)
    for await (const page of walkRows(run, cursor)) {
      cursor = page.cursor;
      yield page;
    }
  if (plan.mode === "full") return;
  if (!walks) yield* changedRows(run, cursor);
  else if (plan.hasXmin) yield* writtenMeanwhile({ ...run, moment: await momentOf(ctx) }, cursor);
}

/**
 * Whether we were at a server before that was further on: a replica comes behind its primary, and one replica behind another.
 * What it has is older than what was read, so it is left until it has caught up.
 */
function isBehind({ isReplica, next }: Moment, { mark, walk, changes }: PostgresCursor): boolean {
  const aheads = [mark, walk?.parked, changes?.parked].map((one) => BigInt(one?.xid ?? 0) - next);
  return isReplica && aheads.some((ahead) => ahead > 0n) && aheads.every((ahead) => ahead < MOST_BEHIND);
}

/** Where to go on; a table that is another one now is walked anew, so that what is gone is found too. */
function begun(plan: Plan, moment: Moment, cursor: PostgresCursor | undefined): PostgresCursor {
  const file = plan.hasBlocks ? plan.relation?.file : undefined;
  const parked = firstMark(moment);
  const { signature } = plan;
  if (cursor === undefined) return { v: 1, signature, ...(file !== undefined && { file }), walk: { parked } };
  if (cursor.signature !== signature) throw expired(plan, "has other columns or options now");
  if (cursor.file !== file) throw expired(plan, "was truncated or written anew");
  if (cursor.walk === undefined && plan.mode === "full") return { ...cursor, walk: { parked } };
  const isLost = cursor.mark?.xid !== undefined && BigInt(cursor.mark.xid) > moment.next;
  if (isLost) throw expired(plan, "lies in another server, or in a copy of an earlier day");
  return cursor;
}

function expired({ container }: Plan, what: string): ConnectorError {
  return new ConnectorError("cursor_expired", `${container} ${what}: it is read from the beginning.`);
}
