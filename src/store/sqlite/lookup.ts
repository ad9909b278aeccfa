import type { Viewer } from "../../model/search.ts";
import type { StoredItem } from "../store.ts";
import { aliasKey } from "./columns.ts";
import type { Connection, Row } from "./driver.ts";
import { fold, keyOf } from "./keys.ts";
import { itemOf, SELECT_ITEM } from "./rows.ts";
import { decodeText, encodeText } from "./text.ts";
import { visibleTo } from "./visibility.ts";

const MOST_FOUND = 10;

/** The row of an item by id, else by alias as written, else by alias however it is written (NFC, any case). */
export function rowOf(connection: Connection, source: number, idOrAlias: string): number | undefined {
  const exact = connection
    .raw("SELECT id FROM items WHERE source = ? AND native_id = ?")
    .get(source, encodeText(idOrAlias));
  if (exact) return Number(exact[0]);
  const folded = fold(idOrAlias);
  const known = connection
    .raw("SELECT item, alias FROM aliases WHERE source = ? AND key = ? ORDER BY item")
    .all(source, aliasKey(idOrAlias))
    .map(([item, alias]) => ({ item: Number(item), alias: decodeText(alias ?? null) }));
  const found = known.find(({ alias }) => alias === idOrAlias) ?? known.find(({ alias }) => fold(alias) === folded);
  return found?.item;
}

/** The number of a source; undefined when nothing of it was ever stored. */
export function sourceOf(connection: Connection, name: string): number | undefined {
  const row = connection.raw("SELECT id FROM sources WHERE name = ?").get(name);
  return row ? Number(row[0]) : undefined;
}

/** The stored row behind a name, where the viewer may see it and it is not hidden. */
export function visibleRow(connection: Connection, source: string, idOrAlias: string, viewer: Viewer): Row | undefined {
  const number = sourceOf(connection, source);
  const id = number === undefined ? undefined : rowOf(connection, number, idOrAlias);
  return id === undefined ? undefined : visibleById(connection, id, viewer);
}

export function visibleById(connection: Connection, id: number, viewer: Viewer): Row | undefined {
  const visible = visibleTo(connection, viewer);
  return connection
    .prepare(`${SELECT_ITEM} WHERE i.id = ? AND i.lost_at IS NULL AND ${visible.sql}`)
    .get(id, ...visible.parameters);
}

/** Items of any source whose id, alias or url is the text; at most 10. */
export function findItems(connection: Connection, text: string, viewer: Viewer): StoredItem[] {
  const rows = new Set<number>();
  for (const [source] of connection.raw("SELECT id FROM sources ORDER BY id").all()) {
    const row = rowOf(connection, Number(source), text);
    if (row !== undefined) rows.add(row);
  }
  const urls = connection.raw("SELECT id, url FROM items WHERE url_key = ? ORDER BY id").all(keyOf(text));
  for (const [id, url] of urls) if (decodeText(url ?? null) === text) rows.add(Number(id));
  const found: StoredItem[] = [];
  for (const id of rows) {
    const row = visibleById(connection, id, viewer);
    if (row) found.push(itemOf(connection, row));
    if (found.length === MOST_FOUND) break;
  }
  return found;
}
