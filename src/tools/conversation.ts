import { refOf, type Viewer } from "../model/index.ts";
import type { StoredItem, StoreReader } from "../store/store.ts";
import type { FetchedItem } from "../sync/types.ts";
import { personOf } from "./names.ts";
import { grouped, minuteOf } from "./time.ts";

/** Entries that are shown below an item; the newest ones, when there are more. */
const MOST_ENTRIES = 5000;
/** UTF-16 units of a conversation, from its newest entry back. */
const LONGEST = 4_000_000;
const AT_ONCE = 500;
const NAMED_PEOPLE = 5;
/** A conversation with more entries begins with who took part and when. */
const SHORT = 5;
/** Hang from an item and are no part of what was said. */
const SILENT = new Set(["attachment", "canvas", "file", "folder", "shortcut"]);
/** Their titles say no more than who wrote and where. */
const PLAIN = new Set(["comment", "discussion_comment", "message", "reply"]);

type Reader = Pick<StoreReader, "items" | "text">;

/** An item as it was brought, with what was said below it. */
export interface WithConversation extends FetchedItem {
  /** "12 entries", and where the newest begins; absent where nothing was said. */
  conversation?: { entries: string; newestOffset: number };
}

/**
 * The item with what was said below it, oldest first: comments, reviews, replies. They are stored once, as items of their
 * own; here they are read together with what they hang from.
 */
export async function withConversation(store: Reader, found: FetchedItem, viewer: Viewer): Promise<WithConversation> {
  const { entries, more } = await entriesOf(store, found.item, viewer);
  if (entries.length === 0) return found;
  const said = await saidBy(store, entries, viewer);
  const body = found.text.trim() === "" ? "*No description.*" : found.text.trimEnd();
  const part = more || said.length < entries.length;
  const count = part ? `the newest ${grouped(said.length)} entries` : counted(entries);
  const intro = entries.length > SHORT ? [`${summaryOf(entries.slice(-said.length))}, oldest first.`] : [];
  const before = [body, `## Conversation (${count})`, ...intro, ...said.slice(0, -1)].join("\n\n");
  const text = `${before}\n\n${said.at(-1)}`;
  return { ...found, text, conversation: { entries: count, newestOffset: before.length + 2 } };
}

/** The texts of the newest entries that there is room for, oldest first. */
async function saidBy(store: Reader, entries: readonly StoredItem[], viewer: Viewer): Promise<string[]> {
  const said: string[] = [];
  let length = 0;
  for (let end = entries.length; end > 0 && length < LONGEST; end -= AT_ONCE) {
    const part = entries.slice(Math.max(0, end - AT_ONCE), end);
    const texts = await Promise.all(
      part.map(async (entry) => headed(entry, (await store.text(entry.source, entry.id, viewer)) ?? "")),
    );
    said.unshift(...texts);
    length += texts.reduce((sum, text) => sum + text.length, 0);
  }
  return said;
}

async function entriesOf(store: Pick<StoreReader, "items">, item: StoredItem, viewer: Viewer) {
  const entries: StoredItem[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.items({
      sources: [item.source],
      parent: item.id,
      limit: AT_ONCE,
      viewer,
      ...(cursor !== undefined && { cursor }),
    });
    entries.push(...page.items.filter((one) => !SILENT.has(one.kind)));
    cursor = page.nextCursor;
  } while (cursor !== undefined && entries.length < MOST_ENTRIES);
  const shown = entries.slice(0, MOST_ENTRIES);
  shown.sort((left, right) => momentIn(left) - momentIn(right) || serialOf(left) - serialOf(right));
  return { entries: shown, more: cursor !== undefined || entries.length > shown.length };
}

function momentIn({ createdAt, updatedAt }: StoredItem): number {
  const at = Date.parse(createdAt ?? updatedAt ?? "");
  return Number.isNaN(at) ? 0 : at;
}

/** Services number what is written: of two entries of one moment the smaller number came first. */
function serialOf({ id }: StoredItem): number {
  return Number(/\d+$/.exec(id)?.[0] ?? 0);
}

function counted(entries: readonly unknown[]): string {
  return entries.length === 1 ? "1 entry" : `${grouped(entries.length)} entries`;
}

/** "By mira (7), sami (4) and 1 other, from 2024-01-03 10:00Z to 2024-02-06 17:10Z" */
function summaryOf(entries: readonly StoredItem[]): string {
  const wrote = new Map<string, number>();
  for (const { authors } of entries)
    for (const author of authors.slice(0, 1)) wrote.set(author, (wrote.get(author) ?? 0) + 1);
  const people = [...wrote].sort((left, right) => right[1] - left[1]);
  const named = people.slice(0, NAMED_PEOPLE).map(([one, count]) => `${personOf(one, 40)} (${grouped(count)})`);
  const others = people.length - named.length;
  const all = others > 0 ? [...named, others === 1 ? "1 other" : `${grouped(others)} others`] : named;
  const by = all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${all.at(-1)}` : all.join();
  const [first, last] = [entries[0], entries.at(-1)].map((one) => minuteOf(one?.createdAt ?? one?.updatedAt));
  const when = first === last ? `on ${last}` : `from ${first} to ${last}`;
  return `${by === "" ? counted(entries) : `By ${by}`}${last ? `, ${when}` : ""}`;
}

/** What was said, under who said it and when, and the id to fetch it by itself. */
function headed(entry: StoredItem, text: string): string {
  const [author] = entry.authors;
  const who = author !== undefined && PLAIN.has(entry.kind) ? personOf(author) : entry.title.replace(/\s+/g, " ");
  const facts = [who, minuteOf(entry.createdAt ?? entry.updatedAt), refOf(entry.source, entry.id)];
  return [`### ${facts.filter(Boolean).join(" · ")}`, text.trim()].filter(Boolean).join("\n\n");
}
