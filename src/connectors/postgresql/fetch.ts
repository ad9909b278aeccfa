import { Readable } from "node:stream";
import { ConnectorError, type Fetched } from "../kit/index.ts";
import { parseKey, Statement } from "../kit/sql/index.ts";
import { planFor, readId } from "./containers.ts";
import { describeTable } from "./describe-table.ts";
import { documentColumn, type Plan, type RowRead, whereKey } from "./plan.ts";
import { type PostgresContext, postgres, readRows } from "./read.ts";
import { reading } from "./walk.ts";

/** One row by its id, or the description of a table. */
export async function fetchRow(ctx: PostgresContext, id: string): Promise<Fetched> {
  const named = readId(ctx, id);
  if (named === undefined) throw noSuchRow(id);
  const plan = await planFor(ctx, named.container);
  if (named.key === undefined) return { item: describeTable(plan) };
  const values = parseKey(named.key, Math.max(plan.key.length, 1));
  const row = values && (await readRow(ctx, plan, values));
  if (row === undefined || !row.isWanted) throw noSuchRow(id);
  const { draft } = row;
  return draft.body === undefined
    ? { item: draft }
    : { item: draft, content: await documentOf(ctx, plan, values, draft.body) };
}

/** The row with this key, if there is one. A value that the key's column cannot hold is no row's. */
export async function readRow(
  ctx: PostgresContext,
  plan: Plan,
  values: readonly string[],
): Promise<RowRead | undefined> {
  const statement = new Statement(postgres);
  const selected = plan.select(statement);
  const text = `SELECT ${selected} FROM ${plan.from} WHERE ${whereKey(plan, statement, values)} LIMIT 1`;
  const [row] = await readRows(ctx, text, statement.values, { what: reading(plan) });
  return row && plan.read(row);
}

async function documentOf(
  ctx: PostgresContext,
  plan: Plan,
  values: readonly string[] | undefined,
  body: { mime: string },
): Promise<NonNullable<Fetched["content"]>> {
  const column = documentColumn(plan) as string;
  const statement = new Statement(postgres);
  const selected = `encode(${statement.name(column)}, 'base64')`;
  const text = `SELECT ${selected} FROM ${plan.from} WHERE ${whereKey(plan, statement, values ?? [])} LIMIT 1`;
  const [row] = await readRows(ctx, text, statement.values, { what: reading(plan) });
  return { stream: Readable.from([Buffer.from(row?.[0] ?? "", "base64")]), mime: body.mime };
}

function noSuchRow(id: string): ConnectorError {
  return new ConnectorError("not_found", `There is no row ${JSON.stringify(id.slice(0, 200))} here.`);
}
