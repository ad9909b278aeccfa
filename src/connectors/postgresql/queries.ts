import { ConnectorError } from "../kit/index.ts";
import { optionsFor, type QueryOptions } from "../kit/sql/index.ts";
import type { CatalogueColumn } from "./catalogue.ts";
import { explained } from "./explain.ts";
import { type Followed, ROWS } from "./plan.ts";
import { type PostgresContext, readRows, transact } from "./read.ts";

const PREFIX = "query:";

export function queryContainer(query: Pick<QueryOptions, "name">): string {
  return `${PREFIX}${query.name}`;
}

/** The query behind a container's id. */
export function queryNamed(queries: readonly QueryOptions[], container: string): QueryOptions | undefined {
  return queries.find((query) => queryContainer(query) === container);
}

/**
 * A query of the configuration as something to follow. PostgreSQL itself proves first that it is one whole SELECT: only such
 * a statement can be declared as a cursor, and so only such a one ever stands between the parentheses of ours.
 */
export async function followedQuery(ctx: PostgresContext, query: QueryOptions): Promise<Followed> {
  const sql = query.sql.trim().replace(/(\s*;)+$/, "");
  const from = `(\n${sql}\n) AS ${ROWS}`;
  const columns = await describe(ctx, query.name, sql, from);
  const names = new Set(columns.map(({ name }) => name));
  const lacking = query.idColumns.find((name) => !names.has(name));
  if (lacking !== undefined)
    throw new ConnectorError("config", `The query ${query.name} answers no column ${JSON.stringify(lacking)}.`, {
      hint: "Correct its idColumns or its sql.",
    });
  return {
    container: queryContainer(query),
    from,
    query,
    columns,
    key: query.idColumns,
    options: optionsFor(ctx.config, query),
    filter: query.where ?? {},
    links: [],
  };
}

async function describe(ctx: PostgresContext, name: string, sql: string, from: string): Promise<CatalogueColumn[]> {
  const what = `The query ${name}`;
  const fields = await transact(ctx, { what }, async (ask) => {
    await ask(`DECLARE headwater_proof NO SCROLL CURSOR FOR\n${sql}`);
    return (await ask(`SELECT * FROM ${from} LIMIT 0`)).fields;
  }).catch((error: unknown) => {
    throw asConfig(explained(error, ctx.api, what), name);
  });
  const types = await readRows(ctx, TYPES, [fields.map((field) => field.dataTypeID)], { what });
  const byId = new Map(types.map(([id, type, base, category]) => [id, { type, base, category }]));
  return fields.map((field) => {
    const { type, base, category } = byId.get(String(field.dataTypeID)) ?? {};
    const known = { type: type ?? "unknown", base: base ?? "unknown", category: category ?? "X" };
    return { name: field.name, ...known, nullable: true, readable: true, comment: null };
  });
}

/** What is wrong with a query's own words is mended in the configuration. */
function asConfig(error: ConnectorError, name: string): ConnectorError {
  if (!["unsupported", "bad_response", "not_found"].includes(error.kind)) return error;
  return new ConnectorError("config", `The query ${name} is not one SELECT that PostgreSQL can run here.`, {
    hint: "Try it in psql, as the role that headwater signs in as.",
    cause: error,
  });
}

const TYPES = `
SELECT t.oid, pg_catalog.format_type(t.oid, NULL), CASE WHEN b.typcategory = 'A' THEN 'array' ELSE b.typname::text END, b.typcategory
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
WHERE t.oid = ANY ($1)`;
