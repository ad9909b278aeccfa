import { z } from "zod";
import { ConnectorError, refOf } from "../model/index.ts";
import type { Change } from "../store/store.ts";
import { fitsTwice } from "./budget.ts";
import { cleanLine } from "./clean.ts";
import { defineTool } from "./define.ts";
import { freshness } from "./freshness.ts";
import { minuteOf, parseTime } from "./time.ts";
import { quotes } from "./untrusted.ts";
import { itemUri } from "./uri.ts";

const MOST = 1000;

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
});

const Line = z.object({
  id: z.string(),
  verb: z.string(),
  at: z.string(),
  title: z.string(),
  url: z.string().optional(),
  source: z.string(),
  kind: z.string(),
  authors: z.array(z.string()).optional(),
  moved_from: z.string().optional(),
});
type Line = z.output<typeof Line>;

const Output = z.object({ changes: z.array(Line), next_cursor: z.string().optional(), note: z.string() });

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
    const { changes } = await desk.store.changes({
      recordedSince: parseTime("since", args.since),
      sources: args.sources,
      kinds: args.kinds,
      authors: args.authors,
      verbs: args.verbs,
      folded: true,
      newestFirst: true,
      limit: skipped + args.limit + 1,
      viewer: desk.viewer,
    });
    const note = await freshness(desk, args.sources);
    for (let limit = args.limit; ; limit = Math.ceil(limit / 2)) {
      const shown = changes.slice(skipped, skipped + limit).map(lineOf);
      const more = changes.length > skipped + limit && skipped + limit < MOST;
      const output = { changes: shown, next_cursor: more ? String(skipped + limit) : undefined, note };
      const text = textOf(output);
      if (limit === 1 || fitsTwice(text, output, desk.resultTokens)) return { output, text };
    }
  },
});

function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const offset = /^\d{1,4}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (!(offset < MOST))
    throw new ConnectorError("usage", "This cursor is not from recent_changes.", {
      hint: "Call recent_changes without cursor to begin at the newest change.",
    });
  return offset;
}

function lineOf(change: Change): Line {
  const gone = change.verb === "deleted" || change.verb === "lost";
  return {
    id: refOf(change.source, change.id),
    verb: change.verb,
    at: change.at,
    title: cleanLine(change.title) || cleanLine(change.id),
    url: change.url ?? (gone ? undefined : itemUri(change.source, change.id)),
    source: change.source,
    kind: change.kind,
    authors: change.authors.length > 0 ? change.authors.slice(0, 5) : undefined,
    moved_from: change.from,
  };
}

function textOf({ changes, next_cursor, note }: z.output<typeof Output>): string {
  if (changes.length === 0) return `Nothing changed. ${note}`;
  const lines = changes.map(({ at, verb, title, id, authors, moved_from }) => {
    const by = authors ? ` by ${authors.map((author) => cleanLine(author, 60)).join(", ")}` : "";
    const from = moved_from ? ` from ${cleanLine(moved_from, 200)}` : "";
    return `- ${minuteOf(at)} ${verb}${from}: ${title} — ${cleanLine(id, 300)}${by}`;
  });
  const more = next_cursor === undefined ? "" : `\nMore: recent_changes with cursor "${next_cursor}"`;
  return `${quotes().block(lines.join("\n"), "the change log")}${more}\n${note}`;
}
