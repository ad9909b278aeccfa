import type { Entry } from "../model/index.ts";
import type { Place } from "../store/store.ts";
import type { Job } from "./job.ts";
import { patiently } from "./patience.ts";

/** The feeds of a source: itself, or one per container that it lists now. Containers that are gone lose their items. */
export async function placesOf(job: Job): Promise<Place[]> {
  const source = job.source.id;
  if (job.source.connector.scope === "source") return [{ source }];
  const entries = await patiently(job, () => listed(job));
  for (const { id, name } of entries) job.report.called(id, name);
  const wanted = job.options.containers;
  const unknown = wanted?.filter((id) => !entries.some((entry) => entry.id === id)) ?? [];
  for (const id of unknown) job.report.gap(`${source} has no container "${id}".`);
  if (!job.options.dryRun) {
    const known = new Map((await job.store.containers(source)).map(({ id, name }) => [id, name]));
    await job.store.setContainers(
      source,
      job.fence,
      entries.map(({ id, name, url, access }) => ({
        id,
        name,
        ...(url !== undefined && { url }),
        ...(access !== undefined && { access: normalAccess(access) }),
      })),
    );
    if (wanted === undefined) await loseVanished(job, new Set(entries.map((entry) => entry.id)), known);
  }
  return entries
    .filter((entry) => wanted === undefined || wanted.includes(entry.id))
    .map((entry) => ({ source, container: entry.id }));
}

async function listed(job: Job): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of job.source.connector.list(job.ctx)) entries.push(entry);
  return entries;
}

function normalAccess(access: NonNullable<Entry["access"]>) {
  return access === "everyone" ? access : { allow: access.allow, deny: access.deny ?? [] };
}

/** Items of a container that is no longer listed are hidden, and removed after the grace of 7 days. */
async function loseVanished(job: Job, listed: Set<string>, names: Map<string, string>): Promise<void> {
  const source = job.source.id;
  const places = await job.store.places(source);
  if (listed.size === 0 && job.options.acceptDeletions !== true && (await anyFollowed(job, places))) {
    job.report.gap(
      `${source} names no container at all any more. That looks too few to be true, so nothing was hidden. ` +
        `If it is right: headwater sync ${source} --accept-deletions`,
    );
    return;
  }
  for (const place of places) {
    if (place.container === undefined || listed.has(place.container)) continue;
    const lost = await hideItems(job, place, place.container);
    await forgetPosition(job, place);
    if (lost === 0) continue;
    const items = lost === 1 ? "its one item is" : `its ${lost} items are`;
    job.report.note(
      `${names.get(place.container) ?? place.container} is gone, or not shown to ${source} any more: ` +
        `${items} hidden, and removed in 7 days unless it comes back.`,
    );
  }
}

async function hideItems(job: Job, place: Place, container: string): Promise<number> {
  let [hidden, cursor] = [0, undefined as string | undefined];
  do {
    const page = await job.store.items({
      sources: [job.source.id],
      containers: [container],
      limit: 500,
      viewer: "everything",
      ...(cursor !== undefined && { cursor }),
    });
    const lost = page.items.map((item) => item.id);
    const batch = { upserts: [], seenRows: [], deletes: [], lost, failures: [] };
    const counts = await job.store.applyLoose(place, job.fence, batch, job.clock.now().toISOString());
    job.report.add({ lost: counts.lost });
    hidden += counts.lost;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return hidden;
}

/** Whether any of these places was walked since it last vanished. */
async function anyFollowed(job: Job, places: Place[]): Promise<boolean> {
  for (const place of places) if ((await job.store.progress(place)).cursor !== undefined) return true;
  return false;
}

/** A container that comes back is walked anew: a feed of changes would not bring back what was hidden. */
async function forgetPosition(job: Job, place: Place): Promise<void> {
  const { cursor } = await job.store.progress(place);
  if (cursor === undefined) return;
  await job.store.beginPass(place, job.fence, job.clock.now().toISOString(), "start");
  await job.store.dropPass(place, job.fence);
}
