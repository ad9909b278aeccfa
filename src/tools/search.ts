import { z } from "zod";
import { refOf, type SearchAnswer, type SearchHit } from "../model/index.ts";
import { fits } from "./budget.ts";
import { clean, cleanLine, cut } from "./clean.ts";
import { defineTool, type ToolCall } from "./define.ts";
import { enabledSources, freshness } from "./freshness.ts";
import { parseTime } from "./time.ts";
import { type Quotes, quotes } from "./untrusted.ts";
import { itemUri } from "./uri.ts";

const Input = z.object({
  query: z.string().trim().min(1).max(2000).describe('Words, "exact phrases", identifiers, -excluded'),
  sources: z.array(z.string()).max(50).optional(),
  kinds: z.array(z.string()).max(20).optional().describe("Such as note, file, mail, issue, message"),
  containers: z.array(z.string()).max(20).optional().describe("Folders, channels, projects"),
  authors: z.array(z.string()).max(20).optional(),
  tags: z.array(z.string()).max(20).optional(),
  since: z.string().optional().describe("Updated at or after: ISO 8601, or 7d"),
  until: z.string().optional().describe("Updated before"),
  limit: z.number().min(1).max(30).default(10),
  cursor: z.string().max(2000).optional(),
  live: z.boolean().default(false).describe("Ask the services too: slower, newest"),
});

const Result = z.object({
  id: z.string(),
  title: z.string(),
  url: z.string(),
  source: z.string(),
  kind: z.string(),
  container: z.string().optional(),
  authors: z.array(z.string()).optional(),
  updated_at: z.string().optional(),
  snippet: z.string(),
  fetch_offset: z.number().optional(),
});

const Output = z.object({
  results: z.array(Result),
  next_cursor: z.string().optional(),
  note: z.string(),
  understood: z.array(z.string()).optional(),
});

/** Finds items by words over every source at once; the shape is the one that research clients expect. */
export const search = defineTool({
  name: "search",
  title: "Search",
  description:
    "Search the private copy of all sources. Returns the best items with a snippet each; " +
    "read one with fetch(id, offset: fetch_offset).",
  input: Input,
  output: Output,
  effects: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  async run(args, call) {
    const { desk } = call;
    for (const source of args.sources ?? []) desk.sources.get(source);
    const notes = args.live ? await askServices(args.query, args.limit, args.sources, call) : [];
    const request = {
      query: args.query,
      sources: args.sources,
      kinds: args.kinds,
      containers: args.containers,
      authors: args.authors,
      tags: args.tags,
      since: args.since === undefined ? undefined : parseTime("since", args.since),
      until: args.until === undefined ? undefined : parseTime("until", args.until),
      cursor: args.cursor,
      viewer: desk.viewer,
    };
    const fresh = await freshness(desk, args.sources);
    for (let limit = args.limit; ; limit = Math.ceil(limit / 2)) {
      const answer = await desk.store.search({ ...request, limit });
      const output = shape(answer, [fresh, ...notes], quotes());
      const text = JSON.stringify(output);
      if (limit === 1 || fits(text, desk.resultTokens)) return { output, text };
    }
  },
});

/** Lets each service search too; what it finds is stored and then found here. Answers a note for each that could not. */
async function askServices(query: string, limit: number, sources: string[] | undefined, call: ToolCall) {
  const asked = (sources ?? enabledSources(call.desk)).map(async (source) => {
    try {
      await call.desk.engine.searchLive(source, query, limit);
      return [];
    } catch {
      return [`${source} could not be asked; its stored copy was searched`];
    }
  });
  const notes = (await Promise.all(asked)).flat();
  call.signal.throwIfAborted();
  return notes;
}

function shape(answer: SearchAnswer, notes: string[], marks: Quotes): z.output<typeof Output> {
  const { hits, understood } = answer;
  const partial = hits.length > 0 && hits.every((hit) => hit.matched === "some");
  const explain = hits.length === 0 || partial || understood.hints.length > 0;
  return {
    results: hits.map((hit) => resultOf(hit, marks)),
    next_cursor: answer.nextCursor,
    note: [...notes, ...(hits.length > 0 ? [marks.legend] : [])].join(". "),
    understood: explain ? explanation(answer, partial) : undefined,
  };
}

function resultOf(hit: SearchHit, marks: Quotes): z.output<typeof Result> {
  const snippet = clean(hit.snippet.text).text.trim();
  return {
    id: refOf(hit.source, hit.id),
    title: cleanLine(hit.title) || cleanLine(hit.id),
    url: hit.url ?? itemUri(hit.source, hit.id),
    source: hit.source,
    kind: hit.kind,
    container: hit.container,
    authors: hit.authors.length > 0 ? hit.authors.slice(0, 5) : undefined,
    updated_at: hit.updatedAt,
    snippet: snippet === "" ? "" : marks.passage(cut(snippet, 600)),
    fetch_offset: hit.snippet.offset > 0 ? hit.snippet.offset : undefined,
  };
}

/** Why the answer is empty or partial, and what to try. */
function explanation({ understood, hits }: SearchAnswer, partial: boolean): string[] {
  const { words, phrases, ignored, hints } = understood;
  const lines = [...hints];
  if (partial) lines.push("No item holds all the words; these hold some of them.");
  if (hits.length === 0) {
    const looked = [...words, ...phrases.map((phrase) => `"${phrase}"`)].join(", ");
    lines.push(looked ? `Looked for: ${looked}.` : "No word of the question can be looked for.");
    lines.push("Try fewer or other words, drop filters, or list_sources to see what is here.");
  }
  if (ignored.length > 0 && (partial || hits.length === 0)) lines.push(`Left out: ${ignored.join(", ")}.`);
  return lines.map((line) => cleanLine(line, 300)).slice(0, 12);
}
