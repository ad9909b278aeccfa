import type { Filters } from "../../model/search.ts";
import { milliseconds } from "./columns.ts";
import type { Connection, Value } from "./driver.ts";
import { encodeText } from "./text.ts";
import type { Condition } from "./visibility.ts";

/** Up to so many items it is cheaper to sort what matches than to walk all items in order and pick what matches. */
const FEW = 5_000;

/**
 * Filters as SQL on the alias `i` of `items`: each is a set of which one must match. Sources are the caller's matter.
 * Containers match by id or by name. A name that nothing bears matches nothing. Authors and tags are asked of the full
 * text index, which hidden items are not in.
 */
export function filterItems(connection: Connection, filters: Omit<Filters, "sources">): Condition {
  const conditions = [
    ...among(filters.kinds, (set) => `i.kind IN (SELECT id FROM names WHERE type = 'kind' AND name IN (${set}))`),
    ...among(
      filters.containers,
      (set) => `i.container IN (SELECT id FROM containers WHERE native_id IN (${set})
      UNION SELECT id FROM containers WHERE name IN (${set}))`,
      2,
    ),
    ...named(connection, "author", filters.authors),
    ...named(connection, "tag", filters.tags),
    ...bound("i.updated_at >= ?", filters.since),
    ...bound("i.updated_at < ?", filters.until),
  ];
  return {
    sql: conditions.length === 0 ? "1" : conditions.map((each) => each.sql).join(" AND "),
    parameters: conditions.flatMap((each) => each.parameters),
  };
}

function among(values: readonly string[] | undefined, sql: (set: string) => string, times = 1): Condition[] {
  if (values === undefined) return [];
  const parameters = Array(times).fill(values.map(encodeText)).flat() as Value[];
  return [{ sql: sql(values.map(() => "?").join(", ")), parameters }];
}

function bound(sql: string, time: string | undefined): Condition[] {
  const value = milliseconds(time);
  return value === null ? [] : [{ sql, parameters: [value] }];
}

function named(connection: Connection, type: "author" | "tag", names: readonly string[] | undefined): Condition[] {
  if (names === undefined) return [];
  const find = connection.raw("SELECT id FROM names WHERE type = ? AND name = ?");
  const numbers = names.flatMap((name) => find.get(type, name.toWellFormed())?.[0] ?? []);
  if (numbers.length === 0) return [{ sql: "0", parameters: [] }];
  const match = `facets : (${numbers.map((number) => `${type === "author" ? "a" : "t"}${number}`).join(" OR ")})`;
  const some = connection
    .raw(`SELECT count(*) FROM (SELECT 1 FROM fts WHERE fts MATCH ? LIMIT ${FEW})`)
    .get(match)?.[0];
  // A plus keeps SQLite from starting at the index: it then only tests each item in turn.
  const column = Number(some) < FEW ? "i.id" : "+i.id";
  return [{ sql: `${column} IN (SELECT rowid FROM fts WHERE fts MATCH ?)`, parameters: [match] }];
}
