import { ConnectorError, type Draft, type NativeQuery } from "../kit/index.ts";
import { Statement } from "../kit/sql/index.ts";
import { kindOf } from "./column-kinds.ts";
import { followedTables, planFor } from "./containers.ts";
import { type Plan, planOf, wantedOf } from "./plan.ts";
import { type PostgresContext, pagesOf, postgres } from "./read.ts";
import { reading } from "./walk.ts";

const TIMEOUT_SECONDS = 5;
const MOST_WORDS = 8;

/**
 * Asks the database: by its full text index where a table has one, else for rows that hold every word. A table that does
 * not answer in five seconds is left out.
 */
export async function searchRows(ctx: PostgresContext, query: NativeQuery): Promise<Draft[]> {
  const plans =
    query.container === undefined
      ? (await followedTables(ctx)).map((one) => planOf(ctx.config, one))
      : [await planFor(ctx, query.container)];
  const found: Draft[][] = [];
  for (const plan of plans) {
    try {
      found.push(await searchTable(ctx, plan, query));
    } catch (error) {
      if (ConnectorError.from(error).kind === "cancelled") throw error;
      ctx.log.info("search.skipped", { container: plan.container, kind: ConnectorError.from(error).kind });
    }
  }
  return inTurns(found).slice(0, query.limit);
}

async function searchTable(ctx: PostgresContext, plan: Plan, { text, limit }: NativeQuery): Promise<Draft[]> {
  const statement = new Statement(postgres);
  const selected = plan.select(statement);
  const indexed = plan.relation?.textIndexes[0];
  const match = indexed === undefined ? holdsWords(plan, statement, text) : matches(statement, indexed, text);
  if (match === undefined) return [];
  const where = `${wantedOf(plan, statement)} AND ${match.where}`;
  const order = match.order === undefined ? "" : ` ORDER BY ${match.order} DESC`;
  const asked = `SELECT ${selected} FROM ${plan.from} WHERE ${where}${order} LIMIT ${statement.bind(limit)}`;
  const drafts: Draft[] = [];
  const options = { what: reading(plan), timeoutSeconds: TIMEOUT_SECONDS };
  for await (const rows of pagesOf(ctx, statement, asked, options))
    drafts.push(...rows.map((row) => plan.read(row).draft));
  return drafts;
}

/** `indexed` is the server's own text of what its index is made on. */
function matches(statement: Statement, indexed: string, text: string): { where: string; order?: string } {
  const language = /^\(*to_tsvector\(('(?:[^']|'')+'::regconfig)/.exec(indexed)?.[1];
  const asked = `websearch_to_tsquery(${language === undefined ? "" : `${language}, `}${statement.bind(text)})`;
  return { where: `(${indexed}) @@ ${asked}`, order: `ts_rank(${indexed}, ${asked})` };
}

function holdsWords(plan: Plan, statement: Statement, text: string): { where: string; order?: string } | undefined {
  const { contentColumns, titleColumn } = plan.options;
  const isAsked = (name: string) =>
    contentColumns.length === 0 || contentColumns.includes(name) || name === titleColumn;
  const columns = plan.columns.filter((column) => kindOf(column) === "text" && isAsked(column.name));
  const words = text.split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
  if (columns.length === 0 || words.length === 0) return undefined;
  const held = words.map((word) => {
    const pattern = statement.bind(`%${word.replace(/[\\%_]/g, "\\$&")}%`);
    return `(${columns.map(({ name }) => `${statement.name(name)}::text ILIKE ${pattern}`).join(" OR ")})`;
  });
  return { where: held.join(" AND ") };
}

/** The best of each table first, then the second best. */
function inTurns(lists: Draft[][]): Draft[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat();
}
