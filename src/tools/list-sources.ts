import { z } from "zod";
import type { SourceEntry } from "../sources/source.ts";
import type { SourceStats } from "../store/store.ts";
import { nextSync } from "../sync/schedule.ts";
import { defineTool } from "./define.ts";
import type { Desk } from "./desk.ts";
import { ago, comes } from "./time.ts";

const Source = z.object({
  source: z.string(),
  connector: z.string(),
  enabled: z.boolean(),
  items: z.number(),
  kinds: z.record(z.string(), z.number()),
  failures: z.number(),
  last_sync: z.string().optional(),
  next_sync: z.string().optional(),
  state: z.string(),
});
type Source = z.output<typeof Source>;

/** Everything that is configured, with what the store holds of it. */
export const listSources = defineTool({
  name: "list_sources",
  title: "List sources",
  description: "What can be searched: every configured source with its item counts, last sync and failures.",
  input: z.object({}),
  output: z.object({ sources: z.array(Source) }),
  effects: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  async run(_args, { desk }) {
    const sources = await catalogue(desk);
    return { output: { sources }, text: catalogueText(sources) };
  },
});

/** Every configured source with what the store holds of it. */
export async function catalogue(desk: Desk): Promise<Source[]> {
  const stats = new Map((await desk.store.stats()).map((each) => [each.source, each]));
  const now = new Date();
  return Promise.all(
    desk.sources.all().map(async (entry) => {
      const next = await nextSync(desk.store, entry, now).catch(() => undefined);
      return sourceOf(entry, stats.get(entry.id), next);
    }),
  );
}

function sourceOf(entry: SourceEntry, stats: SourceStats | undefined, next: string | undefined): Source {
  const kinds = Object.entries(stats?.byKind ?? {}).sort((left, right) => right[1] - left[1]);
  return {
    source: entry.id,
    connector: entry.connectorId,
    enabled: entry.settings.enabled,
    items: stats?.items ?? 0,
    kinds: Object.fromEntries(kinds.slice(0, 8)),
    failures: stats?.failures ?? 0,
    last_sync: stats?.lastSyncedAt,
    next_sync: next,
    state: entry.settings.enabled ? (stats?.lastRun?.state ?? "never synced") : "disabled",
  };
}

/** The same as Markdown. */
export function catalogueText(sources: Source[]): string {
  if (sources.length === 0)
    return "No source is configured yet. Add one with: headwater add files, or let it look around with: headwater init";
  return sources
    .map(({ source, connector, items, kinds, failures, last_sync, next_sync, state }) => {
      const held = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`);
      const detail = held.length > 0 ? ` (${held.join(", ")})` : "";
      const trouble = failures > 0 ? `, ${failures} failures` : "";
      const next = next_sync === undefined ? "" : `, next sync ${comes(next_sync)}`;
      return `- **${source}** (${connector}): ${items} items${detail}; synced ${ago(last_sync)}, ${state}${trouble}${next}`;
    })
    .join("\n");
}
