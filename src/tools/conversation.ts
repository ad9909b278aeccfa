import { refOf, type Viewer } from "../model/index.ts";
import type { StoredItem, StoreReader } from "../store/store.ts";
import type { FetchedItem } from "../sync/types.ts";
import { minuteOf } from "./time.ts";

/** Entries that are shown below an item; the newest ones, when there are more. */
const MOST_ENTRIES = 500;
const AT_ONCE = 100;
/** Hang from an item and are no part of what was said. */
const SILENT = new Set(["attachment", "file"]);

/**
 * The item with what was said below it, oldest first: comments, reviews, replies. They are stored once, as items of their
 * own; here they are read together with what they hang from.
 */
export async function withConversation(
  store: Pick<StoreReader, "items" | "text">,
  found: FetchedItem,
  viewer: Viewer,
): Promise<FetchedItem> {
  const { entries, more } = await entriesOf(store, found.item, viewer);
  if (entries.length === 0) return found;
  const said = await Promise.all(
    entries.map(async (entry) => headed(entry, (await store.text(entry.source, entry.id, viewer)) ?? "")),
  );
  const count = more
    ? `the newest ${entries.length} entries`
    : entries.length === 1
      ? "1 entry"
      : `${entries.length} entries`;
  const body = found.text.trim() === "" ? "*No description.*" : found.text.trimEnd();
  return { ...found, text: [body, `## Conversation (${count})`, ...said].join("\n\n") };
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
  shown.sort((left, right) => momentOf(left) - momentOf(right) || serialOf(left) - serialOf(right));
  return { entries: shown, more: cursor !== undefined || entries.length > shown.length };
}

function momentOf({ createdAt, updatedAt }: StoredItem): number {
  const at = Date.parse(createdAt ?? updatedAt ?? "");
  return Number.isNaN(at) ? 0 : at;
}

/** Services number what is written: of two entries of one moment the smaller number came first. */
function serialOf({ id }: StoredItem): number {
  return Number(/\d+$/.exec(id)?.[0] ?? 0);
}

/** What was said, under who said it and when, and the id to fetch it by itself. */
function headed(entry: StoredItem, text: string): string {
  const at = entry.createdAt ?? entry.updatedAt;
  const facts = [entry.title.replace(/\s+/g, " "), at && minuteOf(at), refOf(entry.source, entry.id)];
  return [`### ${facts.filter(Boolean).join(" · ")}`, text.trim()].filter(Boolean).join("\n\n");
}
