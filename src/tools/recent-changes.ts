import { z } from "zod";
import { ConnectorError, refOf } from "../model/index.ts";
import type { Change } from "../store/store.ts";
import { fitsTwice } from "./budget.ts";
import { cleanLine } from "./clean.ts";
import { defineTool } from "./define.ts";
import { freshness } from "./freshness.ts";
import { peopleOf, placeNames } from "./names.ts";
import { grouped, minuteOf, momentOf, parseTime } from "./time.ts";
import { quotes } from "./untrusted.ts";
import { itemUri } from "./uri.ts";

const MOST = 1000;
/** An item is told with its own date where that is so much older than the day it came. */
const OLD_MS = 48 * 3_600_000;
const TOLD_SOURCES = 8;

const Input = z.object({
  since: z.string().default("7d").describe("ISO 8601, 24h, 7d, yesterday"),
  sources: z.array(z.string()).max(50).optional(),
  kinds: z.array(z.string()).max(20).optional(),
  authors: z.array(z.string()).max(20).optional(),
  verbs: z
    .array(z.enum(["added", "updated", "moved", "deleted", "lost"]))
    .max(5)
    .optional(),
  limit: z.number().int().min(1).max(100).default(30),
  cursor: z.string().max(20).optional(),
  response_format: z.enum(["concise", "detailed"]).default("concise"),
});

const Line = z.object({
  id: z.string(),
  verb: z.string(),
  at: z.string(),
  title: z.string(),
  url: z.string().optional(),
  source: z.string().optional(),
  kind: z.string(),
  container: z.string().optional(),
  authors: z.array(z.string()).optional(),
  /** Of an item that came or changed here long after it was written. */
  written: z.string().optional(),
  moved_from: z.string().optional(),
});
type Line = z.output<typeof Line>;

const Output = z.object({
  summary: z.string(),
  changes: z.array(Line),
  next_cursor: z.string().optional(),
  note: z.string(),
});

/** What was added, edited, moved or removed: each item once, newest first. */
export const recentChanges = defineTool({
  name: "recent_changes",
  title: "Recent changes",
  description: "What was added, edited, moved or deleted since a time, newest first: where, when and by whom.",
  input: Input,
  output: Output,
  effects: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  async run(args, { desk }) {
    for (const source of args.sources ?? []) desk.sources.get(source);
    const skipped = offsetOf(args.cursor);
    const since = parseTime("since", args.since);
    const { changes } = await desk.store.changes({
      recordedSince: since,
      sources: args.sources,
      kinds: args.kinds,
      authors: args.authors,
      verbs: args.verbs,
      folded: true,
      newestFirst: true,
      // The first page tells how much there is in all.
      limit: skipped === 0 ? MOST + 1 : skipped + args.limit + 1,
      viewer: desk.viewer,
    });
    const note = await freshness(desk, args.sources);
    const summary = skipped === 0 ? summaryOf(changes, since) : `From the ${grouped(skipped + 1)}th change on.`;
    const place = await placeNames(desk, changes.slice(skipped, skipped + args.limit));
    const detailed = args.response_format === "detailed";
    for (let limit = args.limit; ; limit = Math.ceil(limit / 2)) {
      const shown = changes.slice(skipped, skipped + limit).map((change) => lineOf(change, place(change), detailed));
      const more = changes.length > skipped + limit && skipped + limit < MOST;
      const output = { summary, changes: shown, next_cursor: more ? String(skipped + limit) : undefined, note };
      const text = textOf(output);
      if (limit === 1 || fitsTwice(text, output, desk.resultTokens)) return { output, text };
    }
  },
});

/** "12 items changed since 2026-11-14: notes 7 updated, 1 added; mail 4 added" */
function summaryOf(changes: readonly Change[], since: string): string {
  if (changes.length === 0) return `Nothing changed since ${minuteOf(since)}.`;
  const bySource = new Map<string, Map<string, number>>();
  for (const { source, verb } of changes.slice(0, MOST)) {
    const verbs = bySource.get(source) ?? new Map<string, number>();
    bySource.set(source, verbs.set(verb, (verbs.get(verb) ?? 0) + 1));
  }
  const told = [...bySource]
    .slice(0, TOLD_SOURCES)
    .map(([source, verbs]) => `${source} ${[...verbs].map(([verb, count]) => `${grouped(count)} ${verb}`).join(", ")}`);
  if (bySource.size > TOLD_SOURCES) told.push(`${bySource.size - TOLD_SOURCES} more sources`);
  if (changes.length > MOST)
    return `More than ${grouped(MOST)} items changed since ${minuteOf(since)}; of the newest ${grouped(MOST)}: ${told.join("; ")}. Narrow with sources, kinds, verbs or a later since.`;
  const items = changes.length === 1 ? "1 item" : `${grouped(changes.length)} items`;
  return `${items} changed since ${minuteOf(since)}: ${told.join("; ")}.`;
}

function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const offset = /^\d{1,4}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (!(offset < MOST))
    throw new ConnectorError("usage", "This cursor is not from recent_changes.", {
      hint: "Call recent_changes without cursor to begin at the newest change.",
    });
  return offset;
}

function lineOf(change: Change, place: string | undefined, detailed: boolean): Line {
  const gone = change.verb === "deleted" || change.verb === "lost";
  return {
    id: refOf(change.source, change.id),
    verb: change.verb,
    at: momentOf(change.at),
    title: cleanLine(change.title) || cleanLine(change.id),
    url: gone && change.url === undefined ? undefined : (change.url ?? itemUri(change.source, change.id)),
    source: detailed ? change.source : undefined,
    kind: change.kind,
    container: place,
    authors: peopleOf(change.authors, detailed ? 10 : 3),
    written: gone ? undefined : writtenLongAgo(change),
    moved_from: change.from === undefined ? undefined : refOf(change.source, change.from),
  };
}

/** A first sync brings what is years old: that it is new here says nothing about the world. */
function writtenLongAgo({ at, updatedAt }: Change): string | undefined {
  if (updatedAt === undefined || !(Date.parse(at) - Date.parse(updatedAt) > OLD_MS)) return undefined;
  return updatedAt.slice(0, 10);
}

function textOf({ summary, changes, next_cursor, note }: z.output<typeof Output>): string {
  if (changes.length === 0) return `${summary} ${note}.`;
  const lines = changes.map((line) => {
    const by = line.authors ? ` by ${line.authors.join(", ")}` : "";
    // What is called after its author and its place needs neither twice.
    const author = line.authors?.every((one) => line.title.includes(one)) ? "" : by;
    const from = line.moved_from ? ` from ${cleanLine(line.moved_from, 200)}` : "";
    const written = line.written ? `, written ${line.written}` : "";
    const kind = line.kind.replaceAll("_", " ");
    const facts = `${line.title.toLowerCase().startsWith(kind) ? "" : kind}${author}${written}`.replace(/^,? /, "");
    return `- ${minuteOf(line.at)} ${line.verb}${from}: ${line.title}${facts ? ` (${facts})` : ""} — ${cleanLine(line.id, 300)}`;
  });
  const more = next_cursor === undefined ? "" : `\nMore: recent_changes with cursor "${next_cursor}"`;
  return `${summary}\n${quotes().block(lines.join("\n"), "the change log, newest first")}${more}\n${note}.`;
}
