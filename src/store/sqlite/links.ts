import type { Relation } from "../../model/item.ts";
import { aliasKey, sameValue } from "./columns.ts";
import type { Connection, Row, Value } from "./driver.ts";
import { keyOf } from "./keys.ts";
import { decodeText, encodeText } from "./text.ts";

/** A JSON column that holds a list of strings; empty when NULL. */
export function listOf(json: Value | undefined): string[] {
  return json === null || json === undefined ? [] : (JSON.parse(decodeText(json)) as string[]);
}

/** Makes an item known under its aliases and no others: those its source tells, and those from before it moved. */
export function writeAliases(connection: Connection, row: number, source: number, told: Value, former: Value): void {
  connection.prepare("DELETE FROM aliases WHERE item = ?").run(row);
  addAliases(connection, row, source, [...listOf(told), ...listOf(former)]);
}

/** The same for an item that has none yet. */
export function addAliases(connection: Connection, row: number, source: number, aliases: readonly string[]): void {
  const add = connection.prepare("INSERT OR IGNORE INTO aliases (source, key, item, alias) VALUES (?, ?, ?, ?)");
  for (const alias of aliases) add.run(source, aliasKey(alias), row, encodeText(alias));
}

/** Replaces the links of an item. */
export function writeRelations(connection: Connection, row: number, source: number, relations: Relation[]): void {
  connection.prepare("DELETE FROM relations WHERE item = ?").run(row);
  addRelations(connection, row, source, relations);
}

/** The links of an item that has none yet. */
export function addRelations(connection: Connection, row: number, source: number, relations: Relation[]): void {
  const add = connection.prepare(
    `INSERT INTO relations (item, position, source, rel, target_id, target_key, target_url, url_key, text)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  relations.forEach(({ rel, id, url, text }, position) => {
    add.run(
      row,
      position,
      source,
      rel.toWellFormed(),
      id === undefined ? null : encodeText(id),
      id === undefined ? null : aliasKey(id),
      url === undefined ? null : encodeText(url),
      url === undefined ? null : keyOf(url),
      text === undefined ? null : encodeText(text),
    );
  });
}

/** Whether the stored links of an item are these, in this order. */
export function sameRelations(connection: Connection, stored: Row, relations: Relation[]): boolean {
  if (Number(stored.links) !== relations.length) return false;
  if (relations.length === 0) return true;
  const rows = connection
    .raw("SELECT rel, target_id, target_url, text FROM relations WHERE item = ? ORDER BY position")
    .all(stored.id ?? null);
  return relations.every(({ rel, id, url, text }, position) => {
    const wanted = [
      rel.toWellFormed(),
      ...[id, url, text].map((each) => (each === undefined ? null : encodeText(each))),
    ];
    return wanted.every((value, column) => sameValue(value, rows[position]?.[column]));
  });
}
