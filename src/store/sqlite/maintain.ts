import type { Access, Principal } from "../../model/item.ts";
import { milliseconds } from "./columns.ts";
import type { Row, Value } from "./driver.ts";
import { holdLease } from "./leases.ts";
import { aclNumber, containerNumber, forgetNames, nameNumber, sourceNumber } from "./names.ts";
import { removeItem } from "./remove.ts";
import { forgetSeen } from "./seen.ts";
import { encodeText } from "./text.ts";
import { unindex } from "./upsert.ts";
import { principalName } from "./visibility.ts";
import { type Writer, write } from "./writing.ts";

const AT_ONCE = 1_000;

/** Removes items by id, a thousand a transaction; answers how many there were. */
export function prune(writer: Writer, source: string, fence: number, ids: string[], at: string): Promise<number> {
  const number = () => sourceNumber(writer.connection, writer.names, source);
  const find = writer.connection.prepare("SELECT * FROM items WHERE source = ? AND native_id = ?");
  return inSlices(writer, source, fence, [...new Set(ids)], (id) => {
    const row = find.get(number(), encodeText(id));
    if (row) removeItem(writer, row, milliseconds(at) ?? Date.now());
    return row !== undefined;
  });
}

/** Removes items hidden before a time; answers how many. */
export function purgeLost(writer: Writer, source: string, fence: number, before: string, at: string): Promise<number> {
  const { connection } = writer;
  const rows = connection
    .raw("SELECT i.id FROM items i JOIN sources s ON s.id = i.source WHERE s.name = ? AND i.lost_at < ?")
    .all(source, milliseconds(before));
  const find = connection.prepare("SELECT * FROM items WHERE id = ? AND lost_at IS NOT NULL");
  return inSlices(writer, source, fence, rows, ([id]) => {
    const row = find.get(id ?? null);
    if (row) removeItem(writer, row, milliseconds(at) ?? Date.now());
    return row !== undefined;
  });
}

async function inSlices<T>(
  writer: Writer,
  source: string,
  fence: number,
  all: T[],
  action: (each: T) => boolean,
): Promise<number> {
  let done = 0;
  for (let from = 0; from === 0 || from < all.length; from += AT_ONCE) {
    done += write(writer, () => {
      holdLease(writer.connection, source, fence);
      return all.slice(from, from + AT_ONCE).filter(action).length;
    });
    await new Promise(setImmediate);
  }
  return done;
}

/** The containers of a source as it lists them now. One that is no longer listed stays while it has items. */
export function setContainers(
  writer: Writer,
  source: string,
  fence: number,
  containers: { id: string; name: string; url?: string; access?: Access }[],
): void {
  write(writer, () => {
    const { connection, names } = writer;
    holdLease(connection, source, fence);
    const number = sourceNumber(connection, names, source);
    connection.prepare("UPDATE containers SET listed = 0 WHERE source = ?").run(number);
    for (const { id, name, url, access } of containers) {
      connection
        .prepare("UPDATE containers SET name = ?, url = ?, acl = ?, listed = 1 WHERE id = ?")
        .run(
          encodeText(name),
          url === undefined ? null : encodeText(url),
          aclNumber(connection, names, number, access),
          containerNumber(connection, names, number, id),
        );
    }
  });
}

/** Who is in a group of a source, replacing who was. Members may be groups. */
export function setMembers(writer: Writer, source: string, fence: number, group: Principal, users: Principal[]): void {
  write(writer, () => {
    const { connection, names } = writer;
    holdLease(connection, source, fence);
    const number = sourceNumber(connection, names, source);
    const principal = (name: Principal) => nameNumber(connection, names, "principal", principalName(name, number));
    const grp = principal(group);
    connection.prepare("DELETE FROM members WHERE grp = ?").run(grp);
    const add = connection.prepare("INSERT OR IGNORE INTO members (member, source, grp) VALUES (?, ?, ?)");
    for (const user of users) add.run(principal(user), number, grp);
  });
}

/**
 * Removes everything a source left; its lease stays, and so does a pause that its service asked for. What tells where to go on goes first, so that a reset killed in
 * the middle is followed by a full pass; the items go a thousand a transaction.
 */
export async function resetSource(writer: Writer, source: string, fence: number): Promise<void> {
  const { connection } = writer;
  const number = write(writer, () => {
    holdLease(connection, source, fence);
    const known = sourceNumber(connection, writer.names, source);
    forgetSeen(writer.seen);
    clear(
      writer,
      [
        "DELETE FROM passes WHERE place IN (SELECT id FROM places WHERE source = ?)",
        "DELETE FROM pass_seen WHERE place IN (SELECT id FROM places WHERE source = ?)",
        "DELETE FROM places WHERE source = ?",
        "DELETE FROM failures WHERE source = ?",
      ],
      known,
    );
    const named = ["runs", "memory", "deliveries"].map((table) => `DELETE FROM ${table} WHERE source = ?`);
    clear(writer, named, source);
    return known;
  });
  while (write(writer, () => removeSome(writer, source, fence, number)) > 0) await new Promise(setImmediate);
  write(writer, () => {
    holdLease(connection, source, fence);
    clear(
      writer,
      [
        "DELETE FROM changes WHERE source = ?",
        "DELETE FROM counters WHERE source = ?",
        "DELETE FROM members WHERE source = ?",
        "DELETE FROM grants WHERE acl IN (SELECT id FROM acls WHERE source = ?)",
        "DELETE FROM acls WHERE source = ?",
        "DELETE FROM containers WHERE source = ?",
        "DELETE FROM sources WHERE id = ?",
      ],
      number,
    );
    writer.counts.clear();
    forgetNames(writer.names);
    writer.failing.clear();
  });
}

function clear(writer: Writer, statements: string[], parameter: Value): void {
  for (const sql of statements) writer.connection.prepare(sql).run(parameter);
}

function removeSome(writer: Writer, source: string, fence: number, number: number): number {
  const { connection } = writer;
  holdLease(connection, source, fence);
  const rows: Row[] = connection.prepare(`SELECT id FROM items WHERE source = ? LIMIT ${AT_ONCE}`).all(number);
  for (const { id } of rows) {
    unindex(connection, Number(id));
    clear(
      writer,
      [
        "DELETE FROM bodies WHERE item = ?",
        "DELETE FROM aliases WHERE item = ?",
        "DELETE FROM relations WHERE item = ?",
        "DELETE FROM items WHERE id = ?",
      ],
      id ?? null,
    );
  }
  return rows.length;
}

/** One short merge of the full text index (tens of milliseconds); answers whether another would do something. */
export function tidy(writer: Writer): boolean {
  return write(writer, () => {
    const changes = () => Number(writer.connection.raw("SELECT total_changes()").get()?.[0]);
    const before = changes();
    writer.connection.exec("INSERT INTO fts (fts, rank) VALUES ('merge', 500)");
    return changes() - before >= 2;
  });
}
