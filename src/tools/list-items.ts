import { z } from "zod";
import { ConnectorError, type Entry, refOf } from "../model/index.ts";
import { fitsTwice } from "./budget.ts";
import { cleanLine } from "./clean.ts";
import { defineTool, type ToolCall } from "./define.ts";
import type { Desk } from "./desk.ts";
import { minuteOf, momentOf } from "./time.ts";
import { quotes } from "./untrusted.ts";

const Input = z.object({
  source: z.string(),
  parent: z.string().max(4000).optional().describe("Id of a container from an earlier answer; none: the top"),
  stored: z.boolean().default(false).describe("List the stored copy, newest first, instead of asking the service"),
  limit: z.number().min(1).max(100).default(50),
  cursor: z.string().max(4000).optional(),
});

const Line = z.object({
  id: z.string(),
  name: z.string(),
  holds: z.string(),
  fetch: z.string().optional(),
  kind: z.string().optional(),
  url: z.string().optional(),
  updated_at: z.string().optional(),
});
type Line = z.output<typeof Line>;

const Output = z.object({ source: z.string(), items: z.array(Line), next_cursor: z.string().optional() });
type Output = z.output<typeof Output>;

/** Browses one source: its containers, then what they hold. */
export const listItems = defineTool({
  name: "list_items",
  title: "List items",
  description:
    "Browse a source like folders: first its containers, then (with parent) what one holds. " +
    "Entries with a fetch id can be read.",
  input: Input,
  output: Output,
  effects: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  async run(args, call) {
    call.desk.sources.get(args.source);
    const restricted = call.desk.viewer !== "everything";
    const list = args.stored || restricted ? listStored : listLive;
    for (let limit = Math.floor(args.limit); ; limit = Math.ceil(limit / 2)) {
      const output = await list({ ...args, limit }, call);
      const text = textOf(output, args);
      if (limit === 1 || fitsTwice(text, output, call.desk.resultTokens)) return { output, text };
    }
  },
});

type Args = z.output<typeof Input>;

async function listLive({ source, parent, limit, cursor }: Args, { desk }: ToolCall): Promise<Output> {
  const page = await desk.engine.list(source, { parent, limit, cursor }).catch((thrown) => {
    throw withWay(ConnectorError.from(thrown), source);
  });
  return { source, items: page.entries.map((entry) => lineOf(source, entry)), next_cursor: page.nextCursor };
}

/** Where a place is not there, the way to those that are. */
function withWay(error: ConnectorError, source: string): ConnectorError {
  if (error.kind !== "not_found" || error.hint !== undefined) return error;
  return new ConnectorError("not_found", error.message, { hint: `See what there is: headwater list ${source}` });
}

function lineOf(source: string, entry: Entry): Line {
  return {
    id: entry.id,
    name: cleanLine(entry.name) || cleanLine(entry.id),
    holds: entry.holds,
    fetch: entry.holds === "nothing" ? refOf(source, entry.id) : undefined,
    kind: entry.kind,
    url: entry.url,
    updated_at: entry.updatedAt && momentOf(entry.updatedAt),
  };
}

/** A viewer who may not see everything is shown the stored copy only: there every item carries who may read it. */
async function listStored({ source, parent, limit, cursor }: Args, { desk }: ToolCall): Promise<Output> {
  const page = await desk.store.items({
    sources: [source],
    ...(await inside(source, parent, desk)),
    limit,
    cursor,
    viewer: desk.viewer,
  });
  const items = page.items.map((item) => ({
    id: item.id,
    name: cleanLine(item.title) || cleanLine(item.id),
    holds: "nothing",
    fetch: refOf(source, item.id),
    kind: item.kind,
    url: item.url,
    updated_at: item.updatedAt && momentOf(item.updatedAt),
  }));
  return { source, items, next_cursor: page.nextCursor };
}

/** What a container holds, by its id or its name; what hangs from an item, by its id. */
async function inside(source: string, parent: string | undefined, { store, viewer }: Desk): Promise<object> {
  if (parent === undefined) return {};
  const places = await store.containers(source);
  const place = places.find(({ id }) => id === parent) ?? places.find(({ name }) => name === parent);
  if (place !== undefined) return { containers: [place.id] };
  const id = parent.startsWith(`${source}/`) ? parent.slice(source.length + 1) : parent;
  const item = await store.item(source, id, viewer);
  return item === undefined ? { containers: [parent] } : { parent: item.id };
}

function textOf({ source, items, next_cursor }: Output, args: Args): string {
  if (items.length === 0) return nothingText(source, args);
  const lines = items.map((line) => {
    const facts = [line.kind, line.holds === "nothing" ? undefined : `holds ${line.holds}`, minuteOf(line.updated_at)];
    const id = cleanLine(line.fetch ?? line.id, 400);
    return `- ${line.name} — ${id} (${facts.filter(Boolean).join(", ")})`;
  });
  const steps = [
    next_cursor !== undefined && `More: list_items with the same arguments and cursor "${next_cursor}"`,
    items.some(({ holds }) => holds !== "nothing") && "Look inside: list_items with parent, the id behind the dash",
    items.some((line) => line.fetch !== undefined) && "Read: fetch with the id behind the dash",
  ];
  return [quotes().block(lines.join("\n"), source), ...steps.filter(Boolean)].join("\n");
}

function nothingText(source: string, { parent, stored, cursor }: Args): string {
  if (cursor !== undefined) return `That was all of ${source}.`;
  const place = parent === undefined ? source : `this part of ${source}`;
  return stored
    ? `Nothing is stored of ${place} yet. sync_source brings it; list_items without stored asks the service itself.`
    : `${source} holds nothing here.`;
}
