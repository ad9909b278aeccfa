import { ConnectorError } from "../model/index.ts";
import { type Brought, bringAndStore, feedOf } from "./bring.ts";
import type { Job } from "./job.ts";
import { asksForPause } from "./pause.ts";
import { readItem } from "./read-item.ts";

const BATCH = 16;
/** Of one item that is gone; a full pass finds the others. */
const MOST_BELOW = 1_000;

/**
 * Asks the service for items by id and stores what it says now: the item as it is, deleted when there is no such thing
 * any more, lost when it may not be read. What hangs from such an item is asked for as well: services tell of the thread
 * alone. Items that the options leave out are not stored. What fails is kept as a row and tried again by the next sync.
 */
export async function refreshItems(job: Job, ids: readonly string[]): Promise<void> {
  const known = new Set(ids);
  const wanted = [...known];
  const gone: string[] = [];
  const followed = await followedContainers(job);
  const bring = async (one: Job, id: string) => {
    const brought = await bringFresh(one, id, followed);
    if (brought.verdict !== undefined) gone.push(id);
    return brought;
  };
  while (wanted.length > 0) {
    job.report.add(await bringAndStore(job, wanted.splice(0, BATCH), bring));
    for (const id of gone.splice(0))
      for (const below of await idsBelow(job, id)) {
        if (!known.has(below)) wanted.push(below);
        known.add(below);
      }
  }
}

async function idsBelow(job: Job, parent: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined, more = true; more && ids.length < MOST_BELOW; more = cursor !== undefined) {
    const request = { sources: [job.source.id], parent, limit: 100, viewer: "everything" as const };
    const page = await job.store.items({ ...request, ...(cursor !== undefined && { cursor }) });
    ids.push(...page.items.map((item) => item.id));
    cursor = page.nextCursor;
  }
  return ids;
}

/** Undefined where the source is one feed. */
async function followedContainers(job: Job): Promise<Set<string> | undefined> {
  if (job.source.connector.scope !== "container") return undefined;
  return new Set((await job.store.containers(job.source.id)).map((container) => container.id));
}

async function bringFresh(job: Job, id: string, followed: Set<string> | undefined): Promise<Brought> {
  const stored = await job.store.item(job.source.id, id, "everything");
  const container = feedOf(job, stored);
  try {
    const upsert = await readItem(job, id, stored);
    if (upsert === undefined || job.source.connector.covers?.(job.source.config, upsert.item) === false)
      return { id, container };
    if (followed !== undefined && !followed.has(upsert.item.container ?? "")) return { id, container };
    return { id, container: feedOf(job, upsert.item), upsert };
  } catch (error) {
    const known = ConnectorError.from(error);
    if (known.kind === "not_found") return { id, container, verdict: "deleted" };
    if (known.kind === "permission") return { id, container, ...(stored !== undefined && { verdict: "lost" }) };
    const isOfTheSource = ["auth", "config", "cancelled", "rate_limited"].includes(known.kind);
    if (isOfTheSource || asksForPause(known)) throw known;
    if (known.kind === "bug") job.ctx.log.warn("item.failed", { id, cause: String(known.cause) });
    job.report.fail({ id, ...(container !== undefined && { container }) }, known);
    return { id, container, error: known };
  }
}
