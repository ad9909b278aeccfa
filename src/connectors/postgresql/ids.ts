import type { From } from "../kit/index.ts";
import { behind, keyText, type Row, Statement } from "../kit/sql/index.ts";
import { planFor } from "./containers.ts";
import { digestOf, type Plan, sortedBy, wantedOf } from "./plan.ts";
import { type PostgresContext, postgres, readPages } from "./read.ts";
import { reading } from "./walk.ts";

const KEYS_AT_ONCE = 100_000;
const KEYS_A_PAGE = 5_000;

/** The ids of everything in a container, a fraction of the cost of its rows. */
export async function* idsOf(ctx: PostgresContext, from: From<never>): AsyncGenerator<string[]> {
  const plan = await planFor(ctx, from.container);
  if (ctx.config.describeTables) yield [plan.container];
  let position: string[] | undefined;
  for (;;) {
    const statement = new Statement(postgres);
    const text = keysOf(plan, statement, position);
    let met = 0;
    const asked = { text, values: statement.values };
    for await (const rows of readPages(ctx, asked, KEYS_A_PAGE, { what: reading(plan) })) {
      met += rows.length;
      position = rows.at(-1)?.map(String);
      yield rows.map((row: Row) => `${plan.container}:${keyText(row.map(String))}`);
    }
    if (met < KEYS_AT_ONCE || plan.key.length === 0) return;
  }
}

function keysOf(plan: Plan, statement: Statement, position: string[] | undefined): string {
  const from = `FROM ${plan.from} WHERE ${wantedOf(plan, statement)}`;
  if (plan.key.length === 0) return `SELECT ${digestOf(plan, statement)} ${from}`;
  const names = plan.key.map((name) => statement.name(name));
  const present = names.map((name) => ` AND ${name} IS NOT NULL`).join("");
  const further = position === undefined ? "" : ` AND ${behind(statement, plan.key, position)}`;
  return `SELECT ${names.join(", ")} ${from}${present}${further} ORDER BY ${sortedBy(plan.key)} LIMIT ${KEYS_AT_ONCE}`;
}
