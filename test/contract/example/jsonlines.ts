import { createHash } from "node:crypto";
import { readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import {
  ConnectorError,
  type Draft,
  defineConnector,
  effect,
  localPath,
  type Page,
} from "../../../src/connectors/kit/index.ts";

const PAGE = 10;

/** One line of a journal. What is not named here is not read. */
const Entry = z.object({
  id: z.string().min(1),
  title: z.string().default("Untitled"),
  text: z.string().default(""),
  by: z.string().optional(),
  updatedAt: z.iso.datetime({ offset: true }).optional(),
});
type Entry = z.infer<typeof Entry>;

/** Entries go out sorted by id: after a stop, the next one is simply the next id. */
const Position = z.object({ after: z.string().optional() });
type Position = z.infer<typeof Position>;

/** Journals kept as JSON Lines: one file per journal, one entry per line. */
export const jsonlines = defineConnector({
  id: "jsonlines",
  title: "JSON Lines journals",
  summary: "Entries of journals that are kept as .jsonl files in one folder.",
  reference: "https://jsonlines.org",
  config: z.object({
    folder: effect(localPath("The folder with the .jsonl files."), "widening"),
    authors: effect(
      z.array(z.string()).default([]).describe("Take only entries by these people. Empty: everybody's."),
      "narrowing",
    ),
  }),
  limits: { concurrency: 2 },
  cursor: Position,
  scope: "container",
  feed: "listing",

  connect: (ctx) => openFolder(ctx.config.folder),

  async test(ctx) {
    const journals = await ctx.api.journals();
    return { account: `${ctx.api.path} (${journals.length} journals)` };
  },

  async *list(ctx, parent) {
    if (parent === undefined) {
      for (const journal of await ctx.api.journals()) yield { id: journal, name: journal, holds: "items" as const };
      return;
    }
    const { entries } = await ctx.api.read(parent);
    for (const entry of entries) yield { id: `${parent}/${entry.id}`, name: entry.title, holds: "nothing" as const };
  },

  async *sync(ctx, from) {
    const journal = from.container ?? "";
    const { entries, broken } = await ctx.api.read(journal);
    const wanted = entries.filter((entry) => isWanted(entry, ctx.config.authors) && isBefore(entry, from.until));
    yield* pages(journal, wanted, broken, from.cursor?.after);
  },

  async fetch(ctx, id) {
    const slash = id.indexOf("/");
    const journal = id.slice(0, Math.max(0, slash));
    const known = (await ctx.api.journals()).includes(journal);
    const entry = known && (await ctx.api.read(journal)).entries.find((each) => each.id === id.slice(slash + 1));
    if (!entry) throw new ConnectorError("not_found", `There is no entry ${JSON.stringify(id)} in the journals.`);
    return { item: draftOf(journal, entry), content: { text: entry.text } };
  },
});

function* pages(
  journal: string,
  entries: Entry[],
  broken: NonNullable<Page<Position>["failures"]>,
  after: string | undefined,
): Generator<Page<Position>> {
  let start = after === undefined ? 0 : entries.findIndex((entry) => entry.id > after);
  if (start < 0) start = entries.length;
  do {
    const part = entries.slice(start, start + PAGE);
    start += PAGE;
    const last = start >= entries.length;
    yield {
      upserts: part.map((entry) => draftOf(journal, entry)),
      failures: last ? broken : [],
      cursor: last ? {} : { after: part.at(-1)?.id },
      progress: { done: Math.min(start, entries.length), total: entries.length },
    };
  } while (start < entries.length);
}

function draftOf(journal: string, entry: Entry): Draft {
  const digest = createHash("sha256").update(JSON.stringify(entry)).digest("base64url");
  return {
    id: `${journal}/${entry.id}`,
    kind: "entry",
    title: entry.title,
    version: digest.slice(0, 22),
    container: journal,
    updatedAt: entry.updatedAt,
    authors: entry.by === undefined ? [] : [`user:${entry.by}`],
    text: entry.text,
  };
}

function isWanted(entry: Entry, authors: string[]): boolean {
  return authors.length === 0 || (entry.by !== undefined && authors.includes(entry.by));
}

/** A walk that comes around to where it began has met everything behind that. */
function isBefore({ id }: Entry, until: Position | undefined): boolean {
  return until === undefined || (until.after !== undefined && id <= until.after);
}

/** What `connect` gives to every other part: here a folder, elsewhere a client of a service. */
async function openFolder(folder: string) {
  const path = await realpath(folder).catch((cause) => {
    throw new ConnectorError("config", `The folder ${folder} cannot be opened.`, {
      hint: `See whether it is there: ls ${JSON.stringify(folder)}`,
      cause,
    });
  });
  return {
    path,
    async journals(): Promise<string[]> {
      return (await readdir(path)).filter((name) => name.endsWith(".jsonl")).sort();
    },
    async read(journal: string) {
      const lines = (await readFile(join(path, journal), "utf8")).split("\n").filter((line) => line.trim() !== "");
      const entries: Entry[] = [];
      const broken: NonNullable<Page<Position>["failures"]> = [];
      for (const [at, line] of lines.entries()) {
        const entry = entryOf(line);
        if (entry) entries.push(entry);
        else broken.push({ id: `${journal}/line ${at + 1}`, error: unreadable(journal, at + 1) });
      }
      return { entries: entries.sort((left, right) => (left.id < right.id ? -1 : 1)), broken };
    },
  };
}

function entryOf(line: string): Entry | undefined {
  try {
    return Entry.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function unreadable(journal: string, line: number): ConnectorError {
  return new ConnectorError("bad_response", `Line ${line} of ${journal} is not an entry.`, {
    hint: `Look at it: sed -n ${line}p ${JSON.stringify(journal)}`,
  });
}
