import { equal, readBack, Statement } from "../kit/sql/index.ts";
import { followedTables } from "./containers.ts";
import { type Followed, planOf } from "./plan.ts";
import { type PostgresContext, postgres, readRows } from "./read.ts";

/** The row behind an address that `urlTemplate` made. */
export async function locateRow(ctx: PostgresContext, address: string): Promise<string | undefined> {
  const written = [
    ctx.config.urlTemplate,
    ...ctx.config.tables.map((one) => (typeof one === "object" ? one.urlTemplate : undefined)),
  ];
  if (!written.some((template) => template !== undefined && readBack(template, address) !== undefined))
    return undefined;
  for (const followed of await followedTables(ctx)) {
    const id = await locateIn(ctx, followed, address);
    if (id !== undefined) return id;
  }
  return undefined;
}

async function locateIn(ctx: PostgresContext, followed: Followed, address: string): Promise<string | undefined> {
  const { urlTemplate } = followed.options;
  const found = urlTemplate === undefined ? undefined : readBack(urlTemplate, address);
  const names = new Set(followed.columns.map(({ name }) => name));
  if (found === undefined || ![...found.keys()].every((name) => names.has(name))) return undefined;
  const plan = planOf(ctx.config, followed);
  const statement = new Statement(postgres);
  const selected = plan.select(statement);
  const where = equal(statement, [...found.keys()], [...found.values()]);
  const text = `SELECT ${selected} FROM ${plan.from} WHERE ${where} LIMIT 1`;
  const [row] = await readRows(ctx, text, statement.values).catch(() => []); // a value that the column cannot hold
  return row && plan.read(row).draft.id;
}
