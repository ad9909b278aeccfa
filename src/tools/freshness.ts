import type { SourceStats } from "../store/store.ts";
import type { Desk } from "./desk.ts";
import { ago } from "./time.ts";

const KEPT_MS = 2000;
/** So many sources are named, the rest counted. */
const NAMED = 4;
const kept = new WeakMap<Desk["store"], Map<string, { until: number; note: Promise<string> }>>();

/** How current the stored copy is, in one sentence: "notes and mail synced 4 min ago; work not synced yet, syncing now". */
export function freshness(desk: Desk, sources: readonly string[] | undefined): Promise<string> {
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

async function describe(desk: Desk, sources: readonly string[] | undefined): Promise<string> {
  const names = sources ?? enabledSources(desk);
  if (names.length === 0) return "No source is configured. Add one with: headwater add";
  const stats = new Map((await desk.store.stats([...names])).map((each) => [each.source, each]));
  return names.length <= NAMED ? each(names, stats) : crowd(names.map((name) => stats.get(name)));
}

/** The sources that are switched on, in the order of the configuration. */
export function enabledSources(desk: Desk): string[] {
  return desk.sources
    .all()
    .filter((entry) => entry.settings.enabled)
    .map((entry) => entry.id);
}

/** Those of which the same is true are told together. */
function each(names: readonly string[], stats: ReadonlyMap<string, SourceStats>): string {
  const alike = new Map<string, string[]>();
  for (const name of names) {
    const standing = standingOf(stats.get(name));
    alike.set(standing, [...(alike.get(standing) ?? []), name]);
  }
  return [...alike].map(([standing, alikes]) => `${listed(alikes)} ${standing}`).join("; ");
}

/** "synced 4 min ago, syncing now" */
export function standingOf(stats: SourceStats | undefined): string {
  const synced = stats?.lastSyncedAt ? `synced ${ago(stats.lastSyncedAt)}` : "not synced yet";
  const run = stats?.lastRun;
  if (run?.state === "running") return `${synced}, syncing now`;
  if (run?.state === "failed") return `${synced}, the last sync failed ${ago(run.endedAt)} (see sync_status)`;
  return missesSomething(run) ? `${synced}, not all of it (see sync_status)` : synced;
}

/** Single items that could not be read are no reason to doubt the rest. */
function missesSomething(run: SourceStats["lastRun"]): boolean {
  if (run?.state !== "partial") return false;
  return run.notes.length > 0 || run.failures.some(({ id }) => id === undefined);
}

/** "a, b and c" */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function crowd(stats: (SourceStats | undefined)[]): string {
  const times = stats.flatMap((one) => (one?.lastSyncedAt ? [one.lastSyncedAt] : [])).sort();
  const never = stats.length - times.length;
  const inState = (state: string) => stats.filter((one) => one?.lastRun?.state === state).length;
  return [
    times.length > 0 && `${times.length} sources synced, the oldest ${ago(times[0])}, the newest ${ago(times.at(-1))}`,
    never > 0 && `${never} not synced yet`,
    inState("running") > 0 && `${inState("running")} syncing now`,
    inState("failed") > 0 && `${inState("failed")} failed (see list_sources)`,
  ]
    .filter(Boolean)
    .join("; ");
}
