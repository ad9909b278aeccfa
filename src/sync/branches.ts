import type { Page } from "../model/index.ts";
import type { Job } from "./job.ts";

const AT_ONCE = 500;

/** A page with its branches spelled out: what is stored below each goes the way of its top. */
export async function withBranches(job: Job, page: Page<unknown>): Promise<Page<unknown>> {
  const { branches = [], upserts = [], ...rest } = page;
  if (branches.length === 0) return page;
  const ends = { deleted: new Set(page.deletes), lost: new Set(page.lost) };
  const stays = new Set(upserts.map((draft) => draft.id));
  for (const { id, end } of branches) {
    const below = [id];
    for (let parent = below.shift(); parent !== undefined; parent = below.shift()) {
      if (stays.has(parent) || ends[end].has(parent)) continue;
      ends[end].add(parent);
      below.push(...(await idsBelow(job, parent)));
      job.signal.throwIfAborted();
    }
  }
  return { ...rest, upserts, deletes: [...ends.deleted], lost: [...ends.lost] };
}

async function idsBelow(job: Job, parent: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const request = { sources: [job.source.id], parent, limit: AT_ONCE, viewer: "everything" as const };
    const page = await job.store.items({ ...request, ...(cursor !== undefined && { cursor }) });
    for (const item of page.items) ids.push(item.id);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}
