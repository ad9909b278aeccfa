import type { SlackContext } from "./api.ts";
import type { SlackCursor } from "./cursor.ts";
import { isPaced } from "./history.ts";
import { isEarlier, millisecondsOf, tsAt } from "./time.ts";

const DAY_MS = 24 * 3_600_000;
/** Messages are committed late at times; each walk begins so much before the newest that is known. */
const OVERLAP_MS = 60_000;

type Unfinished = NonNullable<SlackCursor["walk"]>;
/** How far a walk goes, and how far it is. `before` is undefined until the first page was taken. */
export type Plan = Unfinished | (Omit<Unfinished, "before"> & { before?: undefined });

/** Whether this time everything is looked at, or the last days. Apps that may ask once a minute look at those only. */
export function planned(ctx: SlackContext, { newest, floor, deepAt }: SlackCursor): Plan {
  const now = ctx.clock.now().getTime();
  const deep = deepAt === undefined || now - Date.parse(deepAt) >= DAY_MS;
  if (deep && !isPaced(ctx)) return { oldest: floor, deep, taken: 0 };
  const overlap = millisecondsOf(newest ?? floor) - OVERLAP_MS;
  const oldest = isPaced(ctx) && !deep ? tsAt(overlap) : earlier(tsAt(overlap), lookbackOf(ctx));
  return { oldest: isEarlier(oldest, floor) ? floor : oldest, deep, taken: 0 };
}

function earlier(left: string, right: string): string {
  return isEarlier(left, right) ? left : right;
}

/** Where the days begin that every sync looks at. */
export function lookbackOf({ clock, config }: SlackContext): string {
  return tsAt(clock.now().getTime() - config.threadLookbackDays * DAY_MS);
}

/** What the options no longer reach back to is not known any more. */
export function narrowed(cursor: SlackCursor, floor: string): SlackCursor {
  const isNarrower = isEarlier(cursor.floor, floor);
  const known = Object.entries(cursor.known).filter(([ts]) => !isNarrower || !isEarlier(ts, floor));
  return { ...cursor, floor, known: Object.fromEntries(known) };
}
