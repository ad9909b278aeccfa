import type { Item } from "../../model/item.ts";
import { logChange } from "./changelog.ts";
import { type Columns, columnsOf, QUIET, sameValue, VISIBLE } from "./columns.ts";
import type { Connection, Row, Value } from "./driver.ts";
import { facetsOf } from "./facets.ts";
import { addAliases, addRelations, listOf, sameRelations, writeAliases, writeRelations } from "./links.ts";
import { type Measured, measure } from "./measure.ts";
import { nameNumber } from "./names.ts";
import type { Arriving } from "./pack-batch.ts";
import { decodeText, encodeText, indexable } from "./text.ts";
import { weigh } from "./weigh.ts";
import type { Writer } from "./writing.ts";

/** What an upsert did; `completed` is the awaited body of an item that was counted when it was met. */
export type Outcome = "added" | "updated" | "unchanged" | "completed" | "awaited";

/** Whose feed brings the item, and when. */
export interface Arrival {
  source: number;
  /** The container of the feed, where it has one. */
  feed?: string;
  at: number;
  /** News that came by itself and may come late: older than what is stored, it is ignored. */
  pushed: boolean;
}

const FACT_COLUMNS = ["hash", "text_length", "text_bytes", "body_version", "due", "links"] as const;

/**
 * Stores one item, its text, its names and its links; writes nothing when nothing differs. One that may well be new is
 * inserted before anybody looks for it.
 */
export function upsert(
  writer: Writer,
  { item, text }: Arriving,
  arrival: Arrival,
  mayBeNew: boolean,
): { row: number; outcome: Outcome } {
  const columns = columnsOf(writer, arrival.source, item, arrival.feed);
  const body = typeof text === "string" ? measure(text) : text;
  const early = mayBeNew ? insert(writer, columns, item, body, arrival.at) : undefined;
  if (early !== undefined) return { row: early, outcome: "added" };
  const stored = writer.connection
    .prepare("SELECT * FROM items WHERE source = ? AND native_id = ?")
    .get(arrival.source, columns.native_id);
  if (!stored) return { row: insert(writer, columns, item, body, arrival.at) as number, outcome: "added" };
  const outcome = change(writer, stored, columns, item, body, arrival);
  return { row: Number(stored.id), outcome };
}

/** The row of a new item; undefined where there is one with its id already. */
function insert(
  writer: Writer,
  columns: Columns,
  item: Item,
  body: Measured | undefined,
  at: number,
): number | undefined {
  const { connection } = writer;
  const { relations } = item;
  const row = writer.nextRow;
  const due = body === undefined && columns.mime !== null ? 1 : 0;
  const values = Object.values(columns) as Value[];
  const { changes } = connection
    .prepare(INSERT_ITEM)
    .run(
      row,
      ...values,
      body?.hash ?? null,
      body?.length ?? null,
      body?.bytes ?? null,
      body === undefined ? null : bodyVersionOf(item),
      due,
      relations.length,
      at,
      at,
    );
  if (Number(changes) === 0) return undefined;
  writer.nextRow += 1;
  if (body) addBody(connection, row, body);
  if (item.aliases.length > 0) addAliases(connection, row, columns.source, item.aliases);
  if (relations.length > 0) addRelations(connection, row, columns.source, relations);
  index(writer, row, columns, wordsOf(body));
  weigh(writer, { ...columns, text_bytes: body?.bytes ?? null, due, lost_at: null }, 1);
  logChange(writer, "added", columns.source, row, at);
  return row;
}

const ITEM_COLUMNS: readonly (keyof Columns)[] = [
  "source",
  "native_id",
  "version",
  "container",
  "kind",
  "title",
  "url",
  "url_key",
  "parent",
  "created_at",
  "updated_at",
  "mime",
  "bytes",
  "handle",
  "acl",
  "authors",
  "tags",
  "fields",
  "aliases",
];
const INSERT_ITEM = `INSERT INTO items (id, ${ITEM_COLUMNS.join(", ")}, ${FACT_COLUMNS.join(", ")}, first_seen, changed_at)
  VALUES (${Array(ITEM_COLUMNS.length + FACT_COLUMNS.length + 3)
    .fill("?")
    .join(", ")}) ON CONFLICT (source, native_id) DO NOTHING`;

/** What differs between an item as stored and as it arrives. */
interface Difference {
  version: boolean;
  text: boolean;
  links: boolean;
  /** Anything but the text that a person can see; also an item that was hidden. */
  visible: boolean;
  /** The body is still to come. */
  awaited: boolean;
}

function difference(
  connection: Connection,
  stored: Row,
  columns: Columns,
  item: Item,
  body: Measured | undefined,
): Difference {
  const keepsText = columns.mime !== null || stored.text_length === null;
  const sameText = body ? sameValue(stored.hash, body.hash) && stored.text_length === body.length : keepsText;
  const links = !sameRelations(connection, stored, item.relations);
  const seen = VISIBLE.some((name) => !sameValue(stored[name], columns[name]));
  return {
    version: !sameValue(stored.version, columns.version),
    text: !sameText,
    links,
    visible: seen || links || stored.lost_at !== null,
    awaited: !body && columns.mime !== null && !sameValue(stored.body_version, bodyVersionOf(item)),
  };
}

function change(
  writer: Writer,
  stored: Row,
  columns: Columns,
  item: Item,
  body: Measured | undefined,
  arrival: Arrival,
): Outcome {
  if (arrival.pushed && stored.lost_at === null && isOlder(stored, columns)) return "unchanged";
  const { relations } = item;
  const differs = difference(writer.connection, stored, columns, item, body);
  const facts = { ...textFacts(columns, item, body), due: dueOf(stored, differs), links: relations.length };
  const rewritten = differs.visible || differs.text;
  const idle = !rewritten && !differs.version && stored.due === facts.due && sameQuiet(stored, columns);
  if (idle) return "unchanged";
  // The body of an item that was counted and logged when it was met is no second change.
  const completes = body !== undefined && stored.due === 1 && !differs.version;
  const row = Number(stored.id);
  const logged = rewritten && !completes;
  replace(writer, stored, columns, facts, logged ? arrival.at : Number(stored.changed_at));
  if (differs.text) writeBody(writer.connection, row, body);
  if (!sameValue(stored.aliases, columns.aliases)) {
    writeAliases(writer.connection, row, columns.source, columns.aliases, stored.former ?? null);
  }
  if (differs.links) writeRelations(writer.connection, row, columns.source, relations);
  reindex(writer, stored, columns, body, rewritten);
  if (logged) logChange(writer, "updated", columns.source, row, arrival.at);
  if (completes) return "completed";
  if (logged) return "updated";
  return differs.awaited && differs.version ? "awaited" : "unchanged";
}

/** The body's own version where it has one; else it is as new as its item. */
function bodyVersionOf({ version, body }: Item): Value {
  return encodeText(body?.version ?? version);
}

function textFacts(columns: Columns, item: Item, body: Measured | undefined): Row {
  if (body)
    return { hash: body.hash, text_length: body.length, text_bytes: body.bytes, body_version: bodyVersionOf(item) };
  if (columns.mime === null) return { hash: null, text_length: null, text_bytes: null, body_version: null };
  return {};
}

/** See `items.due`: only where nothing else tells of a change must the body decide. */
function dueOf(stored: Row, differs: Difference): number {
  if (!differs.awaited) return 0;
  return differs.visible || stored.due === 1 || stored.text_length === null ? 1 : 2;
}

/** An upsert that lags behind what is stored: a late or repeated push. */
function isOlder(stored: Row, columns: Columns): boolean {
  return stored.updated_at !== null && columns.updated_at !== null && columns.updated_at < Number(stored.updated_at);
}

function sameQuiet(stored: Row, columns: Columns): boolean {
  return QUIET.every((name) => sameValue(stored[name], columns[name]));
}

function replace(writer: Writer, stored: Row, columns: Columns, facts: Row, changedAt: number): void {
  const row = { ...stored, ...columns, ...facts, lost_at: null, changed_at: changedAt } as Row;
  weigh(writer, stored, -1);
  weigh(writer, row, 1);
  writer.connection.prepare(UPDATE_ITEM).run(...UPDATED.map((name) => row[name] ?? null), stored.id ?? null);
}

const UPDATED = [
  ...ITEM_COLUMNS.filter((name) => name !== "source" && name !== "native_id"),
  ...FACT_COLUMNS,
  "changed_at",
  "lost_at",
];
const UPDATE_ITEM = `UPDATE items SET ${UPDATED.map((name) => `${name} = ?`).join(", ")} WHERE id = ?`;

function writeBody(connection: Connection, row: number, body: Measured | undefined): void {
  connection.prepare("DELETE FROM bodies WHERE item = ?").run(row);
  if (body !== undefined) addBody(connection, row, body);
}

/** The body of an item that has none yet. */
function addBody(connection: Connection, row: number, { text }: Measured): void {
  if (typeof text === "string")
    connection.prepare("INSERT INTO bodies (item, text) VALUES (?, ?)").run(row, encodeText(text));
  else connection.prepare("INSERT INTO bodies (item, text) VALUES (?, CAST(? AS TEXT))").run(row, text);
}

/** The full text row is written again when words or facets differ; a returning item has none to remove. */
function reindex(writer: Writer, stored: Row, columns: Columns, body: Measured | undefined, rewritten: boolean): void {
  const row = Number(stored.id);
  if (!rewritten && facetsOfRow(writer, stored) === facetsOfRow(writer, columns)) return;
  if (stored.lost_at === null) unindex(writer.connection, row);
  index(writer, row, columns, body ? wordsOf(body) : indexable(storedText(writer.connection, row)));
}

export function storedText(connection: Connection, row: number): string {
  return decodeText(connection.raw("SELECT text FROM bodies WHERE item = ?").get(row)?.[0] ?? null);
}

/** What the index gets of a body: a string, or UTF-8. */
function wordsOf(body: Measured | undefined): string | Uint8Array {
  if (!body) return "";
  if (body.isPlain) return body.text;
  return indexable(typeof body.text === "string" ? body.text : utf8(body.text));
}

function utf8({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString();
}

/** Adds an item to the full text index, its text already fit for it. */
function index(writer: Writer, row: number, columns: Row | Columns, words: string | Uint8Array): void {
  const taken = typeof words === "string" ? "?" : "CAST(? AS TEXT)";
  writer.connection
    .prepare(`INSERT INTO fts (rowid, title, body, facets) VALUES (?, ?, ${taken}, ?)`)
    .run(row, indexable(decodeText(columns.title ?? null)), words, facetsOfRow(writer, columns));
}

/** Adds an item with its stored text to the full text index, which knows nothing of it yet. */
export function indexStored(writer: Writer, row: Row): void {
  index(writer, Number(row.id), row, indexable(storedText(writer.connection, Number(row.id))));
}

export function unindex(connection: Connection, row: number): void {
  connection.prepare("DELETE FROM fts WHERE rowid = ?").run(row);
}

function facetsOfRow(writer: Writer, row: Row | Columns): string {
  const numbers = (type: "author" | "tag", names: Value | undefined) =>
    listOf(names).map((name) => nameNumber(writer.connection, writer.names, type, name));
  return facetsOf({
    source: Number(row.source),
    container: row.container === null ? null : Number(row.container),
    kind: Number(row.kind),
    authors: numbers("author", row.authors),
    tags: numbers("tag", row.tags),
    updatedAt: row.updated_at === null ? null : Number(row.updated_at),
  });
}
