import type { OpenSource } from "../sources/source.ts";
import type { Upsert } from "../store/store.ts";
import { LEASE_MS, type Workplace } from "./run.ts";

const PATIENCE_MS = 2_000;

/**
 * Stores items that came outside a sync. A sync that holds the source brings them itself, so after a short wait
 * nothing is written and the answer is false.
 */
export async function storeLoose(place: Workplace, source: OpenSource, upserts: Upsert[]): Promise<boolean> {
  if (upserts.length === 0) return true;
  const until = place.clock.now().getTime() + PATIENCE_MS;
  let lease = await place.store.lease(source.id, place.leaseMs ?? LEASE_MS);
  while (lease === undefined && place.clock.now().getTime() < until) {
    await place.clock.sleep(100);
    lease = await place.store.lease(source.id, place.leaseMs ?? LEASE_MS);
  }
  if (lease === undefined) return false;
  try {
    for (const upsert of upserts) {
      const container = source.connector.scope === "container" ? upsert.item.container : undefined;
      const batch = { upserts: [upsert], seenRows: [], deletes: [], lost: [], failures: [] };
      const at = place.clock.now().toISOString();
      await place.store.applyLoose(
        { source: source.id, ...(container !== undefined && { container }) },
        lease.fence,
        batch,
        at,
      );
    }
    return true;
  } finally {
    await lease.release();
  }
}
