import { z } from "zod";
import { ConnectorError, refOf } from "../model/index.ts";
import type { RelatedItem, StoredItem } from "../store/store.ts";
import type { FetchedItem } from "../sync/types.ts";
import { fits, textTokens } from "./budget.ts";
import { clean, cleanLine } from "./clean.ts";
import { withConversation } from "./conversation.ts";
import { defineTool } from "./define.ts";
import { outline, pageOf } from "./paging.ts";
import { quotes } from "./untrusted.ts";
import { itemUri } from "./uri.ts";

const SHOWN_RELATED = 15;
const SHOWN_FIELDS = 20;

const Input = z.object({
  id: z.string().trim().min(1).max(4000).describe("An id from search, or any address of the item"),
  offset: z.number().int().min(0).max(1e9).default(0),
  max_chars: z.number().min(200).max(50_000).default(20_000),
  live: z.boolean().default(false).describe("Ask the service for the newest version"),
});

const Output = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string(),
  url: z.string(),
  metadata: z.record(z.string(), z.string()),
  next_offset: z.number().optional(),
  outline: z.array(z.object({ heading: z.string(), offset: z.number() })).optional(),
  related: z.array(z.object({ rel: z.string(), id: z.string().optional(), title: z.string() })).optional(),
});

/** Reads one item, page by page; the shape is the one that research clients expect. */
export const fetch = defineTool({
  name: "fetch",
  title: "Fetch an item",
  description:
    "Read one item as Markdown, with its links and backlinks. Long texts come in pages: go on with offset: next_offset.",
  input: Input,
  output: Output,
  effects: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  async run(args, { desk, signal }) {
    const alone = await desk.engine.fetch(args.id, { live: args.live, viewer: desk.viewer, signal });
    const found = await withConversation(desk.store, alone, desk.viewer);
    if (args.offset > 0 && args.offset >= found.text.length)
      throw new ConnectorError("usage", `The text of this item ends at ${found.text.length}.`, {
        hint: "Call fetch with a smaller offset, or without one to begin at the start.",
      });
    const { source, id } = found.item;
    const related = await desk.store.related(source, id, desk.viewer, SHOWN_RELATED);
    for (let tokens = textTokens(desk.resultTokens); ; tokens = Math.floor(tokens * 0.7)) {
      const output = shape(found, related, args.offset, args.max_chars, tokens);
      const text = JSON.stringify(output);
      if (tokens < 500 || fits(text, desk.resultTokens)) return { output, text };
    }
  },
});

function shape(found: FetchedItem, related: RelatedItem[], offset: number, maxChars: number, tokens: number) {
  const { item, text } = found;
  const page = pageOf(text, offset, maxChars, tokens);
  const whole = offset === 0 && page.next === undefined;
  const { text: shown, removed } = clean(page.text);
  return {
    id: refOf(item.source, item.id),
    title: cleanLine(item.title) || cleanLine(item.id),
    text: shown === "" ? "" : quotes().block(shown, item.source),
    url: item.url ?? itemUri(item.source, item.id),
    metadata: metadataOf(found, offset, removed),
    next_offset: page.next,
    outline: whole ? undefined : headings(text),
    related: related.length > 0 ? related.map(relatedOf) : undefined,
  };
}

function headings(text: string): z.output<typeof Output>["outline"] {
  const found = outline(text).map(({ heading, offset }) => ({ heading: cleanLine(heading, 100), offset }));
  return found.length > 0 ? found : undefined;
}

function relatedOf(related: RelatedItem): NonNullable<z.output<typeof Output>["related"]>[number] {
  const { item, rel, direction, target } = related;
  return {
    rel: direction === "in" ? `${cleanLine(rel, 40)} (from)` : cleanLine(rel, 40),
    id: item && refOf(item.source, item.id),
    title: cleanLine(item?.title ?? target ?? "", 120),
  };
}

function metadataOf({ item, text, fresh }: FetchedItem, offset: number, removed: number): Record<string, string> {
  const known: Record<string, string | undefined> = {
    source: item.source,
    kind: item.kind,
    container: item.container && cleanLine(item.container),
    parent: item.parent && cleanLine(refOf(item.source, item.parent)),
    authors:
      item.authors
        .slice(0, 10)
        .map((author) => cleanLine(author, 80))
        .join(", ") || undefined,
    tags:
      item.tags
        .slice(0, 20)
        .map((tag) => cleanLine(tag, 60))
        .join(", ") || undefined,
    created_at: item.createdAt,
    updated_at: item.updatedAt,
    length: `${text.length} characters`,
    offset: offset > 0 ? String(offset) : undefined,
    asked: fresh ? "the service, just now" : undefined,
    note: noteOf(text, removed),
  };
  const present = Object.entries(known).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { ...fieldsOf(item, new Set(Object.keys(known))), ...Object.fromEntries(present) };
}

function noteOf(text: string, removed: number): string | undefined {
  if (text === "") return "This item has no text.";
  return removed > 0 ? `${removed} invisible or direction-changing characters were removed from the text.` : undefined;
}

/** The short facts a service keeps beside the text: state, assignee, size. */
function fieldsOf(item: StoredItem, taken: Set<string>): Record<string, string> {
  const facts: [string, string][] = [];
  for (const [name, value] of Object.entries(item.fields)) {
    if (facts.length === SHOWN_FIELDS) break;
    if (value === null || value === "" || taken.has(name) || name === "__proto__") continue;
    facts.push([cleanLine(name, 60), cleanLine(typeof value === "string" ? value : JSON.stringify(value), 200)]);
  }
  return Object.fromEntries(facts);
}
