import { z } from "zod";
import type { SourceEntry } from "../sources/source.ts";
import type { Pause, SourceStats } from "../store/store.ts";
import { nextSync } from "../sync/schedule.ts";
import { defineTool } from "./define.ts";
import type { Desk } from "./desk.ts";
import { type Fitted, fitting } from "./fit.ts";
import { ago, comes, grouped } from "./time.ts";

const Source = z.object({
  source: z.string(),
  connector: z.string(),
  enabled: z.boolean(),
  items: z.number(),
  kinds: z.record(z.string(), z.number()).optional(),
  failures: z.number().optional(),
  last_sync: z.string().optional(),
  next_sync: z.string().optional(),
  /** How the last sync ended, "running", "not synced yet" or "disabled". */
  state: z.string(),
  /** What keeps it from being current, or what to do next. */
  note: z.string().optional(),
});
type Source = z.output<typeof Source>;

const Output = z.object({ sources: z.array(Source), left_out: z.number().optional() });

/** Kinds told of each source, and how many sources: the fullest answer first. */
const LEVELS = [8, 4, 0].map((kinds) => ({ kinds, sources: Number.POSITIVE_INFINITY }));
const SHORTER = [200, 100, 50, 20, 10, 5].map((sources) => ({ kinds: 0, sources }));

/** Everything that is configured, with what the store holds of it. */
export const listSources = defineTool({
  name: "list_sources",
  title: "List sources",
  description: "What can be searched: every configured source with its item counts, last sync and failures.",
  input: z.object({}),
  output: Output,
  effects: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  async run(_args, { desk }) {
    return catalogueWithin(await catalogue(desk), desk.resultTokens);
  },
});

/** As many sources, with as many kinds, as the tokens allow. */
export function catalogueWithin(sources: Source[], tokens: number): Fitted<z.output<typeof Output>> {
  return fitting(tokens, [...LEVELS, ...SHORTER], (level) => {
    const shown = sources.slice(0, level.sources).map((each) => withKinds(each, level.kinds));
    const leftOut = sources.length - shown.length;
    const more = `\n… and ${grouped(leftOut)} more: headwater sources lists them all.`;
    return {
      output: { sources: shown, left_out: leftOut > 0 ? leftOut : undefined },
      text: catalogueText(shown) + (leftOut > 0 ? more : ""),
    };
  });
}

function withKinds({ kinds, ...source }: Source, most: number): Source {
  const listed = Object.entries(kinds ?? {}).slice(0, most);
  return listed.length > 0 ? { ...source, kinds: Object.fromEntries(listed) } : source;
}

/** Every configured source with what the store holds of it. */
export async function catalogue(desk: Desk): Promise<Source[]> {
  const stats = new Map((await desk.store.stats()).map((each) => [each.source, each]));
  const pauses = new Map((await desk.store.pauses()).map((each) => [each.source, each]));
  const now = new Date();
  return Promise.all(
    desk.sources.all().map(async (entry) => {
      const next = await nextOf(desk, entry, now);
      return sourceOf(entry, stats.get(entry.id), next, pauses.get(entry.id));
    }),
  );
}

/** When the source is synced next by itself; nothing while that cannot be told, or nobody here does it. */
export function nextOf(desk: Desk, entry: SourceEntry, now: Date): Promise<string | undefined> {
  if (desk.keepsCurrent !== true) return Promise.resolve(undefined);
  return nextSync(desk.store, entry, now).catch(() => undefined);
}

function sourceOf(
  entry: SourceEntry,
  stats: SourceStats | undefined,
  next: string | undefined,
  pause: Pause | undefined,
): Source {
  const kinds = Object.entries(stats?.byKind ?? {}).sort((left, right) => right[1] - left[1]);
  const known = stats?.lastRun?.state ?? (stats?.lastSyncedAt === undefined ? "not synced yet" : "succeeded");
  return {
    source: entry.id,
    connector: entry.connectorId,
    enabled: entry.settings.enabled,
    items: stats?.items ?? 0,
    kinds: Object.fromEntries(kinds),
    failures: stats?.failures || undefined,
    last_sync: stats?.lastSyncedAt,
    next_sync: next,
    state: entry.settings.enabled ? known : "disabled",
    note: entry.settings.enabled ? noteOf(entry.id, known, stats, pause) : "switched off in the configuration",
  };
}

/** What stands in the way of a current copy, with the next step. */
function noteOf(
  source: string,
  state: string,
  stats: SourceStats | undefined,
  pause: Pause | undefined,
): string | undefined {
  const failures = stats?.failures ?? 0;
  if (state === "running") return `syncing now, ${grouped(stats?.lastRun?.done ?? 0)} looked at`;
  if (pause !== undefined && Date.parse(pause.until) > Date.now()) return pause.reason;
  if (stats?.lastSyncedAt === undefined && state !== "failed") return "call sync_source to begin";
  if (state === "failed") return `the last sync failed ${ago(stats?.lastRun?.endedAt)}: sync_status tells why`;
  if (failures > 0) return `${grouped(failures)} could not be read: headwater failures ${source}`;
  return state === "partial" ? "the last sync did not see everything: sync_status tells why" : undefined;
}

/** The same as Markdown. */
export function catalogueText(sources: Source[]): string {
  if (sources.length === 0)
    return "No source is configured yet. Add one with: headwater add files, or let it look around with: headwater init";
  return sources.map(lineOf).join("\n");
}

function lineOf({ source, connector, items, kinds, last_sync, next_sync, note }: Source): string {
  const held = Object.entries(kinds ?? {}).map(([kind, count]) => `${kind} ${grouped(count)}`);
  const counts = `${grouped(items)} ${items === 1 ? "item" : "items"}${held.length > 0 ? ` (${held.join(", ")})` : ""}`;
  const facts = [
    last_sync === undefined ? "not synced yet" : `${counts}; synced ${ago(last_sync)}`,
    note,
    next_sync === undefined ? undefined : `next sync ${comes(next_sync)}`,
  ];
  return `- **${source}** (${connector}): ${facts.filter(Boolean).join("; ")}`;
}
