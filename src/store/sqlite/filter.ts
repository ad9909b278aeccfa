import type { Filters } from "../../model/search.ts";
import { milliseconds } from "./columns.ts";
import type { Value } from "./driver.ts";
import { encodeText } from "./text.ts";
import type { Condition } from "./visibility.ts";

/**
 * Filters as SQL on the alias `i` of `items`: each is a set of which one must match. Sources are the caller's matter.
 * Containers match by id or by name. A name that nothing bears matches nothing.
 */
export function filterItems(filters: Omit<Filters, "sources">): Condition {
  const parts: string[] = [];
  const parameters: Value[] = [];
  const among = (sql: (set: string) => string, values: readonly string[] | undefined) => {
    if (values === undefined) return;
    parts.push(sql(values.map(() => "?").join(", ")));
    parameters.push(...values.map(encodeText));
  };
  among((set) => `i.kind IN (SELECT id FROM names WHERE type = 'kind' AND name IN (${set}))`, filters.kinds);
  if (filters.containers) {
    const set = filters.containers.map(() => "?").join(", ");
    parts.push(`i.container IN (SELECT id FROM containers WHERE native_id IN (${set}) OR name IN (${set}))`);
    parameters.push(...filters.containers.map(encodeText), ...filters.containers.map(encodeText));
  }
  among((set) => `EXISTS (SELECT 1 FROM json_each(i.authors) WHERE value IN (${set}))`, filters.authors);
  among((set) => `EXISTS (SELECT 1 FROM json_each(i.tags) WHERE value IN (${set}))`, filters.tags);
  const since = milliseconds(filters.since);
  const until = milliseconds(filters.until);
  if (since !== null) {
    parts.push("i.updated_at >= ?");
    parameters.push(since);
  }
  if (until !== null) {
    parts.push("i.updated_at < ?");
    parameters.push(until);
  }
  return { sql: parts.length === 0 ? "1" : parts.join(" AND "), parameters };
}
