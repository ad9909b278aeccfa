import { ConnectorError, refOf } from "../model/index.ts";
import type { RelatedItem } from "../store/store.ts";
import { type WithConversation, withConversation } from "./conversation.ts";
import type { ToolCall } from "./define.ts";
import type { Desk } from "./desk.ts";
import type { Lines } from "./lines.ts";
import type { Heading } from "./outline.ts";
import type { Table } from "./tables.ts";

/** What was found out about a fetched item, before a page is cut from it. */
export interface Reading {
  read: WithConversation;
  lines: Lines;
  /** Where the page begins. */
  offset: number;
  headings: Heading[];
  tables: Table[];
  place: string | undefined;
  synced: string;
  related: RelatedItem[];
  concise: boolean;
}

/** Texts that somebody reads page by page; the newest few. */
const KEPT = 4;
const KEPT_MS = 10 * 60_000;
const kept = new WeakMap<Desk["store"], Map<string, { until: number; read: WithConversation }>>();

/**
 * An item with its conversation. Whoever goes on in a text (`further`) is shown the pages of the text that was begun, even
 * when somebody has added to it meanwhile.
 */
export async function readItem(
  ref: string,
  { live = false, further }: { live?: boolean; further: boolean },
  { desk, signal }: Pick<ToolCall, "desk" | "signal">,
): Promise<WithConversation> {
  const texts = kept.get(desk.store) ?? new Map();
  kept.set(desk.store, texts);
  const found = await desk.engine.fetch(ref, { live, viewer: desk.viewer, signal });
  const key = JSON.stringify([desk.viewer, refOf(found.item.source, found.item.id)]);
  const begun = texts.get(key);
  if (further && begun !== undefined && begun.until > performance.now()) return begun.read;
  const read = await withConversation(desk.store, found, desk.viewer);
  texts.delete(key);
  if (read.conversation !== undefined) texts.set(key, { until: performance.now() + KEPT_MS, read });
  for (const oldest of texts.keys()) if (texts.size > KEPT) texts.delete(oldest);
  return read;
}

/** Says that a text is shorter than where somebody wants to begin. */
export function beyondEnd(what: string): ConnectorError {
  return new ConnectorError("usage", `The text of this item ends at ${what}.`, {
    hint: "Call fetch with a smaller offset or line, or without one to begin at the start.",
  });
}
