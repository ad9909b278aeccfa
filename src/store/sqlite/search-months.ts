import type { Connection } from "./driver.ts";

/** With more tokens than this the index is slower than looking at the items. */
const MOST_TOKENS = 64;

/** The oldest and the newest edit in the store, from the index of each source; undefined where nothing has a date. */
export function datedSpan(connection: Connection): { oldest: number; newest: number } | undefined {
  const span = connection
    .raw(
      `SELECT min((SELECT min(updated_at) FROM items WHERE source = s.id)),
              max((SELECT max(updated_at) FROM items WHERE source = s.id)) FROM sources s`,
    )
    .get();
  if (span === undefined || span[0] === null || span[1] === null) return undefined;
  return { oldest: Number(span[0]), newest: Number(span[1]) };
}

/**
 * The year and month tokens that cover a stretch of time, whole months at both ends; the exact border is checked on the
 * items found. "everything" when the stretch covers the store or is too long for tokens to help.
 */
export function monthTokens(
  connection: Connection,
  since: number | undefined,
  until: number | undefined,
): string[] | "everything" | "nothing" {
  if (since === undefined && until === undefined) return "everything";
  const span = datedSpan(connection);
  if (span === undefined || (since ?? span.oldest) >= (until ?? Number.POSITIVE_INFINITY)) return "nothing";
  const from = Math.max(since ?? span.oldest, span.oldest);
  const to = Math.min(until ?? Number.POSITIVE_INFINITY, span.newest + 1);
  if (from >= to) return "nothing";
  if (from === span.oldest && to === span.newest + 1) return "everything";
  return tokensBetween(from, to, { start: from === span.oldest, end: to === span.newest + 1 }) ?? "everything";
}

/** A year in place of its months where nothing of it lies outside; `open` says at which ends the store has no more. */
function tokensBetween(from: number, to: number, open: { start: boolean; end: boolean }): string[] | undefined {
  const tokens: string[] = [];
  const first = monthOf(from);
  const last = monthOf(to - 1);
  for (let month = first; month <= last; ) {
    if (tokens.length >= MOST_TOKENS) return undefined;
    const year = Math.floor(month / 12);
    const starts = month % 12 === 0 || (open.start && month === first);
    if (starts && (open.end || year * 12 + 11 <= last)) {
      tokens.push(`y${String(year).padStart(4, "0")}`);
      month = (year + 1) * 12;
    } else {
      tokens.push(monthToken(month));
      month += 1;
    }
  }
  return tokens;
}

/** A running number of months in UTC. */
export function monthOf(time: number): number {
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

export function monthToken(month: number): string {
  const year = Math.floor(month / 12);
  return `m${String(year).padStart(4, "0")}${String((month % 12) + 1).padStart(2, "0")}`;
}
