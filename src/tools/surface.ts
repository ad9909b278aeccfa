import type { Tool as ListedTool } from "@modelcontextprotocol/server";
import { z } from "zod";
import { cancelSync } from "./cancel-sync.ts";
import type { Tool } from "./define.ts";
import { fetch } from "./fetch.ts";
import { INSTRUCTIONS, PER_SOURCE_INSTRUCTIONS } from "./instructions.ts";
import { listItems } from "./list-items.ts";
import { listSources } from "./list-sources.ts";
import { perSourceTools } from "./per-source.ts";
import { recentChanges } from "./recent-changes.ts";
import { search } from "./search.ts";
import { syncSource } from "./sync-source.ts";
import { syncStatus } from "./sync-status.ts";
import { testSource } from "./test-source.ts";

/** The tools of the default profile, in the order they are always listed. */
const ALL_TOOLS: readonly Tool[] = [
  search,
  fetch,
  listSources,
  listItems,
  recentChanges,
  syncSource,
  syncStatus,
  cancelSync,
  testSource,
];

/** Above this many characters a list of source names is left out of a schema: list_sources tells them. */
const ENUM_LENGTH = 300;
const MANY_TOOLS = 40;

/** "standard": nine tools whatever the number of sources. "per-source": five tools named after each source. */
export const TOOL_PROFILES = ["standard", "per-source"] as const;
export type ToolProfile = (typeof TOOL_PROFILES)[number];

export interface SurfaceOptions {
  version: string;
  /** Names of the sources that are switched on. */
  sources: readonly string[];
  profile?: ToolProfile;
  /** Only these tools, by name. */
  allow?: readonly string[];
  /** Connectors that could be added, for completion. */
  connectors?: readonly string[];
}

/** What a server shows, built once from configuration alone: nothing has to be opened to answer tools/list. */
export interface Surface {
  readonly version: string;
  readonly sources: readonly string[];
  readonly connectors: readonly string[];
  readonly tools: ReadonlyMap<string, Tool>;
  readonly listed: ListedTool[];
  /** What an assistant is told once about working with them. */
  readonly instructions: string;
  /** Sentences for the log. */
  readonly warnings: readonly string[];
}

export function buildSurface(options: SurfaceOptions): Surface {
  const all = options.profile === "per-source" ? perSourceTools(options.sources) : ALL_TOOLS;
  const allowed = options.allow && new Set(options.allow);
  const tools = new Map(all.filter((tool) => allowed?.has(tool.name) ?? true).map((tool) => [tool.name, tool]));
  let listed: ListedTool[] | undefined;
  return {
    version: options.version,
    instructions: options.profile === "per-source" ? PER_SOURCE_INSTRUCTIONS : INSTRUCTIONS,
    sources: options.sources,
    connectors: options.connectors ?? [],
    tools,
    get listed() {
      listed ??= [...tools.values()].map((tool) => listedTool(tool, options.sources));
      return listed;
    },
    warnings: warningsOf(tools, options.allow ?? []),
  };
}

function warningsOf(tools: ReadonlyMap<string, Tool>, allow: readonly string[]): string[] {
  const warnings = allow
    .filter((name) => !tools.has(name))
    .map((name) => `The list of allowed tools names "${name}", which is no tool of this profile.`);
  if (tools.size > MANY_TOOLS)
    warnings.push(
      `${tools.size} tools are served; many assistants grow worse above ${MANY_TOOLS}. ` +
        "Use the default profile or allow fewer tools.",
    );
  return warnings;
}

function listedTool(tool: Tool, sources: readonly string[]): ListedTool {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: withSources(jsonSchema(tool.input, "input"), sources) as ListedTool["inputSchema"],
    outputSchema: jsonSchema(tool.output, "output") as ListedTool["outputSchema"],
    annotations: {
      readOnlyHint: tool.effects.readOnly,
      destructiveHint: tool.effects.destructive,
      idempotentHint: tool.effects.idempotent,
      openWorldHint: tool.effects.openWorld,
    },
  };
}

type Json = { [key: string]: unknown };

/** Short on purpose: every assistant pays for each character in every conversation. */
function jsonSchema(schema: z.ZodObject, io: "input" | "output"): Json {
  return slim(z.toJSONSchema(schema, { io }) as Json, io === "output");
}

/** Bounds that only guard us: who exceeds one is told so. */
const GUARDS = new Set(["$schema", "minLength", "maxLength", "maxItems", "propertyNames"]);

/**
 * Leaves out what costs and says little. Without `additionalProperties: false` a client also accepts answers of a
 * newer server (SDK clients reject the whole call otherwise). The things inside a list of an answer explain themselves.
 */
function slim(node: Json, answers: boolean): Json {
  const kept: Json = {};
  for (const [key, value] of Object.entries(node)) {
    if (GUARDS.has(key) || (key === "additionalProperties" && typeof value === "boolean")) continue;
    if (typeof value === "number" && Math.abs(value) >= 1e9) continue;
    if (answers && key === "items" && isNode(value) && value.type === "object") kept[key] = { type: "object" };
    else kept[key] = isNode(value) ? slim(value, answers) : value;
  }
  return kept;
}

function isNode(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tells the client which names `source` and `sources` take. */
function withSources(schema: Json, sources: readonly string[]): Json {
  const properties = schema.properties as Record<string, Json> | undefined;
  if (!properties || sources.length === 0 || sources.join().length > ENUM_LENGTH) return schema;
  const { source, sources: several } = properties;
  if (source) properties.source = { ...source, enum: sources };
  if (several) properties.sources = { ...several, items: { type: "string", enum: sources } };
  return schema;
}
