import { ConnectorError, type Page } from "../kit/index.ts";
import { behind, type Row, Statement } from "../kit/sql/index.ts";
import type { PostgresCursor } from "./cursor.ts";
import type { Moment } from "./moment.ts";
import { type Plan, sortedBy, wantedOf } from "./plan.ts";
import { type PostgresContext, pagesOf, postgres } from "./read.ts";

/** Rows of one transaction: short, so that the server can tidy up behind us, and long enough to cost nothing. */
const ROWS_AT_ONCE = 20_000;
/** Blocks of 8 KB of one transaction. */
const BLOCKS_AT_ONCE = 16_384;

/** One sync of one container. */
export interface Run {
  ctx: PostgresContext;
  plan: Plan;
  moment: Moment;
  since: string | undefined;
}

type Walk = NonNullable<PostgresCursor["walk"]>;

/** All rows, from where the cursor stands. The cursor of the last page stands behind the walk. */
export async function* walkRows(run: Run, cursor: PostgresCursor): AsyncGenerator<Page<PostgresCursor>> {
  const walk = cursor.walk as Walk;
  if (run.plan.key.length > 0) yield* walkByKey(run, cursor, walk);
  else yield* walkByBlock(run, cursor, walk);
  const { walk: _, ...rest } = cursor;
  const failures = await withoutKey(run);
  yield { ...(failures.length > 0 && { failures }), cursor: { ...rest, mark: walk.parked } };
}

async function* walkByKey(run: Run, cursor: PostgresCursor, walk: Walk): AsyncGenerator<Page<PostgresCursor>> {
  let position = walk.behind;
  for await (const rows of readByKey(run, position)) {
    const page = pageOf(run.plan, rows);
    const shared = sharedKey(run.plan, page.keys, position);
    position = page.keys.at(-1) ?? position;
    yield {
      upserts: page.upserts,
      ...(shared !== undefined && { failures: [shared] }),
      cursor: { ...cursor, walk: { ...walk, behind: position } },
    };
  }
}

/** All rows behind a position in the order of their keys, in short transactions, a page at a time. */
export async function* readByKey(run: Run, from: string[] | undefined): AsyncGenerator<Row[]> {
  const { plan } = run;
  let position = from;
  for (;;) {
    const statement = new Statement(postgres);
    const selected = plan.select(statement);
    const where = [...conditions(run, statement), ...(position ? [behind(statement, plan.key, position)] : [])];
    const text = `SELECT ${selected} FROM ${plan.from} WHERE ${where.join(" AND ")} ORDER BY ${sortedBy(plan.key)} LIMIT ${ROWS_AT_ONCE}`;
    let met = 0;
    for await (const rows of pagesOf(run.ctx, statement, text, { what: reading(plan) })) {
      met += rows.length;
      position = plan.keyOf(rows.at(-1) as Row);
      yield rows;
    }
    if (met < ROWS_AT_ONCE) return;
  }
}

/** Rows without a key, block after block of the table's file, or all in one where there is none. */
async function* walkByBlock(run: Run, cursor: PostgresCursor, walk: Walk): AsyncGenerator<Page<PostgresCursor>> {
  for await (const { rows, block } of readBlocks(run, walk.block ?? 0, (statement) => conditions(run, statement))) {
    const { upserts } = pageOf(run.plan, rows);
    yield { upserts, cursor: { ...cursor, walk: { ...walk, ...(block !== undefined && { block }) } } };
  }
}

/** The rows that conditions name, in the order in which they lie; `block` is where to go on behind them. */
export async function* readBlocks(
  { ctx, plan, moment }: Run,
  from: number,
  conditionsOf: (statement: Statement) => string[],
): AsyncGenerator<{ rows: Row[]; block: number | undefined }> {
  const pages = plan.relation?.pages ?? 0;
  const inParts = plan.hasBlocks && moment.readsBlocks;
  for (let block = inParts ? from : 0; ; block += BLOCKS_AT_ONCE) {
    const isLast = !inParts || block + BLOCKS_AT_ONCE >= pages;
    const statement = new Statement(postgres);
    const selected = plan.select(statement);
    const where = conditionsOf(statement);
    if (inParts && block > 0) where.push(`ctid >= ${statement.bind(`(${block},0)`)}`);
    if (!isLast) where.push(`ctid < ${statement.bind(`(${block + BLOCKS_AT_ONCE},0)`)}`);
    const text = `SELECT ${selected} FROM ${plan.from} WHERE ${where.join(" AND ")}`;
    for await (const rows of pagesOf(ctx, statement, text, { what: reading(plan) }))
      yield { rows, block: inParts ? block : undefined };
    if (isLast) return;
  }
}

export function reading(plan: Plan): string {
  return plan.query === undefined ? `Reading ${plan.container}` : `The query ${plan.query.name}`;
}

/** What every row of a walk must be: wanted, not too old, and known by a key. */
function conditions({ plan, since }: Run, statement: Statement): string[] {
  const parts = [wantedOf(plan, statement)];
  if (since !== undefined && plan.clock !== undefined) {
    const name = statement.name(plan.clock.name);
    parts.push(`(${name} >= ${statement.bind(since)} OR ${name} IS NULL)`);
  }
  return [...parts, ...hasKey(plan, statement)];
}

/** The key of a view or a query may be null in some rows, which then cannot be told apart. */
export function hasKey(plan: Plan, statement: Statement): string[] {
  return nullable(plan).map((name) => `${statement.name(name)} IS NOT NULL`);
}

function nullable(plan: Plan): string[] {
  return plan.key.filter((key) => plan.columns.find(({ name }) => name === key)?.nullable);
}

/** Rows as items, and their keys. */
export function pageOf(plan: Plan, rows: Row[]) {
  const reads = rows.map((row) => plan.read(row));
  return {
    reads,
    upserts: reads.map(({ draft }) => draft),
    keys: reads.flatMap(({ key }) => (key === undefined ? [] : [key])),
  };
}

/** Two rows of a view or a query with one key: only one of them can be kept. */
function sharedKey(plan: Plan, keys: string[][], before: string[] | undefined) {
  if (plan.hasXmin) return undefined;
  const texts = [before, ...keys].map((key) => JSON.stringify(key));
  if (!texts.some((text, at) => at > 0 && text === texts[at - 1])) return undefined;
  const names = plan.key.join(", ");
  const error = new ConnectorError(
    "unsupported",
    `Several rows of ${plan.container} have the same ${names}; one of each is kept.`,
    {
      hint: `Name the columns that tell them apart in ${plan.query ? "idColumns" : "primaryKeyColumn"}.`,
    },
  );
  return { id: `${plan.container}:`, error };
}

async function withoutKey({ ctx, plan }: Run) {
  const names = nullable(plan);
  if (names.length === 0) return [];
  const statement = new Statement(postgres);
  const missing = names.map((name) => `${statement.name(name)} IS NULL`).join(" OR ");
  const text = `SELECT 1 FROM ${plan.from} WHERE ${missing} LIMIT 1`;
  for await (const _ of pagesOf(ctx, statement, text, { what: reading(plan) })) {
    const message = `Rows of ${plan.container} whose ${names.join(" or ")} is null are left out: they cannot be told apart.`;
    return [{ id: `${plan.container}:null`, error: new ConnectorError("unsupported", message) }];
  }
  return [];
}
