import { refOf } from "../model/index.ts";
import type { StoredItem } from "../store/store.ts";
import { cleanLine } from "./clean.ts";
import { peopleOf } from "./names.ts";
import { pathTo, withoutRef } from "./outline.ts";
import type { TextPage } from "./paging.ts";
import type { Reading } from "./reading.ts";
import { goesOnInTable, tablesText } from "./tables.ts";
import { grouped, momentOf } from "./time.ts";

/** Headings of the outline of a whole text. */
export const SHOWN_HEADINGS = 40;
const SHOWN_FIELDS = 20;
/** What a reader of a concise answer is told of the service's own facts. */
const TELLING_FIELDS = ["state", "status", "number", "comments", "pages", "rows", "columns", "sheets", "assignees"];

/** The facts that stand beside a page: what the item is, who wrote it and when, which part this is, how old the copy is. */
export function metadataOf(reading: Reading, page: TextPage, removed: number): Record<string, string> {
  const { read, offset } = reading;
  const { item, fresh } = read;
  const known: Record<string, string | undefined> = {
    source: item.source,
    kind: item.kind,
    container: reading.place,
    parent: item.parent && cleanLine(refOf(item.source, item.parent)),
    authors: peopleOf(item.authors, 10)?.join(", "),
    tags: listed(item.tags.slice(0, 20)),
    created_at: item.createdAt && momentOf(item.createdAt),
    updated_at: item.updatedAt && momentOf(item.updatedAt),
    ...partOf(reading, page),
    conversation: offset === 0 ? conversationText(reading) : undefined,
    asked: fresh ? "the service, just now" : undefined,
    copy: fresh ? undefined : reading.synced,
    lost: item.lostAt && "access was withdrawn; it is removed soon",
    note: noteOf(read.text, removed),
  };
  const present = Object.entries(known).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const fields = offset > 0 ? {} : fieldsOf(item, new Set(Object.keys(known)), reading.concise);
  return { ...fields, ...Object.fromEntries(present) };
}

/** How long the text is, which part this is, and where in it the reader is. */
function partOf(
  { read, lines, offset, headings, tables }: Reading,
  page: TextPage,
): Record<string, string | undefined> {
  const { text } = read;
  const size = `${grouped(text.length)} characters, ${grouped(lines.count)} ${lines.count === 1 ? "line" : "lines"}`;
  const whole = offset === 0 && page.next === undefined;
  const last = lines.at(Math.max(offset, (page.next ?? text.length) - 1));
  const first = lines.at(offset);
  const inside = lines.offsetOf(first) === offset ? "" : `, from character ${grouped(offset)}`;
  return {
    length: size,
    page: whole
      ? undefined
      : `${first === last ? `line ${grouped(first)}` : `lines ${grouped(first)}-${grouped(last)}`}${inside}`,
    section:
      offset === 0
        ? undefined
        : listed(
            pathTo(headings, offset).map((one) => cleanLine(withoutRef(one, read.item.source), 80)),
            " › ",
          ),
    table: offset === 0 ? tablesText(tables, lines.at) : goesOnInTable(tables, text, offset),
    headings:
      whole || offset > 0 || headings.length <= SHOWN_HEADINGS ? undefined : `${grouped(headings.length)} in all`,
  };
}

function conversationText({ read }: Reading): string | undefined {
  if (read.conversation === undefined) return undefined;
  const { entries, newestOffset } = read.conversation;
  return `${entries}, oldest first; the newest begins at offset ${newestOffset}`;
}

function noteOf(text: string, removed: number): string | undefined {
  if (text === "") return "This item has no text; open it by its url.";
  return removed > 0 ? `${removed} invisible or direction-changing characters were removed from the text.` : undefined;
}

/** The short facts a service keeps beside the text: state, assignee, size. */
function fieldsOf(item: StoredItem, taken: Set<string>, concise: boolean): Record<string, string> {
  const facts: [string, string][] = [];
  for (const [name, value] of Object.entries(item.fields)) {
    if (facts.length === SHOWN_FIELDS) break;
    if (concise && !TELLING_FIELDS.includes(name)) continue;
    if (value === null || value === "" || taken.has(name) || name === "__proto__" || repeats(item, value)) continue;
    const said = valueText(value);
    if (said !== "") facts.push([cleanLine(name, 60), cleanLine(said, 200)]);
  }
  return Object.fromEntries(facts);
}

/** A note's front matter tells its dates a second time. */
function repeats({ createdAt, updatedAt }: StoredItem, value: unknown): boolean {
  return typeof value === "string" && value.length >= 10 && [createdAt, updatedAt].some((at) => at?.startsWith(value));
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).filter(Boolean).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function listed(words: readonly string[], between = ", "): string | undefined {
  return words.length > 0 ? words.map((word) => cleanLine(word, 60)).join(between) : undefined;
}
