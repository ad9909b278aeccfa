import { ConnectorError, type ErrorKind } from "../model/index.ts";
import { type Brought, bringAndStore, feedOf } from "./bring.ts";
import type { Job } from "./job.ts";
import { isOutOfTime, isSated } from "./job.ts";
import { patiently } from "./patience.ts";
import { asksForPause } from "./pause.ts";
import { readItem } from "./read-item.ts";

const BATCH = 16;
const MAX_ATTEMPTS = 3;
/** Stays as it is until the item or the options change. */
const LASTING: readonly ErrorKind[] = ["too_large", "unsupported"];

/** Brings the bodies that did not come with their page (documents to convert, large texts), and keeps what fails as rows. */
export async function loadBodies(job: Job): Promise<void> {
  const source = job.source.id;
  let afterId: string | undefined;
  for (;;) {
    const due = await job.store.bodiesDue(source, BATCH, afterId);
    if (due.length === 0 || job.signal.aborted) return;
    await bringBodies(
      job,
      due.map((body) => body.id),
    );
    afterId = due.at(-1)?.id;
    if (isSated(job) || isOutOfTime(job)) return;
  }
}

/** Tries again what failed in earlier runs: at most three times, and not what cannot help by itself, unless `always`. */
export async function retryFailures(job: Job, always = false): Promise<void> {
  const all = await job.store.failuresDue(job.source.id, 10_000, always ? Number.MAX_SAFE_INTEGER : MAX_ATTEMPTS);
  const due = always ? all : all.filter((failure) => !LASTING.includes(failure.kind));
  for (let from = 0; from < due.length && !job.signal.aborted; from += BATCH) {
    await bringBodies(
      job,
      due.slice(from, from + BATCH).map((failure) => failure.id),
    );
  }
}

async function bringBodies(job: Job, ids: string[]): Promise<void> {
  const counts = await bringAndStore(job, ids, bringBody);
  // An item that visibly changed was counted with its page; here only what is new is, and what only the body could tell.
  const { added, updated, deleted, lost, failed } = counts;
  job.report.add({ added, updated, deleted, lost, failed });
}

async function bringBody(job: Job, id: string): Promise<Brought> {
  const stored = await job.store.item(job.source.id, id, "everything");
  const container = feedOf(job, stored);
  try {
    const upsert = await patiently(job, () => readItem(job, id, stored), "rate_limited");
    return upsert === undefined ? { id, container } : { id, container: feedOf(job, upsert.item), upsert };
  } catch (error) {
    const known = ConnectorError.from(error);
    if (known.kind === "auth" || known.kind === "cancelled" || known.kind === "rate_limited") throw known;
    if (asksForPause(known)) throw known;
    if (known.kind === "bug") job.ctx.log.warn("body.failed", { id, cause: String(known.cause) });
    if (known.kind === "not_found") {
      const [standing] = await job.store.compare(job.source.id, [{ id, version: "" }]); // also tells of hidden ones
      // Only a listing proves that an item was deleted: until then it is hidden, and comes back when it is listed again.
      return { id, container, verdict: standing?.state === "new" ? "deleted" : "lost" };
    }
    job.report.fail({ id, ...(container !== undefined && { container }) }, known);
    return { id, container, error: known };
  }
}
