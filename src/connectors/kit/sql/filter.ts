import { z } from "zod";
import { ConnectorError } from "../../../model/errors.ts";
import type { Statement } from "./statement.ts";

const Value = z.union([z.string(), z.number(), z.boolean()]);
const Bounds = z.strictObject({
  not: z
    .union([Value, z.null(), z.array(Value)])
    .optional()
    .describe("Anything but this."),
  from: Value.optional().describe("This or more."),
  before: Value.optional().describe("Less than this."),
  like: z.string().optional().describe("Text with % for any characters and _ for one."),
});
type Bounds = z.output<typeof Bounds>;

/** Which rows to take, by column: a value, a list of values, null, or bounds. Never SQL. */
export const Filter = z.record(z.string(), z.union([Value, z.null(), z.array(Value), Bounds]));
export type Filter = z.output<typeof Filter>;

/** A filter as a condition: its columns are those of the catalogue, its values go beside it. Throws `config` for others. */
export function condition(
  statement: Statement,
  filter: Filter,
  known: ReadonlySet<string>,
  table: string,
): string | undefined {
  const parts = Object.entries(filter).map(([column, wanted]) => {
    if (!known.has(column)) throw noColumn(column, table, "where");
    const name = statement.name(column);
    return isBounds(wanted) ? bounded(statement, name, wanted) : among(statement, name, wanted);
  });
  return parts.length === 0 ? undefined : parts.map((part) => `(${part})`).join(" AND ");
}

/** An option names a column that the table does not have. */
export function noColumn(column: string, table: string, option: string): ConnectorError {
  return new ConnectorError(
    "config",
    `${option} names the column ${JSON.stringify(column)}, which ${table} does not have.`,
    {
      hint: "Correct it: headwater config edit, or see the columns with headwater list.",
    },
  );
}

function isBounds(wanted: Filter[string]): wanted is Bounds {
  return typeof wanted === "object" && wanted !== null && !Array.isArray(wanted);
}

function among(statement: Statement, name: string, wanted: Exclude<Filter[string], Bounds>): string {
  if (wanted === null) return `${name} IS NULL`;
  if (!Array.isArray(wanted)) return `${name} = ${statement.bind(String(wanted))}`;
  if (wanted.length === 0) return "1 = 0";
  return `${name} IN (${wanted.map((value) => statement.bind(String(value))).join(", ")})`;
}

function bounded(statement: Statement, name: string, { not, from, before, like }: Bounds): string {
  const parts: string[] = [];
  if (not === null) parts.push(`${name} IS NOT NULL`);
  else if (not !== undefined) parts.push(`(${name} IS NULL OR NOT (${among(statement, name, not)}))`);
  if (from !== undefined) parts.push(`${name} >= ${statement.bind(String(from))}`);
  if (before !== undefined) parts.push(`${name} < ${statement.bind(String(before))}`);
  if (like !== undefined) parts.push(`${name} LIKE ${statement.bind(like)}`);
  return parts.length === 0 ? "1 = 1" : parts.join(" AND ");
}
