import { z } from "zod";
import type { GithubContext } from "../api.ts";
import { floorOf, isBefore, lookBack, newest, overlapOf } from "./overlap.ts";

/** Where a listing in descending order of updates stands. */
export const DescendingState = z.object({
  /** The newest update of the last walk that reached its end. */
  highWater: z.string().optional(),
  /** Of the first page of that walk: nothing new as long as it stays. */
  etag: z.string().optional(),
  /**
   * Entries at the top of that walk, "12@2026-03-02T08:00:00Z": met again inside the overlap, they are no news. Those of the
   * newest second are not among them, because they may change within it once more.
   */
  recent: z.array(z.string()),
  rereadAt: z.string(),
  /** A walk under way; what it found at its top holds once it has reached its end. */
  walk: z
    .object({
      top: z.string().optional(),
      etag: z.string().optional(),
      recent: z.array(z.string()),
      next: z.string(),
    })
    .optional(),
});
export type DescendingState = z.output<typeof DescendingState>;

const MOST_RECENT = 200;

export interface DescendingPage<T> {
  entries: T[];
  next: string | undefined;
  etag?: string | undefined;
}

export interface DescendingListing<T> {
  state: DescendingState | undefined;
  floor: string | undefined;
  /** Undefined: nothing changed since the answer with this ETag. */
  first(etag: string | undefined): Promise<DescendingPage<T> | undefined>;
  /** Eagerly while everything is read, step by step while the end may come with each page. */
  following(next: string, eagerly: boolean): AsyncGenerator<DescendingPage<T>>;
  /** When it was updated, and what it is called. */
  stamp(entry: T): { at: string; key: string };
}

/**
 * Reads a listing from its newest entry down to what is known. The old high-water mark holds until the walk has reached
 * it; the new one is the top of the first page, so that what moves up meanwhile is met by the next walk.
 */
export async function* descendingWalk<T>(
  ctx: GithubContext,
  listing: DescendingListing<T>,
): AsyncGenerator<{ entries: T[]; news: T[]; state: DescendingState }> {
  const now = ctx.clock.now();
  const state = listing.state ?? { recent: [], rereadAt: now.toISOString() };
  const look = state.highWater === undefined ? undefined : lookBack(state.highWater, state.rereadAt, now);
  const line = look?.from ?? floorOf(listing.floor);
  const known = new Set(state.recent);
  const base = { ...state, rereadAt: look?.rereadAt ?? state.rereadAt };
  let walk: Omit<NonNullable<DescendingState["walk"]>, "next"> | undefined = state.walk;
  const conditional = look === undefined || look.rereadAt === state.rereadAt;
  for await (const page of pagesOf(listing, state, conditional)) {
    const stamps = page.entries.map((entry) => listing.stamp(entry));
    walk ??= { top: stamps[0]?.at, etag: page.etag, recent: [] };
    const { top } = walk;
    const fresh = stamps.filter(({ at }) => top !== undefined && at !== top && !isBefore(at, overlapOf(top)));
    walk = { ...walk, recent: [...walk.recent, ...fresh.map(nameOf)].slice(0, MOST_RECENT) };
    const last = stamps.at(-1)?.at;
    const ended = page.next === undefined || (last !== undefined && line !== undefined && isBefore(last, line));
    const news = page.entries.filter((_, at) => !known.has(nameOf(stamps[at] as { at: string; key: string })));
    yield {
      entries: page.entries,
      news,
      state: ended ? closed(base, walk) : { ...base, walk: { ...walk, next: page.next as string } },
    };
    if (ended) return;
  }
}

async function* pagesOf<T>(
  listing: DescendingListing<T>,
  state: DescendingState,
  conditional: boolean,
): AsyncGenerator<DescendingPage<T>> {
  const eagerly = state.highWater === undefined;
  if (state.walk !== undefined) {
    yield* listing.following(state.walk.next, eagerly);
    return;
  }
  const page = await listing.first(conditional ? state.etag : undefined);
  if (page === undefined) return;
  yield page;
  if (page.next !== undefined) yield* listing.following(page.next, eagerly);
}

function closed(state: DescendingState, walk: Omit<NonNullable<DescendingState["walk"]>, "next">): DescendingState {
  const highWater = newest(state.highWater, walk.top);
  return {
    recent: walk.recent,
    rereadAt: state.rereadAt,
    ...(highWater !== undefined && { highWater }),
    ...(walk.etag !== undefined && { etag: walk.etag }),
  };
}

function nameOf({ at, key }: { at: string; key: string }): string {
  return `${key}@${at}`;
}
