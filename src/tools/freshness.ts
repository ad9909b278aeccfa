import type { SourceStats } from "../store/store.ts";
import type { Desk } from "./desk.ts";
import { ago } from "./time.ts";

const KEPT_MS = 2000;
const NAMED = 4;
const kept = new WeakMap<Desk["store"], Map<string, { until: number; note: Promise<string> }>>();

/** How current the stored copy is, in one sentence: "notes synced 4 min ago; mail never synced, syncing now". */
export function freshness(desk: Desk, sources: string[] | undefined): Promise<string> {
  const notes = kept.get(desk.store) ?? new Map();
  kept.set(desk.store, notes);
  const key = JSON.stringify(sources?.toSorted() ?? null);
  const known = notes.get(key);
  if (known && known.until > performance.now()) return known.note;
  if (notes.size > 100) notes.clear();
  const note = describe(desk, sources);
  notes.set(key, { until: performance.now() + KEPT_MS, note });
  return note;
}

async function describe(desk: Desk, sources: string[] | undefined): Promise<string> {
  const names = sources ?? enabledSources(desk);
  if (names.length === 0) return "No source is configured. Add one with: headwater add";
  const stats = new Map((await desk.store.stats(names)).map((each) => [each.source, each]));
  if (names.length <= NAMED) return names.map((name) => sentence(name, stats.get(name))).join("; ");
  return crowd(names.map((name) => stats.get(name)));
}

/** The sources that are switched on, in the order of the configuration. */
export function enabledSources(desk: Desk): string[] {
  return desk.sources
    .all()
    .filter((entry) => entry.settings.enabled)
    .map((entry) => entry.id);
}

function sentence(name: string, stats: SourceStats | undefined): string {
  const synced = stats?.lastSyncedAt ? `synced ${ago(stats.lastSyncedAt)}` : "never synced";
  return `${name} ${synced}${stats?.lastRun?.state === "running" ? ", syncing now" : ""}`;
}

function crowd(stats: (SourceStats | undefined)[]): string {
  const times = stats.flatMap((each) => (each?.lastSyncedAt ? [each.lastSyncedAt] : [])).sort();
  const never = stats.length - times.length;
  const running = stats.filter((each) => each?.lastRun?.state === "running").length;
  return [
    times.length > 0 && `${times.length} sources synced, the oldest ${ago(times[0])}`,
    never > 0 && `${never} never synced`,
    running > 0 && `${running} syncing now`,
  ]
    .filter(Boolean)
    .join("; ");
}
