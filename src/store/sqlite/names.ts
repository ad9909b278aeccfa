import type { Access, Principal } from "../../model/item.ts";
import type { Connection, Value } from "./driver.ts";
import { ACL_EVERYONE } from "./schema.ts";
import { encodeText } from "./text.ts";
import { principalName } from "./visibility.ts";

/** Numbers of names already met; they never change while the source lives. */
export type Names = Record<"sources" | "containers" | "names" | "acls", Map<string, number>>;

const MOST_KEPT = 100_000;

export function noNames(): Names {
  return { sources: new Map(), containers: new Map(), names: new Map(), acls: new Map() };
}

export function forgetNames(names: Names): void {
  for (const known of Object.values(names)) known.clear();
}

/** The number of a source, made when it is new. */
export function sourceNumber(connection: Connection, names: Names, name: string): number {
  return remember(names.sources, name, () =>
    findOrMake(
      connection,
      ["SELECT id FROM sources WHERE name = ?", name],
      ["INSERT INTO sources (name) VALUES (?)", name],
    ),
  );
}

/** The number of a container, made (named like its id) when it is new. */
export function containerNumber(connection: Connection, names: Names, source: number, id: string): number {
  return remember(names.containers, `${source} ${id}`, () => {
    const native = encodeText(id);
    return findOrMake(
      connection,
      ["SELECT id FROM containers WHERE source = ? AND native_id = ?", source, native],
      ["INSERT INTO containers (source, native_id, name) VALUES (?, ?, ?)", source, native, native],
    );
  });
}

/** The number of a kind, an author, a tag or a principal. */
export function nameNumber(
  connection: Connection,
  names: Names,
  type: "kind" | "author" | "tag" | "principal",
  name: string,
): number {
  return remember(names.names, `${type} ${name}`, () => {
    const formed = name.toWellFormed();
    return findOrMake(
      connection,
      ["SELECT id FROM names WHERE type = ? AND name = ?", type, formed],
      ["INSERT INTO names (type, name) VALUES (?, ?)", type, formed],
    );
  });
}

/** The number of an access list; null where there is none. */
export function aclNumber(
  connection: Connection,
  names: Names,
  source: number,
  access: Access | undefined,
): number | null {
  if (access === undefined) return null;
  if (access === "everyone") return ACL_EVERYONE;
  const written = JSON.stringify({ allow: access.allow, deny: access.deny });
  return remember(names.acls, `${source} ${written}`, () => {
    const known = connection.raw("SELECT id FROM acls WHERE source = ? AND access = ?").get(source, written);
    if (known) return Number(known[0]);
    const made = findOrMake(
      connection,
      ["SELECT id FROM acls WHERE source = ? AND access = ?", source, written],
      ["INSERT INTO acls (source, access) VALUES (?, ?)", source, written],
    );
    const grant = connection.prepare("INSERT OR IGNORE INTO grants (principal, acl, allow) VALUES (?, ?, ?)");
    const number = (principal: Principal) =>
      nameNumber(connection, names, "principal", principalName(principal, source));
    for (const principal of access.allow) grant.run(number(principal), made, 1);
    for (const principal of access.deny) grant.run(number(principal), made, 0);
    return made;
  });
}

function remember(known: Map<string, number>, key: string, find: () => number): number {
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  if (known.size >= MOST_KEPT) known.clear();
  const number = find();
  known.set(key, number);
  return number;
}

type Question = [sql: string, ...parameters: Value[]];

function findOrMake(connection: Connection, [find, ...sought]: Question, [make, ...made]: Question): number {
  const found = connection.raw(find).get(...sought);
  if (found) return Number(found[0]);
  connection.prepare(make).run(...made);
  return Number(connection.raw("SELECT last_insert_rowid()").get()?.[0]);
}
