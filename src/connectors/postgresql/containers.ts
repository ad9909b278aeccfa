import { ConnectorError } from "../kit/index.ts";
import { isMeant, parseName, writtenName } from "../kit/sql/index.ts";
import { catalogueOf } from "./catalogue.ts";
import { type Followed, followedRelations, followedTable, type Plan, planOf } from "./plan.ts";
import { followedQuery, queryNamed } from "./queries.ts";
import type { PostgresContext } from "./read.ts";

/** How a container is read now. Throws `not_found` when the options or the database know no such thing. */
export async function planFor(ctx: PostgresContext, container: string | undefined, fresh = false): Promise<Plan> {
  const query = queryNamed(ctx.config.queries, container ?? "");
  if (query !== undefined) return planOf(ctx.config, await followedQuery(ctx, query));
  const all = followedRelations(ctx.config, await catalogueOf(ctx, fresh));
  const found = all.find(({ relation }) => writtenName(relation.schema, relation.name) === container);
  if (found !== undefined) return planOf(ctx.config, followedTable(ctx.config, found, all));
  throw new ConnectorError("not_found", `No table or query ${JSON.stringify(container ?? "")} is followed here.`, {
    hint: `See what is: headwater list ${ctx.source}`,
  });
}

/** Everything that is followed, without the columns of queries. */
export async function followedTables(ctx: PostgresContext, fresh = false): Promise<Followed[]> {
  const all = followedRelations(ctx.config, await catalogueOf(ctx, fresh));
  return all.map((one) => followedTable(ctx.config, one, all));
}

/** What an id names: a container, or a row of one by its key. People may put the database's name before it. */
export function readId(ctx: PostgresContext, id: string): { container: string; key?: string } | undefined {
  const query = ctx.config.queries
    .map(({ name }) => `query:${name}`)
    .find((one) => id === one || id.startsWith(`${one}:`));
  if (query !== undefined)
    return id === query ? { container: query } : { container: query, key: id.slice(query.length + 1) };
  const found = parseName(id);
  if (found === undefined || found.parts.length < 2 || found.parts.length > 3) return undefined;
  if (found.parts.length === 3 && found.parts[0] !== ctx.api.reach.database) return undefined;
  const container = writtenName(...found.parts.slice(-2));
  return found.rest === undefined ? { container } : { container, key: found.rest };
}

/** Whether the options, without a look at the database, still take what a container holds. */
export function coversContainer(config: PostgresContext["config"], container: string): boolean {
  if (container.startsWith("query:")) return queryNamed(config.queries, container) !== undefined;
  const [schema, name] = parseName(container)?.parts ?? [];
  if (schema === undefined || name === undefined) return false;
  const schemas = config.schemas.length > 0 ? config.schemas : [config.schema];
  const isNamed = (word: string) => isMeant(word, { schema, name }, schemas);
  if (config.excludeTables.some(isNamed)) return false;
  if (config.tables.length === 0) return schemas.includes(schema);
  return config.tables.some((entry) => isNamed(typeof entry === "string" ? entry : entry.name));
}
