import type { Page } from "../kit/index.ts";
import { behind, type Row, Statement } from "../kit/sql/index.ts";
import type { Mark, PostgresCursor } from "./cursor.ts";
import { nextMark, writtenSince } from "./moment.ts";
import { sortedBy } from "./plan.ts";
import { pagesOf, postgres } from "./read.ts";
import { hasKey, pageOf, type Run, readBlocks, reading } from "./walk.ts";

const ROWS_AT_ONCE = 20_000;
/** A large table is looked through by transaction number so often: for rows whose time lies far behind, or did not move. */
const SWEEP_MS = 6 * 3_600_000;

/**
 * What changed since the cursor's mark. Rows that are deleted softly, or that `where` no longer takes, are deletions.
 * The cursor of the last page has the new mark.
 */
export async function* changedRows(run: Run, cursor: PostgresCursor): AsyncGenerator<Page<PostgresCursor>> {
  const mark = cursor.mark as Mark;
  const begun = cursor.changes;
  const now = run.ctx.clock.now();
  const sweeps = run.plan.hasXmin && (run.plan.mode === "xmin" || isDue(mark, now));
  const parked = begun?.parked ?? parkedMark(run, mark, sweeps, now);
  const at: PostgresCursor = { ...cursor, changes: { ...begun, parked } };
  if (run.plan.mode === "timestamp") yield* byClock(run, at, mark);
  if (run.plan.hasXmin) yield* byTransaction(run, at, mark, sweeps);
  else if (run.plan.mode === "timestamp" && run.plan.clock?.nullable) yield* timeless(run, at, []);
  const { changes: _, ...rest } = cursor;
  yield { cursor: { ...rest, mark: parked } };
}

/**
 * What was written while all rows were walked over. When the table was swept is not noted: what was under way at the
 * beginning is looked for once more.
 */
export async function* writtenMeanwhile(run: Run, cursor: PostgresCursor): AsyncGenerator<Page<PostgresCursor>> {
  const mark = cursor.mark as Mark;
  const parked = { ...mark, xid: String(run.moment.oldest) };
  yield* byTransaction(run, { ...cursor, changes: { parked } }, mark, true);
  yield { cursor: { ...cursor, mark: parked } };
}

function isDue({ sweptAt }: Mark, now: Date): boolean {
  return sweptAt === undefined || Math.abs(now.getTime() - Date.parse(sweptAt)) >= SWEEP_MS;
}

function parkedMark({ plan, moment }: Run, mark: Mark, sweeps: boolean, now: Date): Mark {
  const next = nextMark(mark, moment);
  return sweeps && plan.hasXmin ? { ...next, xid: String(moment.oldest), sweptAt: now.toISOString() } : next;
}

/** In the order of (time, key), from the floor on; the comparison of whole positions leaves no tie behind. */
async function* byClock(run: Run, cursor: PostgresCursor, mark: Mark): AsyncGenerator<Page<PostgresCursor>> {
  const { plan } = run;
  const names = [plan.clock?.name as string, ...plan.key];
  let position = cursor.changes?.behind;
  for (;;) {
    const statement = new Statement(postgres);
    const selected = plan.select(statement);
    const start = position
      ? behind(statement, names, position)
      : `${statement.name(names[0] as string)} >= ${statement.bind(mark.floor)}`;
    const where = [start, ...hasKey(plan, statement)].join(" AND ");
    const text = `SELECT ${selected} FROM ${plan.from} WHERE ${where} ORDER BY ${sortedBy(names)} LIMIT ${ROWS_AT_ONCE}`;
    let met = 0;
    for await (const rows of pagesOf(run.ctx, statement, text, { what: reading(plan) })) {
      met += rows.length;
      const page = changesOf(run, rows);
      position = page.position ?? position;
      yield { ...page.changes, cursor: { ...cursor, changes: { ...cursor.changes, behind: position } as Begun } };
    }
    if (met < ROWS_AT_ONCE) return;
  }
}

type Begun = NonNullable<PostgresCursor["changes"]>;

/** What transactions wrote that had not ended at the mark, or came after it: whatever time their rows carry. */
async function* byTransaction(
  run: Run,
  cursor: PostgresCursor,
  mark: Mark,
  sweeps: boolean,
): AsyncGenerator<Page<PostgresCursor>> {
  const { plan, moment } = run;
  const from = BigInt(mark.xid ?? 0);
  if (from === moment.next) return; // nothing at all was written since
  const written = writtenSince(from, moment.next);
  const conditions = written === undefined ? [] : [written];
  if (!sweeps) {
    if (plan.clock?.nullable) yield* timeless(run, cursor, conditions);
    return;
  }
  const start = cursor.changes?.block ?? 0;
  for await (const { rows, block } of readBlocks(run, start, () => [...conditions, "true"])) {
    const { changes } = changesOf(run, rows);
    const position = { ...cursor.changes, ...(block !== undefined && { block }) } as Begun;
    yield { ...changes, cursor: { ...cursor, changes: position } };
  }
}

/** Rows whose time is null are in no order of times. */
async function* timeless(run: Run, cursor: PostgresCursor, conditions: string[]): AsyncGenerator<Page<PostgresCursor>> {
  const statement = new Statement(postgres);
  const selected = run.plan.select(statement);
  const isNull = `${statement.name(run.plan.clock?.name as string)} IS NULL`;
  const where = [isNull, ...conditions, ...hasKey(run.plan, statement)].join(" AND ");
  const text = `SELECT ${selected} FROM ${run.plan.from} WHERE ${where}`;
  for await (const rows of pagesOf(run.ctx, statement, text, { what: reading(run.plan) }))
    yield { ...changesOf(run, rows).changes, cursor };
}

function changesOf({ plan }: Run, rows: Row[]) {
  const { reads } = pageOf(plan, rows);
  const last = reads.at(-1);
  return {
    changes: {
      upserts: reads.filter(({ isWanted }) => isWanted).map(({ draft }) => draft),
      deletes: reads.filter(({ isWanted }) => !isWanted).map(({ draft }) => draft.id),
    },
    position: last?.clock === undefined ? undefined : [last.clock, ...(last.key ?? [])],
  };
}
