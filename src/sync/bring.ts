import pLimit from "p-limit";
import { addCounts, type Counts, NO_COUNTS, problemOf } from "../model/index.ts";
import type { Batch, Upsert } from "../store/store.ts";
import type { Job } from "./job.ts";

const AT_ONCE = 4;

/** What became of one item that was asked for by its id. */
export interface Brought {
  id: string;
  container: string | undefined;
  upsert?: Upsert;
  /** The service has no such thing any more, or does not show it. */
  verdict?: "deleted" | "lost";
  error?: unknown;
}

/** Asks for some items, a few at a time, and stores what became of them. */
export async function bringAndStore(
  job: Job,
  ids: readonly string[],
  bring: (job: Job, id: string) => Promise<Brought>,
): Promise<Counts> {
  const atOnce = pLimit(AT_ONCE);
  const brought = await Promise.all(ids.map((id) => atOnce(() => bring(job, id))));
  job.signal.throwIfAborted();
  const byContainer = new Map<string | undefined, Batch>();
  for (const { id, container, upsert, verdict, error } of brought) {
    const batch = byContainer.get(container) ?? { upserts: [], seenRows: [], deletes: [], lost: [], failures: [] };
    byContainer.set(container, batch);
    if (upsert !== undefined) batch.upserts.push(upsert);
    if (verdict === "lost") batch.lost.push(id);
    if (verdict === "deleted") batch.deletes.push(id); // also forgets its failure
    if (error !== undefined) batch.failures.push({ id, problem: problemOf(error) });
  }
  let counts: Counts = { ...NO_COUNTS };
  for (const [container, batch] of byContainer) {
    const place = { source: job.source.id, ...(container !== undefined && { container }) };
    counts = addCounts(counts, await job.store.applyLoose(place, job.fence, batch, job.clock.now().toISOString()));
  }
  job.report.looked(ids.length);
  return counts;
}

/** The container whose feed an item belongs to, where containers have feeds. */
export function feedOf(job: Job, item: { container?: string } | undefined): string | undefined {
  return job.source.connector.scope === "container" ? item?.container : undefined;
}
