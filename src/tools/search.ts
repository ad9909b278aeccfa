import { z } from "zod";
import { ConnectorError, type HitPlace, refOf, type SearchAnswer, type SearchHit } from "../model/index.ts";
import { fits } from "./budget.ts";
import { clean, cleanLine, cut } from "./clean.ts";
import { defineTool, type ToolCall } from "./define.ts";
import { enabledSources, freshness } from "./freshness.ts";
import { peopleOf, placeNames } from "./names.ts";
import { momentOf, parseTime } from "./time.ts";
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
  response_format: z.enum(["concise", "detailed"]).default("concise").describe("detailed: longer snippets, all facts"),
});

/** UTF-16 units of a snippet. */
const SNIPPET = { concise: 240, detailed: 600 } as const;

const Result = z.object({
  id: z.string(),
  title: z.string(),
  url: z.string(),
  source: z.string().optional(),
  kind: z.string(),
  container: z.string().optional(),
  authors: z.array(z.string()).optional(),
  tags: z.array(z.string()).optional(),
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
  snippet: z.string(),
  fetch_offset: z.number().optional(),
  /** Where the same text lies again. */
  copies: z
    .array(
      z.object({
        id: z.string(),
        title: z.string().optional(),
        url: z.string().optional(),
        container: z.string().optional(),
      }),
    )
    .optional(),
  /** So many other messages of its conversation were met too; `fetch` reads all of it. */
  conversation: z.object({ fetch: z.string(), more: z.number() }).optional(),
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
    const since = args.since === undefined ? undefined : parseTime("since", args.since);
    const until = args.until === undefined ? undefined : parseTime("until", args.until);
    if (since !== undefined && until !== undefined && since >= until) throw nothingBetween(since, until);
    const notes = args.live ? await askServices(args.query, args.limit, args.sources, call) : [];
    const request = {
      query: args.query,
      sources: args.sources,
      kinds: args.kinds,
      containers: args.containers,
      authors: args.authors,
      tags: args.tags,
      since,
      until,
      cursor: args.cursor,
      viewer: desk.viewer,
    };
    const fresh = await freshness(desk, args.sources);
    for (let limit = args.limit; ; limit = Math.ceil(limit / 2)) {
      const answer = await desk.store.search({ ...request, limit });
      const placed = answer.hits.flatMap((hit) => [hit, ...(hit.copies ?? [])]);
      const telling = { format: args.response_format, marks: quotes(), place: await placeNames(desk, placed) };
      const output = shape(answer, [fresh, ...notes], telling);
      const text = JSON.stringify(output);
      if (limit === 1 || fits(text, desk.resultTokens)) return { output, text };
    }
  },
});

function nothingBetween(since: string, until: string): ConnectorError {
  return new ConnectorError("usage", `Nothing lies between since (${since}) and until (${until}).`, {
    hint: "since is where the time begins, until where it ends: leave one out, or let until be the later one.",
  });
}

/** Lets each service search too; what it finds is stored and then found here. Answers a note for each that could not. */
async function askServices(query: string, limit: number, sources: string[] | undefined, call: ToolCall) {
  const asked = (sources ?? enabledSources(call.desk)).map(async (source) => {
    try {
      await call.desk.engine.searchLive(source, query, limit);
      return [];
    } catch (thrown) {
      const why = ConnectorError.from(thrown).message.replace(/\.$/, "");
      return [`${source} could not be asked, its stored copy was searched: ${cleanLine(why, 200)}`];
    }
  });
  const notes = (await Promise.all(asked)).flat();
  call.signal.throwIfAborted();
  return notes;
}

/** How the hits of one answer are told. */
interface Telling {
  format: "concise" | "detailed";
  marks: Quotes;
  place: Awaited<ReturnType<typeof placeNames>>;
}

function shape(answer: SearchAnswer, notes: string[], telling: Telling): z.output<typeof Output> {
  const { hits, understood } = answer;
  const partial = hits.length > 0 && hits.every((hit) => hit.matched === "some");
  const explain = hits.length === 0 || partial || understood.hints.length > 0;
  return {
    results: hits.map((hit) => resultOf(hit, telling)),
    next_cursor: answer.nextCursor,
    note: [...notes, ...(hits.length > 0 ? [telling.marks.legend] : [])].join(". "),
    understood: explain ? explanation(answer, partial) : undefined,
  };
}

/** An id begins with its source, so a concise answer says that once. */
function resultOf(hit: SearchHit, { format, marks, place }: Telling): z.output<typeof Result> {
  const snippet = shortened(clean(hit.snippet.text).text.trim(), SNIPPET[format]);
  const detailed = format === "detailed";
  return {
    id: refOf(hit.source, hit.id),
    title: cleanLine(hit.title) || cleanLine(hit.id),
    url: hit.url ?? itemUri(hit.source, hit.id),
    source: detailed ? hit.source : undefined,
    kind: hit.kind,
    container: place(hit),
    authors: peopleOf(hit.authors, detailed ? 10 : 3),
    tags: detailed && hit.tags.length > 0 ? hit.tags.slice(0, 10).map((tag) => cleanLine(tag, 60)) : undefined,
    created_at: detailed && hit.createdAt ? momentOf(hit.createdAt) : undefined,
    updated_at: hit.updatedAt && momentOf(hit.updatedAt),
    snippet: snippet === "" ? "" : marks.passage(snippet),
    fetch_offset: hit.snippet.offset > 0 ? hit.snippet.offset : undefined,
    copies: hit.copies?.map((copy) => copyOf(copy, hit, { detailed, place })),
    conversation: hit.thread && { fetch: refOf(hit.source, hit.thread.id), more: hit.thread.more },
  };
}

/** Another place of the same text: what is the same there is not said again. */
function copyOf(copy: HitPlace, hit: SearchHit, { detailed, place }: { detailed: boolean; place: Telling["place"] }) {
  return {
    id: refOf(copy.source, copy.id),
    title: copy.title === hit.title ? undefined : cleanLine(copy.title) || undefined,
    url: detailed ? (copy.url ?? itemUri(copy.source, copy.id)) : undefined,
    container: detailed ? place(copy) : undefined,
  };
}

/** So much of a passage, around its first matched word, at the borders of words. */
function shortened(passage: string, longest: number): string {
  if (passage.length <= longest) return passage;
  const match = Math.max(0, passage.indexOf("**"));
  const from = match < longest / 2 ? 0 : passage.indexOf(" ", match - Math.floor(longest / 3)) + 1;
  const part = cut(passage.slice(from), longest - 2);
  const space = part.lastIndexOf(" ");
  const whole = space > longest / 2 ? part.slice(0, space) : part;
  // A cut may have parted the two marks of a matched word.
  const closed = (whole.match(/\*\*/g)?.length ?? 0) % 2 === 0 ? whole : `${whole}**`;
  return `${from > 0 ? "… " : ""}${closed} …`;
}

/** Why the answer is empty or partial, and what to try. */
function explanation({ understood, hits }: SearchAnswer, partial: boolean): string[] {
  const { words, phrases, ignored, hints } = understood;
  const lines = [...hints];
  if (partial) lines.push("No item holds all the words; these hold some of them.");
  const unknown = ignored.filter((word) => words.includes(word));
  const stopped = ignored.filter((word) => !words.includes(word));
  if (hits.length === 0) {
    const looked = [...words, ...phrases.map((phrase) => `"${phrase}"`)].join(", ");
    if (looked === "") lines.push("No word of the question can be looked for.");
    else if (unknown.length < words.length + phrases.length) lines.push(`Looked for: ${looked}.`);
  }
  if (partial || hits.length === 0) {
    if (unknown.length > 0) lines.push(`No item holds: ${unknown.join(", ")}.`);
    if (stopped.length > 0) lines.push(`Left out: ${stopped.join(", ")}.`);
  }
  if (hits.length === 0) lines.push("Try fewer or other words, drop filters, or list_sources to see what is here.");
  return lines.map((line) => cleanLine(line, 300)).slice(0, 12);
}
