/** An update may surface after later ones did: each run looks this far behind the newest it knows. */
const OVERLAP_MS = 10 * 60_000;
/** Once a day it looks further back. onyx-dot-app/onyx steps back 3 hours for the same reason. */
const DAILY_OVERLAP_MS = 3 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
/** GitHub began in 2008; `since` at the epoch answers an empty list instead of everything (airbytehq/airbyte#85376). */
const BEGINNING = "2008-01-01T00:00:00Z";

/** Where to look from, and when the long look was last taken. Times are ISO 8601, from the service's clock. */
export function lookBack(highWater: string, rereadAt: string, now: Date): { from: string; rereadAt: string } {
  const daily = isDayOld(rereadAt, now);
  const from = Date.parse(highWater) - (daily ? DAILY_OVERLAP_MS : OVERLAP_MS);
  return { from: seconds(from), rereadAt: daily ? now.toISOString() : rereadAt };
}

/** Whether what is done once a day is to be done again, or was never done. */
export function isDayOld(lastAt: string | undefined, now: Date): boolean {
  return lastAt === undefined || now.getTime() - Date.parse(lastAt) >= DAY_MS;
}

/** Behind which updates of a listing no longer surface. */
export function overlapOf(highWater: string): string {
  return seconds(Date.parse(highWater) - OVERLAP_MS);
}

/** Whether the newest update is so old that none can surface before it any more. */
export function isSettled(highWater: string, now: Date): boolean {
  return now.getTime() - Date.parse(highWater) > DAILY_OVERLAP_MS;
}

/** A lower bound that may be sent to the service; undefined where it would mean everything. */
export function floorOf(since: string | undefined): string | undefined {
  if (since === undefined || Date.parse(since) <= Date.parse(BEGINNING)) return undefined;
  return seconds(Date.parse(since));
}

export function isBefore(left: string, right: string): boolean {
  return Date.parse(left) < Date.parse(right);
}

export function newest(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return isBefore(left, right) ? right : left;
}

/** The form of the service's own times. */
function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
