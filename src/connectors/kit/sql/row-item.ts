import type { Draft } from "../../../model/item.ts";
import { type Column, isReadable, PROSE, type Row } from "./column.ts";
import { noColumn } from "./filter.ts";
import { isoTime } from "./iso-time.ts";
import { keyText } from "./key-text.ts";
import type { RowOptions } from "./table-options.ts";
import { readTemplate, type Template } from "./template.ts";
import { fieldValue, jsonAt, listOf, shownValue } from "./value.ts";

/** Where a foreign key leads: the container and the columns, in the order of that container's key. */
export interface Link {
  container: string;
  columns: readonly string[];
}

/** How the rows of one table lie, and what to make of them. */
export interface RowShape {
  container: string;
  /** What the table is called, for titles. */
  table: string;
  columns: readonly Column[];
  key: readonly string[];
  links: readonly Link[];
  options: RowOptions;
  maxCellChars: number;
  /** Part of every version, so that rows are written anew when they are mapped otherwise. */
  signature: string;
}

/**
 * A row of a table: its version, its key as text or null where a part is missing, and its values, the first at `first`.
 * The file column's value is its length in bytes.
 */
export interface RowPlace {
  version: number;
  key: readonly number[];
  first: number;
}

const TITLES = ["title", "name", "subject", "headline", "summary", "label", "full_name", "display_name", "heading"];
const SHORT = 160;
const FIELD_CHARS = 500;

/** Makes the function that turns rows into items. Throws `config` when the options name a column that is not there. */
export function rowMapper(shape: RowShape, place: RowPlace): (row: Row) => Draft {
  checkColumns(shape);
  const { options, container, signature } = shape;
  const at = new Map(shape.columns.map((column, index) => [column.name, place.first + index]));
  const kinds = new Map(shape.columns.map((column) => [column.name, column]));
  const value = (row: Row, name: string, path: readonly string[]) => {
    const raw = row[at.get(name) ?? -1] ?? null;
    const column = kinds.get(name);
    if (raw === null || column === undefined) return undefined;
    return path.length > 0 ? jsonAt(raw, path) : shownValue(column, raw, shape.maxCellChars);
  };
  const names = new Set(at.keys());
  const template = (written: string | undefined): Template | undefined =>
    written === undefined ? undefined : readTemplate(written, names);
  const titleName = titleColumn(shape);
  const title = template(options.titleTemplate ?? (titleName && `{${titleName}}`));
  const url = template(options.urlTemplate);
  const author = template(options.authorColumn && `{${options.authorColumn}}`);
  const isDocument = options.mimeColumn !== undefined && fileColumn(shape) !== undefined;
  const text = isDocument ? undefined : textMaker(shape, titleName, value);
  const fields = fieldMaker(shape, at, titleName, isDocument);
  const one = (name: string | undefined) => (name === undefined ? undefined : at.get(name));
  const [updated, created, tags] = [one(options.timestampColumn), one(options.createdColumn), one(options.tagsColumn)];
  const [mime, bytes] = isDocument ? [one(options.mimeColumn), one(fileColumn(shape))] : [];
  const relate = relationMaker(shape, at);

  return (row) => {
    const key = keyText(place.key.map((index) => row[index] ?? ""));
    const fill = (made: Template | undefined) => made?.fill((name, path) => value(row, name, path));
    const who = fill(author)?.trim();
    const { relations, parent } = relate(row);
    const draft: Draft = {
      id: `${container}:${key}`,
      kind: "row",
      title: oneLine(fill(title)) || `${shape.table} ${key}`,
      version: `${row[place.version]}.${signature}`,
      container,
      url: url?.fill((name, path) => encoded(value(row, name, path))),
      parent,
      updatedAt: updated === undefined ? undefined : isoTime(row[updated]),
      createdAt: created === undefined ? undefined : isoTime(row[created]),
      authors: who ? [`user:${who}`] : [],
      tags: tags === undefined ? [] : listOf(row[tags] ?? null),
      fields: fields(row),
      relations,
    };
    if (isDocument) draft.body = documentOf(row, mime, bytes);
    if (text !== undefined || draft.body === undefined) draft.text = text?.(row) ?? "";
    return draft;
  };
}

/** The column with the document of a row, where the options say that rows hold documents. */
export function fileColumn({ columns, options }: Pick<RowShape, "columns" | "options">): string | undefined {
  if (options.mimeColumn === undefined || !columns.some(({ name }) => name === options.mimeColumn)) return undefined;
  return columns.find(({ name, kind }) => kind === "bytes" && name === (options.fileColumn ?? name))?.name;
}

/** The column that titles come from; undefined when a template makes them, or none is fit. */
function titleColumn({ columns, options }: RowShape): string | undefined {
  if (options.titleTemplate !== undefined) return undefined;
  const has = (name: string) => columns.some((column) => column.name === name && isReadable(column));
  if (options.titleColumn !== undefined && has(options.titleColumn)) return options.titleColumn;
  return TITLES.find(has);
}

type ValueOf = (row: Row, name: string, path: readonly string[]) => string | undefined;

function textMaker(shape: RowShape, title: string | undefined, value: ValueOf): (row: Row) => string {
  const names = new Set(shape.columns.map((column) => column.name));
  const { contentTemplate, contentColumns } = shape.options;
  if (contentTemplate !== undefined) {
    const template = readTemplate(contentTemplate, names);
    return (row) => template.fill((name, path) => value(row, name, path)) ?? "";
  }
  const chosen = contentColumns.map((name) => ({ name, made: readTemplate(`{${name}}`, names) }));
  const told = [title, shape.options.authorColumn, shape.options.tagsColumn];
  const prose = shape.columns.filter(({ name, kind }) => !told.includes(name) && PROSE.includes(kind));
  const all = prose.map(({ name }) => ({ name, made: readTemplate(`{${name}}`, new Set([name])) }));
  const parts = chosen.length > 0 ? chosen : all;
  const alone = parts.length === 1;
  return (row) => {
    let [lines, sections] = ["", ""];
    for (const { name, made } of parts) {
      const shown = made.fill((column, path) => value(row, column, path))?.trimEnd();
      if (!shown) continue;
      if (alone) return shown;
      if (shown.length <= SHORT && !shown.includes("\n")) lines += `${lines && "\n"}${name}: ${shown}`;
      else sections += `${sections && "\n\n"}${name}:\n${shown}`;
    }
    return lines && sections ? `${lines}\n\n${sections}` : lines + sections;
  };
}

/** What is not in the text: numbers, dates, choices, short words. */
function fieldMaker(shape: RowShape, at: Map<string, number>, title: string | undefined, isDocument: boolean) {
  const { options, key, columns } = shape;
  const inText = isDocument || options.contentTemplate !== undefined ? [] : options.contentColumns;
  const isProse = (column: Column) => inText.length === 0 && PROSE.includes(column.kind) && column.kind !== "choice";
  const told = new Set([title, ...inText, options.timestampColumn, options.createdColumn, options.deletedColumn]);
  if (key.length === 1) told.add(key[0]);
  const showsProse = isDocument || options.contentTemplate !== undefined;
  const taken = columns.filter(
    (column) => isReadable(column) && !told.has(column.name) && (showsProse || !isProse(column)),
  );
  const places = taken.map((column) => ({ column, index: at.get(column.name) as number }));
  return (row: Row): NonNullable<Draft["fields"]> => {
    const fields: NonNullable<Draft["fields"]> = {};
    for (const { column, index } of places) {
      const raw = row[index];
      if (raw != null) fields[column.name] = fieldValue(column, raw, FIELD_CHARS);
    }
    return fields;
  };
}

function relationMaker(shape: RowShape, at: Map<string, number>) {
  const parent = shape.options.parentColumn;
  const links = shape.links.map(({ container, columns }) => ({
    container,
    text: columns.join(", "),
    isParent: columns.includes(parent ?? ""),
    indexes: columns.map((name) => at.get(name) as number),
  }));
  return (row: Row): { relations: NonNullable<Draft["relations"]>; parent?: string } => {
    const relations: NonNullable<Draft["relations"]> = [];
    let hangsFrom: string | undefined;
    for (const { container, text, indexes, isParent } of links) {
      const values = indexes.flatMap((index) => row[index] ?? []);
      if (values.length !== indexes.length) continue; // part of it is null: it leads nowhere
      const id = `${container}:${keyText(values)}`;
      if (isParent) hangsFrom = id;
      relations.push({ rel: isParent ? "parent" : "links", id, text });
    }
    return { relations, ...(hangsFrom !== undefined && { parent: hangsFrom }) };
  };
}

function documentOf(row: Row, mime: number | undefined, bytes: number | undefined): Draft["body"] {
  const [type, length] = [row[mime ?? -1], row[bytes ?? -1]];
  return type != null && length != null ? { mime: type, bytes: Number(length) } : undefined;
}

/** Options that were written for one table must fit it; those for all tables hold where a table has such a column. */
function checkColumns({ columns, container, options }: RowShape): void {
  if (options.mimeColumn === undefined || options.fileColumn === undefined) return;
  if (!columns.some(({ name }) => name === options.mimeColumn)) return;
  const file = columns.find(({ name }) => name === options.fileColumn);
  if (file === undefined) throw noColumn(options.fileColumn, container, "fileColumn");
}

function oneLine(text: string | undefined): string {
  const line = (text ?? "").replace(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

function encoded(value: string | undefined): string | undefined {
  return value === undefined ? undefined : encodeURIComponent(value.toWellFormed());
}
