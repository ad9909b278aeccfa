import { ConnectorError, type Entry } from "../kit/index.ts";
import { Statement } from "../kit/sql/index.ts";
import { followedTables, planFor } from "./containers.ts";
import { KINDS } from "./describe-table.ts";
import { sortedBy, wantedOf } from "./plan.ts";
import { queryContainer } from "./queries.ts";
import { type PostgresContext, pagesOf, postgres } from "./read.ts";

/** The tables, views and queries; with one of them as parent, its rows. */
export async function* list(ctx: PostgresContext, parent?: string): AsyncGenerator<Entry> {
  if (parent !== undefined) return yield* rowsOf(ctx, parent);
  const tables = await followedTables(ctx, true);
  for (const { container, relation } of tables)
    yield { id: container, name: container, holds: "items", kind: relation ? KINDS[relation.kind] : "table" };
  for (const query of ctx.config.queries)
    yield { id: queryContainer(query), name: query.name, holds: "items", kind: "query" };
  if (tables.length + ctx.config.queries.length > 0) return;
  throw new ConnectorError("permission", `The role ${ctx.api.reach.user} may read no table that the options name.`, {
    hint: `See what is missing and how to get it: headwater test ${ctx.source}`,
  });
}

async function* rowsOf(ctx: PostgresContext, container: string): AsyncGenerator<Entry> {
  const plan = await planFor(ctx, container);
  const statement = new Statement(postgres);
  const order = plan.key.length > 0 ? ` ORDER BY ${sortedBy(plan.key)}` : "";
  const text = `SELECT ${plan.select(statement)} FROM ${plan.from} WHERE ${wantedOf(plan, statement)}${order}`;
  for await (const rows of pagesOf(ctx, statement, text)) {
    for (const row of rows) {
      const { id, title, url, updatedAt } = plan.read(row).draft;
      yield { id, name: title, holds: "nothing", kind: "row", ...(url && { url }), ...(updatedAt && { updatedAt }) };
    }
  }
}
