import type { ChangeVerb } from "../store.ts";
import type { Row, Value } from "./driver.ts";
import { VERBS } from "./schema.ts";
import { decodeOptional, decodeText } from "./text.ts";
import type { Writer } from "./writing.ts";

/** What a line keeps of an item that is gone. */
export interface GoneCopy {
  kind: string;
  title: string;
  url?: string;
  container?: string;
  authors: string[];
  tags: string[];
  updatedAt?: number;
}

const VERB_NUMBERS: Record<ChangeVerb, number> = Object.fromEntries(
  VERBS.map((verb, index) => [verb, index]),
) as Record<ChangeVerb, number>;

/** Appends one line; what the line says of the item is read from the item as long as there is one. */
export function logChange(writer: Writer, verb: ChangeVerb, source: number, item: number, at: number): void {
  writer.connection
    .prepare("INSERT INTO changes (seq, at, verb, source, item) VALUES (?, ?, ?, ?, ?)")
    .run(writer.nextSeq++, at, VERB_NUMBERS[verb], source, item);
}

/** Appends the line of an item that is about to be removed, with all that can be said of it later. */
export function logDeleted(writer: Writer, row: Row, at: number): void {
  const { connection } = writer;
  const container = connection.raw("SELECT native_id FROM containers WHERE id = ?").get(row.container ?? null)?.[0];
  const kind = connection.raw("SELECT name FROM names WHERE id = ?").get(row.kind ?? null)?.[0];
  const copy: GoneCopy = {
    kind: decodeText(kind ?? null),
    title: decodeText(row.title ?? null),
    url: decodeOptional(row.url),
    container: decodeOptional(container),
    authors: JSON.parse(decodeText(row.authors ?? "[]")),
    tags: JSON.parse(decodeText(row.tags ?? "[]")),
    updatedAt: row.updated_at === null ? undefined : Number(row.updated_at),
  };
  connection
    .prepare(
      `INSERT INTO changes (seq, at, verb, source, item, native_id, container, acl, copy) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      writer.nextSeq++,
      at,
      VERB_NUMBERS.deleted,
      column(row, "source"),
      column(row, "id"),
      column(row, "native_id"),
      column(row, "container"),
      column(row, "acl"),
      JSON.stringify(copy),
    );
}

/** Appends the line of a move: `item` is the row under its new id; lines of the old row become lines of the new one. */
export function logMoved(writer: Writer, from: Row, item: number, at: number): void {
  const { connection } = writer;
  connection.prepare("UPDATE changes SET item = ? WHERE item = ?").run(item, column(from, "id"));
  connection
    .prepare("INSERT INTO changes (seq, at, verb, source, item, from_id) VALUES (?, ?, ?, ?, ?, ?)")
    .run(writer.nextSeq++, at, VERB_NUMBERS.moved, column(from, "source"), item, column(from, "native_id"));
}

function column(row: Row, name: string): Value {
  return row[name] ?? null;
}
