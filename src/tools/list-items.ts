import { z } from "zod";
import { type Entry, refOf } from "../model/index.ts";
import { fitsTwice } from "./budget.ts";
import { cleanLine } from "./clean.ts";
import { defineTool, type ToolCall } from "./define.ts";
import { minuteOf } from "./time.ts";
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
      const text = textOf(output);
      if (limit === 1 || fitsTwice(text, output, call.desk.resultTokens)) return { output, text };
    }
  },
});

type Args = z.output<typeof Input>;

async function listLive({ source, parent, limit, cursor }: Args, { desk }: ToolCall): Promise<Output> {
  const page = await desk.engine.list(source, { parent, limit, cursor });
  return { source, items: page.entries.map((entry) => lineOf(source, entry)), next_cursor: page.nextCursor };
}

function lineOf(source: string, entry: Entry): Line {
  return {
    id: entry.id,
    name: cleanLine(entry.name) || cleanLine(entry.id),
    holds: entry.holds,
    fetch: entry.holds === "nothing" ? refOf(source, entry.id) : undefined,
    kind: entry.kind,
    url: entry.url,
    updated_at: entry.updatedAt,
  };
}

/** A viewer who may not see everything is shown the stored copy only: there every item carries who may read it. */
async function listStored({ source, parent, limit, cursor }: Args, { desk }: ToolCall): Promise<Output> {
  const places = parent === undefined ? {} : { containers: [parent] };
  const page = await desk.store.items({ sources: [source], ...places, limit, cursor, viewer: desk.viewer });
  const items = page.items.map((item) => ({
    id: item.id,
    name: cleanLine(item.title) || cleanLine(item.id),
    holds: "nothing",
    fetch: refOf(source, item.id),
    kind: item.kind,
    url: item.url,
    updated_at: item.updatedAt,
  }));
  return { source, items, next_cursor: page.nextCursor };
}

function textOf({ source, items, next_cursor }: Output): string {
  if (items.length === 0) return `Nothing is here in ${source}.`;
  const lines = items.map((line) => {
    const facts = [line.kind, line.holds === "nothing" ? undefined : `holds ${line.holds}`, minuteOf(line.updated_at)];
    const id = cleanLine(line.fetch ?? line.id, 400);
    return `- ${line.name} — ${id} (${facts.filter(Boolean).join(", ")})`;
  });
  const more = next_cursor === undefined ? "" : `\nMore: list_items with cursor "${next_cursor}"`;
  return quotes().block(lines.join("\n"), source) + more;
}
