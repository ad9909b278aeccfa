import { z } from "zod";
import { refOf } from "../model/index.ts";
import type { RelatedItem } from "../store/store.ts";
import { fits, textTokens } from "./budget.ts";
import { clean, cleanLine } from "./clean.ts";
import { defineTool } from "./define.ts";
import { metadataOf, SHOWN_HEADINGS } from "./fetched-metadata.ts";
import { freshness } from "./freshness.ts";
import { linesOf } from "./lines.ts";
import { placeNames } from "./names.ts";
import { headingsOf, thinned, withoutRef } from "./outline.ts";
import { pageOf } from "./paging.ts";
import { beyondEnd, type Reading, readItem } from "./reading.ts";
import { longTables } from "./tables.ts";
import { quotes } from "./untrusted.ts";
import { itemUri } from "./uri.ts";

const SHOWN_RELATED = 15;
/** Headings of what is still to come, with a later page. */
const SHOWN_AHEAD = 8;
/** How much of the beginning a concise answer shows. */
const BEGINNING = 1500;
const PAGE = 20_000;

const Input = z.object({
  id: z.string().trim().min(1).max(4000).describe("An id from search, or any address of the item"),
  offset: z.number().int().min(0).max(1e9).default(0),
  line: z.number().int().min(1).max(1e9).optional().describe("Begin at this line of the outline instead"),
  max_chars: z.number().min(200).max(50_000).optional(),
  live: z.boolean().default(false).describe("Ask the service for the newest version"),
  response_format: z.enum(["concise", "detailed"]).default("detailed").describe("concise: facts, outline, beginning"),
});

const Output = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string(),
  url: z.string(),
  metadata: z.record(z.string(), z.string()),
  next_offset: z.number().optional(),
  outline: z.array(z.object({ heading: z.string(), line: z.number(), offset: z.number() })).optional(),
  related: z.array(z.object({ rel: z.string(), id: z.string().optional(), title: z.string() })).optional(),
});
type Output = z.output<typeof Output>;

/** Reads one item, page by page; the shape is the one that research clients expect. */
export const fetch = defineTool({
  name: "fetch",
  title: "Fetch an item",
  description:
    "Read one item as Markdown, with its conversation, links and backlinks. Long texts come in pages with an outline: " +
    "go on with offset: next_offset, or jump to a line.",
  input: Input,
  output: Output,
  effects: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  async run(args, call) {
    const { desk } = call;
    const further = args.offset > 0 || (args.line ?? 1) > 1;
    const read = await readItem(args.id, { live: args.live, further }, call);
    const lines = linesOf(read.text);
    const offset = args.line === undefined ? args.offset : lines.offsetOf(args.line);
    if (offset === undefined) throw beyondEnd(`line ${lines.count}`);
    if (offset > 0 && offset >= read.text.length) throw beyondEnd(String(read.text.length));
    const { source, id } = read.item;
    const concise = args.response_format === "concise";
    const reading: Reading = {
      read,
      lines,
      offset,
      headings: headingsOf(read.text),
      tables: longTables(read.text),
      place: (await placeNames(desk, [read.item]))(read.item),
      synced: await freshness(desk, [source]),
      // Who reads on has seen what the item is and what it is linked with.
      related: concise || offset > 0 ? [] : await desk.store.related(source, id, desk.viewer, SHOWN_RELATED + 1),
      concise,
    };
    const longest = args.max_chars ?? (concise ? BEGINNING : PAGE);
    for (let tokens = textTokens(desk.resultTokens); ; tokens = Math.floor(tokens * 0.7)) {
      const output = shape(reading, longest, tokens);
      const text = JSON.stringify(output);
      if (tokens < 500 || fits(text, desk.resultTokens)) return { output, text };
    }
  },
});

function shape(reading: Reading, maxChars: number, tokens: number): Output {
  const { item, text } = reading.read;
  const page = pageOf(text, reading.offset, maxChars, tokens);
  const { text: shown, removed } = clean(page.text);
  const related = reading.related.slice(0, SHOWN_RELATED).map(relatedOf);
  if (reading.related.length > related.length)
    related.push({ rel: "more", id: undefined, title: "there are more links" });
  return {
    id: refOf(item.source, item.id),
    title: cleanLine(item.title) || cleanLine(item.id),
    text: shown === "" ? "" : quotes().block(shown, item.source),
    url: item.url ?? itemUri(item.source, item.id),
    metadata: metadataOf(reading, page, removed),
    next_offset: page.next,
    outline: outlineOf(reading, page.next),
    related: related.length > 0 ? related : undefined,
  };
}

/** With the first page of a long text all of it at a glance; with a later one what comes after that page. */
function outlineOf({ read, headings, offset, lines }: Reading, next: number | undefined): Output["outline"] {
  if (next === undefined) return undefined;
  const shown =
    offset === 0
      ? thinned(headings, SHOWN_HEADINGS)
      : thinned(
          headings.filter((each) => each.offset >= next),
          SHOWN_AHEAD,
        );
  if (shown.length === 0) return undefined;
  return shown.map((each) => ({
    heading: cleanLine(withoutRef(each.heading, read.item.source), 100),
    line: lines.at(each.offset),
    offset: each.offset,
  }));
}

function relatedOf(related: RelatedItem): NonNullable<Output["related"]>[number] {
  const { item, rel, direction, target } = related;
  return {
    rel: direction === "in" ? inverse(cleanLine(rel, 40)) : cleanLine(rel, 40),
    id: item && refOf(item.source, item.id),
    title: cleanLine(item?.title ?? target ?? "", 120),
  };
}

const INVERSE: Readonly<Record<string, string>> = { links: "linked from", embeds: "embedded in", reply: "replied in" };

function inverse(rel: string): string {
  return INVERSE[rel] ?? `${rel} (from there)`;
}
