import type { SourceEntry } from "../sources/source.ts";
import { openTiming } from "../sources/timing.ts";
import type { Pause, Store } from "../store/store.ts";
import type { StartSync } from "./news.ts";
import { lastPause } from "./pause.ts";
import { type LastRun, Rhythm } from "./rhythm.ts";
import { inTurn, type Workplace } from "./run.ts";

/** Clocks leap and other processes sync: nobody sleeps longer without a look. */
const LONGEST_NAP_MS = 60_000;
/** Another process syncs the source. */
const BUSY_MS = 15_000;

/** What decides about the next run, as the store has it. */
interface Standing {
  last: LastRun | undefined;
  pause: Pause | undefined;
}

/**
 * Syncs a source at its times until `signal`: one run for all that were missed, none while another goes on, the due one
 * after it. Never throws.
 */
export async function followSchedule(
  place: Workplace,
  source: string,
  start: StartSync,
  signal: AbortSignal,
  spreadMs: number,
): Promise<void> {
  const timing = await openTiming(place.sources.get(source).settings).catch(() => undefined); // its mistake was told
  if (timing === undefined) return;
  const now = () => place.clock.now().getTime();
  const rhythm = new Rhythm(timing, spreadMs, now());
  const due = async (): Promise<number | undefined> => {
    const standing = await standingOf(place.store, source).catch(() => undefined);
    if (standing === undefined) return now() + LONGEST_NAP_MS; // the store could not be read; it is asked again
    return rhythm.next(now(), standing.last, standing.pause);
  };
  const startIfDue = async (): Promise<boolean> => {
    const at = await due();
    const began = now();
    if (signal.aborted || at === undefined || at > began) return true;
    const run = start(source, { startedBy: "schedule" }, true);
    const joined = Date.parse(run.report().startedAt) < began;
    const { state } = await run.done;
    if (state !== "skipped" && !joined) rhythm.ran(Math.max(began, at));
    return state !== "skipped";
  };
  while (!signal.aborted) {
    const at = await due();
    if (at === undefined) return;
    const nap = at > now() ? Math.min(at - now(), LONGEST_NAP_MS) : (await inTurn(place, startIfDue)) ? 0 : BUSY_MS;
    if (nap === 0) continue;
    const awake = now() + nap;
    await place.clock.sleep(nap, signal).catch(() => {});
    if (Rhythm.leapt(awake, now())) rhythm.woke(now());
  }
}

/** When a source is synced next by itself while something serves; undefined when only on demand. ISO 8601. */
export async function nextSync(
  store: Pick<Store, "runs" | "pauses">,
  entry: SourceEntry,
  now: Date,
): Promise<string | undefined> {
  const timing = entry.settings.enabled ? await openTiming(entry.settings).catch(() => undefined) : undefined;
  if (timing === undefined) return undefined;
  const { last, pause } = await standingOf(store, entry.id);
  const at = new Rhythm(timing, 0, now.getTime()).next(now.getTime(), last, pause);
  return at === undefined ? undefined : new Date(Math.max(at, now.getTime())).toISOString();
}

async function standingOf(store: Pick<Store, "runs" | "pauses">, source: string): Promise<Standing> {
  const [last] = await store.runs({ source, whole: true, limit: 1 });
  return { last, pause: await lastPause(store, source) };
}
