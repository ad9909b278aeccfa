import { ConnectorError, type Push } from "../model/index.ts";
import type { OpenSource } from "../sources/source.ts";
import type { Batch } from "../store/store.ts";
import { freshRun, type News, type StartSync } from "./news.ts";
import { pauseBefore } from "./reaction.ts";
import { checkedItem } from "./read-item.ts";
import { inTurn, LEASE_MS, type Workplace } from "./run.ts";
import { followSchedule } from "./schedule.ts";
import { transform } from "./transform.ts";

/** What the watching of a source needs of the engine. */
export interface Watching {
  start: StartSync;
  news: News;
  /** This source's own small delay where others are due at the same moment. */
  spreadMs: number;
}

/** Follows the schedule and the live news of one source until `signal`. Never throws. */
export async function watchSource(
  place: Workplace,
  source: string,
  watching: Watching,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([
    followSchedule(place, source, watching.start, signal, watching.spreadMs),
    followNews(place, source, watching, signal),
  ]);
}

/** Subscribes first, then catches up, then takes what comes: nothing falls between. Subscribes again after a break. */
async function followNews(place: Workplace, source: string, watching: Watching, signal: AbortSignal): Promise<void> {
  for (let breaks = 1; !signal.aborted; breaks++) {
    try {
      const open = await place.sources.open(source);
      if (open.connector.live === undefined) return;
      if (await takeNews(place, open, watching, signal)) return;
      breaks = 1;
    } catch (error) {
      if (signal.aborted) return;
      const known = ConnectorError.from(error);
      if (known.kind === "config" || known.kind === "auth" || known.kind === "unsupported") return; // the next sync tells why
      await nap(place, pauseBefore(Math.min(breaks, 8), known.retryAfterMs), signal);
    }
  }
}

/** True when the connector has nothing to follow. */
async function takeNews(
  place: Workplace,
  open: OpenSource,
  { start, news: told }: Watching,
  signal: AbortSignal,
): Promise<boolean> {
  const news = open.connector.live?.(open.context(signal), {});
  if (news === undefined) return true;
  try {
    const subscribed = await news.next();
    if (subscribed.done) return true;
    await inTurn(place, () => freshRun(place, open.id, { startedBy: "live" }, start));
    for await (const push of news) {
      await takePush(place, open, push, told);
      if (signal.aborted) return true;
    }
    if (signal.aborted) return true;
    throw new ConnectorError("unavailable", `The live feed of ${open.id} ended.`);
  } finally {
    await news.return(undefined).catch(() => {});
  }
}

async function takePush(place: Workplace, open: OpenSource, push: Push<unknown>, news: News): Promise<void> {
  if (carriesChanges(push)) await storePush(place, open, push);
  const { stale, refresh } = push;
  if (stale === undefined && refresh === undefined) return;
  news.tell(open.id, { ...(stale !== undefined && { stale }), ...(refresh !== undefined && { refresh }) }, "live");
}

function carriesChanges(push: Push<unknown>): boolean {
  return [push.upserts, push.deletes, push.lost].some((list) => (list?.length ?? 0) > 0);
}

async function storePush(place: Workplace, open: OpenSource, push: Push<unknown>): Promise<void> {
  const lease = await place.store.lease(open.id, place.leaseMs ?? LEASE_MS);
  if (lease === undefined)
    throw new ConnectorError("unavailable", "A sync holds the source; the news is fetched again.");
  try {
    const upserts = (push.upserts ?? []).flatMap((draft) => {
      const item = checkedItem(open.id, draft);
      return transform(open, { item, ...(item.text !== undefined && { text: item.text }) }) ?? [];
    });
    const containers = new Set(upserts.map((upsert) => upsert.item.container));
    const container = open.connector.scope === "container" && containers.size === 1 ? [...containers][0] : undefined;
    const batch: Batch = { upserts, seenRows: [], deletes: push.deletes ?? [], lost: push.lost ?? [], failures: [] };
    const at = place.clock.now().toISOString();
    await place.store.applyLoose(
      { source: open.id, ...(container !== undefined && { container }) },
      lease.fence,
      batch,
      at,
    );
  } finally {
    await lease.release();
  }
}

async function nap(place: Workplace, ms: number, signal: AbortSignal): Promise<void> {
  await place.clock.sleep(ms, signal).catch(() => {});
}
