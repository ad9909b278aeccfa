import pLimit from "p-limit";
import { ConnectorError, type ErrorKind, problemOf } from "../model/index.ts";
import type { Batch, Upsert } from "../store/store.ts";
import type { Job } from "./job.ts";
import { isOutOfTime, isSated } from "./job.ts";
import { asksForPause } from "./pause.ts";
import { readItem } from "./read-item.ts";

const AT_ONCE = 4;
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
    await bringAndStore(
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
    await bringAndStore(
      job,
      due.slice(from, from + BATCH).map((failure) => failure.id),
    );
  }
}

async function bringAndStore(job: Job, ids: string[]): Promise<void> {
  const atOnce = pLimit(AT_ONCE);
  const brought = await Promise.all(ids.map((id) => atOnce(() => bringOne(job, id))));
  job.signal.throwIfAborted();
  const byContainer = new Map<string | undefined, Batch>();
  for (const outcome of brought) {
    const batch = byContainer.get(outcome.container) ?? emptyBatch();
    byContainer.set(outcome.container, batch);
    if (outcome.upsert !== undefined) batch.upserts.push(outcome.upsert);
    if (outcome.gone === "stored") batch.lost.push(outcome.id);
    if (outcome.gone === "never stored") batch.deletes.push(outcome.id); // forgets its failure
    if (outcome.error !== undefined) batch.failures.push({ id: outcome.id, problem: problemOf(outcome.error) });
  }
  for (const [container, batch] of byContainer) {
    const place = { source: job.source.id, ...(container !== undefined && { container }) };
    const counts = await job.store.applyLoose(place, job.fence, batch, job.clock.now().toISOString());
    // The item itself was counted with its page, unless it could not be stored then; here only what is new is.
    job.report.add({ added: counts.added, deleted: counts.deleted, lost: counts.lost, failed: counts.failed });
  }
  job.report.looked(ids.length);
}

interface Brought {
  id: string;
  container: string | undefined;
  upsert?: Upsert;
  /** Only a listing proves that an item was deleted: until then it is hidden, and comes back when it is listed again. */
  gone?: "stored" | "never stored";
  error?: unknown;
}

async function bringOne(job: Job, id: string): Promise<Brought> {
  const stored = await job.store.item(job.source.id, id, "everything");
  const container = job.source.connector.scope === "container" ? stored?.container : undefined;
  try {
    const upsert = await readItem(job, id, stored);
    return upsert === undefined ? { id, container } : { id, container: containerOf(job, upsert), upsert };
  } catch (error) {
    const known = ConnectorError.from(error);
    if (known.kind === "auth" || known.kind === "cancelled" || known.kind === "rate_limited") throw known;
    if (asksForPause(known)) throw known;
    if (known.kind === "bug") job.ctx.log.warn("body.failed", { id, cause: String(known.cause) });
    if (known.kind === "not_found") {
      const [standing] = await job.store.compare(job.source.id, [{ id, version: "" }]); // also tells of hidden ones
      return { id, container, gone: standing?.state === "new" ? "never stored" : "stored" };
    }
    job.report.fail({ id, ...(container !== undefined && { container }) }, known);
    return { id, container, error: known };
  }
}

function containerOf(job: Job, upsert: Upsert): string | undefined {
  return job.source.connector.scope === "container" ? upsert.item.container : undefined;
}

function emptyBatch(): Batch {
  return { upserts: [], seenRows: [], deletes: [], lost: [], failures: [] };
}
