import type { Item } from "../../model/item.ts";
import type { Value } from "./driver.ts";
import { fold, keyOf } from "./keys.ts";
import { aclNumber, containerNumber, nameNumber } from "./names.ts";
import { encodeText } from "./text.ts";
import type { Writer } from "./writing.ts";

/** An item's metadata as it stands in `items`, in the words of SQL. */
export interface Columns {
  source: number;
  native_id: Value;
  version: Value;
  container: number | null;
  kind: number;
  title: Value;
  url: Value;
  url_key: number | null;
  parent: Value;
  created_at: number | null;
  updated_at: number | null;
  mime: Value;
  bytes: number | null;
  handle: Value;
  acl: number | null;
  authors: string | null;
  tags: string | null;
  fields: string | null;
  aliases: string | null;
}

/** What a person can see of an item: a change of one of these is a change of the item. */
export const VISIBLE = [
  "container",
  "kind",
  "title",
  "url",
  "parent",
  "mime",
  "acl",
  "authors",
  "tags",
  "fields",
  "aliases",
] as const satisfies readonly (keyof Columns)[];

/** Columns that move along quietly: they say when and as what a thing was kept, not what it is. */
export const QUIET = [
  "version",
  "created_at",
  "updated_at",
  "bytes",
  "handle",
] as const satisfies readonly (keyof Columns)[];

/** The columns of an item; an item without a container belongs to the container whose feed brought it. */
export function columnsOf(writer: Writer, source: number, item: Item, feed: string | undefined): Columns {
  const { connection, names } = writer;
  const container = item.container ?? feed;
  return {
    source,
    native_id: encodeText(item.id),
    version: encodeText(item.version),
    container: container === undefined ? null : containerNumber(connection, names, source, container),
    kind: nameNumber(connection, names, "kind", item.kind),
    title: encodeText(item.title),
    url: optional(item.url),
    url_key: item.url === undefined ? null : keyOf(item.url),
    parent: optional(item.parent),
    created_at: milliseconds(item.createdAt),
    updated_at: milliseconds(item.updatedAt),
    mime: optional(item.body?.mime),
    bytes: item.body?.bytes ?? null,
    handle: item.handle === undefined || item.handle === "" ? null : encodeText(item.handle),
    acl: aclNumber(connection, names, source, item.access),
    authors: list(item.authors),
    tags: list(item.tags),
    fields: fieldsOf(item.fields),
    aliases: list(item.aliases),
  };
}

export function milliseconds(time: string | undefined): number | null {
  if (time === undefined) return null;
  const value = Date.parse(time);
  return Number.isNaN(value) ? null : value;
}

function optional(text: string | undefined): Value {
  return text === undefined ? null : encodeText(text);
}

function list(values: readonly string[]): string | null {
  return values.length === 0 ? null : JSON.stringify(values);
}

function fieldsOf(fields: Item["fields"]): string | null {
  for (const _ in fields) return JSON.stringify(fields);
  return null;
}

/** The number under which an alias, or an id a link points to, is looked up. */
export function aliasKey(alias: string): number {
  return keyOf(fold(alias));
}

/** Equal as SQLite gives them back: blobs byte by byte, numbers of any width by value. */
export function sameValue(left: Value | undefined, right: Value | undefined): boolean {
  if (left === right) return true;
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right) === 0;
  return (left ?? null) === (right ?? null);
}

/** Milliseconds since 1970 as ISO 8601 in UTC. */
export function iso(time: Value | undefined): string | undefined {
  return time === null || time === undefined ? undefined : new Date(Number(time)).toISOString();
}
