import type { z } from "zod";
import { defineTool, type Tool } from "./define.ts";
import { fetch } from "./fetch.ts";
import { listItems } from "./list-items.ts";
import { search } from "./search.ts";
import { syncSource } from "./sync-source.ts";
import { testSource } from "./test-source.ts";

const LONGEST_NAME = 64;
const LONGEST_OPERATION = "_search".length;

/** The five operations that every source has, each made from the tool of the default profile. */
const OPERATIONS: Record<string, { tool: Tool; hides: string; bind: (source: string, args: Args) => Args }> = {
  test: { tool: testSource, hides: "source", bind: (source) => ({ source }) },
  list: { tool: listItems, hides: "source", bind: (source, args) => ({ ...args, source }) },
  search: { tool: search, hides: "sources", bind: (source, args) => ({ ...args, sources: [source] }) },
  sync: { tool: syncSource, hides: "source", bind: (source, args) => ({ ...args, source }) },
  fetch: { tool: fetch, hides: "", bind: (source, args) => ({ ...args, id: within(source, String(args.id)) }) },
};

type Args = Record<string, unknown>;

/** `<source>_{test,list,search,sync,fetch}` for every source. */
export function perSourceTools(sources: readonly string[]): Tool[] {
  const taken = new Set<string>();
  return sources.flatMap((source) => {
    const stem = stemOf(source, taken);
    return Object.keys(OPERATIONS).map((operation) => bound(stem, source, operation));
  });
}

/** The source's name in the characters that tool names allow; a number is added where two become alike. */
function stemOf(source: string, taken: Set<string>): string {
  const plain = source.replace(/[^A-Za-z0-9_-]/g, "_") || "source";
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? "" : `_${number}`;
    const stem = plain.slice(0, LONGEST_NAME - LONGEST_OPERATION - suffix.length) + suffix;
    if (taken.has(stem.toLowerCase())) continue;
    taken.add(stem.toLowerCase());
    return stem;
  }
}

function bound(stem: string, source: string, operation: string): Tool {
  const { tool, hides, bind } = OPERATIONS[operation]!;
  const input = hides === "" ? tool.input : (tool.input as z.ZodObject).omit({ [hides]: true } as Record<string, true>);
  return defineTool({
    ...tool,
    name: `${stem}_${operation}`,
    title: `${source}: ${tool.title}`,
    description: `Source ${source}. ${tool.description}`,
    input,
    async run(args, call) {
      const answer = await tool.run(bind(source, args as Args), call);
      // The JSON of search and fetch equals their structured part, and stays.
      return answer.text === undefined || answer.text.startsWith("{")
        ? answer
        : { ...answer, text: withOwnNames(answer.text, stem) };
    },
  });
}

const NAMED =
  /<untrusted-(\w+) [\s\S]*?<\/untrusted-\1>|, cancel_sync stops it|\b(list_items|sync_source|sync_status|test_source|fetch(?= with ))\b/g;
const OWN: Readonly<Record<string, string>> = {
  list_items: "list",
  sync_source: "sync",
  sync_status: "sync",
  test_source: "test",
  fetch: "fetch",
};

/** The next steps by the names of these tools; the words of a source stay as they are. */
function withOwnNames(text: string, stem: string): string {
  return text.replace(NAMED, (all, mark: string | undefined, word: string | undefined) => {
    if (mark !== undefined) return all;
    return word === undefined ? "" : `${stem}_${OWN[word]}`;
  });
}

/** An id of this source with or without its name in front, or an address. */
function within(source: string, id: string): string {
  return id.startsWith(`${source}/`) || id.includes("://") ? id : `${source}/${id}`;
}
