import type { Principal } from "../../model/item.ts";
import type { Viewer } from "../../model/search.ts";
import type { Connection, Value } from "./driver.ts";
import { fold } from "./keys.ts";
import { ACL_EVERYONE } from "./schema.ts";

/** A piece of SQL for a WHERE clause and what to bind, in order. */
export interface Condition {
  sql: string;
  parameters: Value[];
}

/**
 * Which rows a viewer may see: an item's own access, else its container's, else everybody. A principal that is denied
 * is denied whatever else allows it; groups count through their members. `row` is the alias of a table with `acl` and
 * `container` columns. Lost items are not this function's matter.
 */
export function visibleTo(connection: Connection, viewer: Viewer, row = "i"): Condition {
  if (viewer === "everything") return { sql: "1", parameters: [] };
  const held = JSON.stringify(principalsOf(connection, viewer.principals));
  const effective = `coalesce(${row}.acl, (SELECT acl FROM containers WHERE id = ${row}.container), ${ACL_EVERYONE})`;
  const granted = (allow: 0 | 1) =>
    `SELECT acl FROM grants WHERE allow = ${allow} AND principal IN (SELECT value FROM json_each(?))`;
  return {
    sql: `(${effective} = ${ACL_EVERYONE} OR ${effective} IN (${granted(1)} EXCEPT ${granted(0)}))`,
    parameters: [held, held],
  };
}

/**
 * The one name of a principal. Groups are named by their service, so they are told apart by source (its number);
 * without a source the name matches a group of any.
 */
export function principalName(principal: Principal, source?: number): string {
  const name = fold(principal).toWellFormed();
  return name.startsWith("group:") && source !== undefined ? `${name}\n${source}` : name;
}

/** The numbers of the given principals and of every group they are in, groups in groups too. */
function principalsOf(connection: Connection, principals: Principal[]): number[] {
  const found = new Set<number>();
  const named = connection.raw("SELECT id FROM names WHERE type = 'principal' AND name = ?");
  const sources = connection
    .raw("SELECT id FROM sources")
    .all()
    .map(([id]) => Number(id));
  for (const principal of principals) {
    const name = principalName(principal);
    const spellings = name.startsWith("group:") ? sources.map((source) => `${name}\n${source}`) : [name];
    for (const spelling of spellings) for (const [id] of named.all(spelling)) found.add(Number(id));
  }
  const groups = connection.raw("SELECT grp FROM members WHERE member = ?");
  for (const member of found) for (const [group] of groups.all(member)) found.add(Number(group));
  return [...found];
}
