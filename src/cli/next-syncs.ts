import { existsSync } from "node:fs";
import { join } from "node:path";
import type { App } from "../app.ts";
import { nextSync } from "../sync/schedule.ts";
import { comes, wallTime } from "./times.ts";

const EMPTY = { runs: async () => [], pauses: async () => [] };

/** When each source is synced next by itself while something serves, ISO 8601; makes no store, and does without one it cannot read. */
export async function nextSyncs(app: App): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const now = new Date();
  for (const { entry, mistakes } of app.config.sources) {
    if (mistakes.length > 0) continue;
    const { tenant } = entry.settings;
    const isStored = existsSync(join(app.dataFolder, `${tenant}.db`));
    const store = isStored
      ? await app.desk(tenant).then(
          (desk) => desk.store,
          () => EMPTY,
        )
      : EMPTY;
    const next = await nextSync(store, entry, now).catch(() => undefined);
    if (next !== undefined) found.set(entry.id, next);
  }
  return found;
}

/** "next in 12 min (14:02)"; "due now" when its time has come and nobody has done it yet. */
export function nextWords(next: string | undefined, now = Date.now()): string {
  if (next === undefined) return "";
  return Date.parse(next) <= now ? "due now" : `next ${comes(next, now)} (${wallTime(next, now)})`;
}

/** What to do about sources that are due while nothing syncs them. */
export const DUE_HINT =
  "Sources that are due are synced while headwater serves: headwater serve --schedule, or now: headwater sync";
