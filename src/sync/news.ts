import type { Push, StartedBy, SyncReport } from "../model/index.ts";
import { lastPause, lasts } from "./pause.ts";
import { inTurn, type Workplace } from "./run.ts";
import type { Run, SyncOptions } from "./types.ts";

/** News of one burst is gathered for so long before anything is asked. */
const BURST_MS = 250;
/** While another process syncs the source. */
const BUSY_MS = 5_000;
const LONGEST_NAP_MS = 60_000;
/** Above so many single things the whole source is looked at. */
const MOST_SINGLE = 1_000;

/** Starts a sync and gives its run; shared with the engine so that a source never syncs twice at once. */
export type StartSync = (source: string, options: SyncOptions, bounded: boolean) => Run;

/** What sources said has changed, to be asked of the services soon: each thing once, however often it was said. */
export interface News {
  /** Takes note; the looking follows by itself. Changes that a push carries are not stored, only asked for. */
  tell(source: string, push: Omit<Push<unknown>, "cursor">, startedBy: StartedBy): void;
  /** Settles when everything told so far was looked at, or `signal` of the making stopped it. */
  settled(): Promise<void>;
}

export function createNews(place: Workplace, start: StartSync, signal: AbortSignal): News {
  const desks = new Map<string, Desk>();
  return {
    tell(source, push, startedBy) {
      if (signal.aborted) return;
      const desk = desks.get(source) ?? new Desk();
      desks.set(source, desk);
      desk.add(push, startedBy);
      desk.working ??= work(place, source, desk, start, signal).finally(() => {
        desk.working = undefined;
      });
    },
    async settled() {
      for (let working = workOf(desks); working.length > 0; working = workOf(desks)) await Promise.all(working);
    },
  };
}

function workOf(desks: Map<string, Desk>): Promise<void>[] {
  return [...desks.values()].flatMap((desk) => desk.working ?? []);
}

/** What is to be looked at in one source. */
class Desk {
  items = new Set<string>();
  stale: Set<string> | "all" = new Set();
  startedBy: StartedBy = "live";
  working: Promise<void> | undefined;

  get isEmpty(): boolean {
    return this.items.size === 0 && this.stale !== "all" && this.stale.size === 0;
  }

  add(push: Omit<Push<unknown>, "cursor">, startedBy: StartedBy): void {
    this.startedBy = startedBy;
    const named = [push.refresh, push.deletes, push.lost, push.upserts?.map((draft) => draft.id)];
    for (const id of named.flatMap((ids) => ids ?? [])) this.items.add(id);
    if (push.stale === "all") this.stale = "all";
    else if (this.stale !== "all") for (const container of push.stale ?? []) this.stale.add(container);
    const isTooMuch = this.items.size > MOST_SINGLE || (this.stale !== "all" && this.stale.size > MOST_SINGLE);
    if (!isTooMuch) return;
    this.items.clear();
    this.stale = "all";
  }

  takeItems(): string[] {
    const items = [...this.items];
    this.items.clear();
    return items;
  }

  takeStale(): string[] | "all" {
    const stale = this.stale === "all" ? "all" : [...this.stale];
    this.stale = new Set();
    return stale;
  }
}

/** Looks until nothing is left to look at. Never throws: what goes wrong is in the reports. */
async function work(
  place: Workplace,
  source: string,
  desk: Desk,
  start: StartSync,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && !desk.isEmpty) {
    await nap(place, BURST_MS, signal);
    await untilUnpaused(place, source, signal);
    if (signal.aborted) return;
    const { startedBy } = desk;
    const items = desk.takeItems();
    if (items.length > 0) {
      const report = await inTurn(place, () => start(source, { items, startedBy }, false).done);
      if (mustWait(report)) desk.add({ refresh: items }, startedBy);
      if (mustWait(report)) await nap(place, BUSY_MS, signal);
    }
    const stale = await followed(place, source, desk.takeStale());
    if (stale === "all" || stale.length > 0) {
      const options = { ...(stale !== "all" && { containers: stale }), startedBy };
      const report = await inTurn(place, () => freshRun(place, source, options, start));
      if (mustWait(report)) desk.add({ stale }, startedBy);
      if (mustWait(report)) await nap(place, BUSY_MS, signal);
    }
  }
}

/** The places among those named that have a feed here; containers that the options leave out have none. */
async function followed(place: Workplace, source: string, stale: string[] | "all"): Promise<string[] | "all"> {
  if (stale === "all" || stale.length === 0) return stale;
  try {
    if ((await place.sources.open(source)).connector.scope === "source") return "all";
    const known = new Set((await place.store.containers(source)).map((container) => container.id));
    return known.size === 0 ? "all" : stale.filter((container) => known.has(container));
  } catch {
    return "all"; // the run tells what is wrong
  }
}

/** Nothing was asked: another process syncs the source, or the service wants to be left alone. */
function mustWait(report: SyncReport): boolean {
  return report.state === "skipped" || report.pausedUntil !== undefined;
}

/** A run that began after now: one already under way may have passed the changed place before the news came. */
export async function freshRun(
  place: Workplace,
  source: string,
  options: SyncOptions,
  start: StartSync,
): Promise<SyncReport> {
  const arrived = place.clock.now().getTime();
  const report = await start(source, options, true).done;
  return Date.parse(report.startedAt) < arrived ? start(source, options, true).done : report;
}

async function untilUnpaused(place: Workplace, source: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const pause = await lastPause(place.store, source).catch(() => undefined);
    const now = place.clock.now();
    if (!lasts(pause, now)) return;
    await nap(place, Math.min(Date.parse(pause.until) - now.getTime(), LONGEST_NAP_MS), signal);
  }
}

async function nap(place: Workplace, ms: number, signal: AbortSignal): Promise<void> {
  await place.clock.sleep(ms, signal).catch(() => {});
}
