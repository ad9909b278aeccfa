import type { From } from "../kit/index.ts";
import type { DriveContext } from "./api.ts";
import { placeById } from "./places.ts";
import { PlaceWalk } from "./sync.ts";

/** What there is now, by its ids: the listing of a first sync, of which nothing is read but names. */
export async function* idsOf(ctx: DriveContext, from: From<never>): AsyncGenerator<string[]> {
  const place = await placeById(ctx, from.container ?? "");
  const walk = new PlaceWalk(ctx, place, { ...(from.since !== undefined && { since: from.since }) });
  for await (const page of walk.whole()) {
    const ids = [...(page.upserts ?? []).map((item) => item.id), ...(page.failures ?? []).map((one) => one.id)];
    if (ids.length > 0) yield ids;
  }
}
