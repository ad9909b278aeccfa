import {
  type CompleteRequestParams,
  type CompleteResult,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import type { Desk } from "./desk.ts";
import { LISTED_PROMPTS } from "./prompts.ts";
import { RESOURCE_TEMPLATES } from "./resources.ts";
import type { Surface } from "./surface.ts";

const MOST = 100;
const SINCE = ["24h", "3d", "7d", "30d", "today", "yesterday"];

/** What an argument of a prompt or a resource template could be, given its beginning. */
export async function completeArgument(
  { ref, argument, context }: CompleteRequestParams,
  surface: Surface,
  desk: () => Promise<Desk>,
): Promise<CompleteResult> {
  assertKnown(ref);
  const { name, value } = argument;
  if (name === "source") return answer(startingWith(surface.sources, value));
  if (name === "since") return answer(startingWith(SINCE, value));
  if (name === "connector") return answer(startingWith(surface.connectors, value));
  const source = context?.arguments?.source;
  if (name === "id" && source !== undefined) return answer(await itemIds(await desk(), source, value));
  return answer([]);
}

function assertKnown(ref: CompleteRequestParams["ref"]): void {
  const known =
    ref.type === "ref/prompt"
      ? LISTED_PROMPTS.some((prompt) => prompt.name === ref.name)
      : RESOURCE_TEMPLATES.some((template) => template.uriTemplate === ref.uri);
  if (!known) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is nothing of this name to complete.");
}

function startingWith(words: readonly string[], beginning: string): string[] {
  const wanted = beginning.toLowerCase();
  return words.filter((word) => word.toLowerCase().startsWith(wanted));
}

/** Ids that begin like the value, then ids of items whose title does, among the newest; then what a search finds. */
async function itemIds(desk: Desk, source: string, value: string): Promise<string[]> {
  const wanted = value.toLowerCase();
  const { viewer } = desk;
  const { items } = await desk.store.items({ sources: [source], limit: MOST, viewer });
  const byId = items.filter((item) => item.id.toLowerCase().startsWith(wanted));
  const byTitle = items.filter((item) => item.title.toLowerCase().startsWith(wanted));
  const found = [...byId, ...byTitle].map((item) => item.id);
  if (found.length > 0 || value.trim() === "") return [...new Set(found)];
  const { hits } = await desk.store.search({ query: value, sources: [source], limit: 20, viewer });
  return hits.map((hit) => hit.id);
}

function answer(values: string[]): CompleteResult {
  return { completion: { values: values.slice(0, MOST), total: values.length, hasMore: values.length > MOST } };
}
