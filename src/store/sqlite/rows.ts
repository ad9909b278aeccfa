import type { Access, Relation } from "../../model/item.ts";
import type { StoredItem } from "../store.ts";
import { iso } from "./columns.ts";
import type { Connection, Row } from "./driver.ts";
import { listOf } from "./links.ts";
import { ACL_EVERYONE } from "./schema.ts";
import { decodeOptional, decodeText } from "./text.ts";

/** The FROM and columns of a stored item; WHERE follows, on the alias `i`. Text is not read. */
export const SELECT_ITEM = `
  SELECT i.*, s.name AS source_name, k.name AS kind_name, c.native_id AS container_id, a.access AS access
  FROM items i JOIN sources s ON s.id = i.source JOIN names k ON k.id = i.kind
  LEFT JOIN containers c ON c.id = i.container LEFT JOIN acls a ON a.id = i.acl`;

/** An item as stored, from a row of SELECT_ITEM. */
export function itemOf(connection: Connection, row: Row): StoredItem {
  const item: StoredItem = {
    source: decodeText(row.source_name ?? null),
    id: decodeText(row.native_id ?? null),
    kind: decodeText(row.kind_name ?? null),
    title: decodeText(row.title ?? null),
    version: decodeText(row.version ?? null),
    authors: listOf(row.authors),
    tags: listOf(row.tags),
    fields: row.fields === null ? {} : JSON.parse(decodeText(row.fields ?? null)),
    relations: Number(row.links) > 0 ? relationsOf(connection, Number(row.id)) : [],
    aliases: [...new Set([...listOf(row.aliases), ...listOf(row.former)])],
    firstSeenAt: iso(row.first_seen) ?? "",
    changedAt: iso(row.changed_at) ?? "",
  };
  const optional = {
    url: decodeOptional(row.url),
    container: decodeOptional(row.container_id),
    parent: decodeOptional(row.parent),
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    handle: decodeOptional(row.handle),
    textLength: row.text_length === null ? undefined : Number(row.text_length),
    lostAt: iso(row.lost_at),
    body: bodyOf(row),
    access: accessOf(row),
  };
  for (const [name, value] of Object.entries(optional)) if (value !== undefined) Object.assign(item, { [name]: value });
  return item;
}

function bodyOf(row: Row): StoredItem["body"] {
  if (row.mime === null) return undefined;
  const mime = decodeText(row.mime ?? null);
  return row.bytes === null ? { mime } : { mime, bytes: Number(row.bytes) };
}

/** The access list of a row with `acl` and, joined, `access`. */
export function accessOf(row: Row): Access | undefined {
  if (row.acl === null) return undefined;
  return Number(row.acl) === ACL_EVERYONE ? "everyone" : (JSON.parse(decodeText(row.access ?? null)) as Access);
}

export function relationsOf(connection: Connection, row: number): Relation[] {
  return connection
    .raw("SELECT rel, target_id, target_url, text FROM relations WHERE item = ? ORDER BY position")
    .all(row)
    .map(([rel, id, url, text]) => {
      const relation: Relation = { rel: decodeText(rel ?? null) };
      if (id !== null) relation.id = decodeText(id ?? null);
      if (url !== null) relation.url = decodeText(url ?? null);
      if (text !== null) relation.text = decodeText(text ?? null);
      return relation;
    });
}
