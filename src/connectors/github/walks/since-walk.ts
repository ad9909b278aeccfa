import { z } from "zod";
import type { Answer, HttpRequest } from "../../kit/index.ts";
import type { GithubContext } from "../api.ts";
import { nextLink } from "./next-link.ts";
import { floorOf, isBefore, isSettled, lookBack, newest, overlapOf } from "./overlap.ts";

/** Where a listing in ascending order of updates stands. */
export const SinceState = z.object({
  /** The newest update met. */
  highWater: z.string().optional(),
  /** The request that goes on: from this time … */
  since: z.string().optional(),
  /** … or at this address, among more than a page of entries of one second. */
  link: z.string().optional(),
  /** Of the answer to the request that goes on, when it was the last page: nothing new as long as it stays. */
  etag: z.string().optional(),
  /** The last request of a walk whose overlap is longer than a page: enough to ask once nothing can surface late any more. */
  tail: z.object({ since: z.string().optional(), link: z.string().optional(), etag: z.string() }).optional(),
  /** The listing was read to its end. */
  ended: z.boolean(),
  rereadAt: z.string(),
});
export type SinceState = z.output<typeof SinceState>;

const Page = z.array(z.looseObject({ updated_at: z.string().optional() }));
type Page = z.output<typeof Page>;
const FULL_PAGE = 100;

interface Listing {
  /** Sorted by update, ascending, 100 a page; `since` is added here. */
  request: HttpRequest;
  state: SinceState | undefined;
  floor: string | undefined;
  /** Set while the request leaves out what later ones will not: its ETag says nothing about those. */
  narrowed?: boolean;
}

/**
 * Reads a listing that `since` can begin anywhere. Each request begins at the last time of the page before, not at a page
 * number: an entry that is updated meanwhile moves to the end, and all behind it would move up past a page number.
 */
export async function* sinceWalk(
  ctx: GithubContext,
  listing: Listing,
): AsyncGenerator<{ entries: Page; state: SinceState }> {
  const begin = startOf(ctx, listing);
  let { highWater } = begin;
  let position: Position = { since: begin.since, link: begin.link };
  let boundary: Boundary = { entries: new Set() };
  for await (const answer of answersOf(ctx, listing.request, begin)) {
    const entries = answer.body.filter((entry) => !isIn(boundary, entry));
    boundary = lastSecondOf(answer.body);
    const dates = datesOf(answer.body);
    highWater = newest(highWater, dates.reduce<string | undefined>(newest, undefined));
    if (nextLink(answer) !== undefined) {
      position = positionAfter(answer, dates);
      yield { entries, state: { ...position, highWater, ended: false, rereadAt: begin.rereadAt } };
    } else {
      const known = highWater ?? (listing.narrowed ? dateOf(answer) : undefined);
      yield { entries, state: atEnd(listing, { ...begin, ...position, highWater: known }, answer) };
    }
  }
}

/** The next page begins with these again, unless one was changed meanwhile. */
interface Boundary {
  second?: string | undefined;
  entries: Set<string>;
}

function lastSecondOf(page: Page): Boundary {
  const second = page.at(-1)?.updated_at;
  const last = page.filter((entry) => entry.updated_at === second);
  return { second, entries: new Set(last.map((entry) => JSON.stringify(entry))) };
}

function isIn({ second, entries }: Boundary, entry: Page[number]): boolean {
  return entry.updated_at === second && entries.has(JSON.stringify(entry));
}

type Position = Pick<SinceState, "since" | "link">;

function startOf(ctx: GithubContext, { state, floor }: Listing): SinceState {
  const now = ctx.clock.now().toISOString();
  if (state === undefined) return { since: floorOf(floor), ended: false, rereadAt: now };
  if (!state.ended || state.highWater === undefined) return state;
  if (state.tail !== undefined && isSettled(state.highWater, ctx.clock.now())) return { ...state, ...state.tail };
  const look = lookBack(state.highWater, state.rereadAt, ctx.clock.now());
  if (look.rereadAt === state.rereadAt || state.since === undefined) return { ...state, rereadAt: look.rereadAt };
  if (!isBefore(look.from, state.since)) return { ...state, rereadAt: look.rereadAt };
  return { ...state, since: look.from, etag: undefined, rereadAt: look.rereadAt };
}

async function* answersOf(
  ctx: GithubContext,
  request: HttpRequest,
  { since, link, etag }: SinceState,
): AsyncGenerator<Answer<Page>> {
  let first = requestFor(request, { since, link });
  if (etag !== undefined) {
    const answer = await ctx.http.changed(first, etag, Page);
    if (answer === undefined) return;
    yield answer;
    if (answer.next === undefined) return;
    first = requestFor(request, positionAfter(answer, datesOf(answer.body)));
  }
  yield* ctx.http.pages(first, Page, (answer) =>
    answer.next === undefined ? undefined : requestFor(request, positionAfter(answer, datesOf(answer.body))),
  );
}

function requestFor(request: HttpRequest, { since, link }: Position): HttpRequest {
  if (link !== undefined) return { url: link, ...(request.realm !== undefined && { realm: request.realm }) };
  return { ...request, query: { ...request.query, since } };
}

/** At the last time of the page; among entries of one second, or where the order is not kept, by the service's own link. */
function positionAfter(answer: Answer<Page>, dates: string[]): Position {
  const [first, last] = [dates[0], dates.at(-1)];
  const sorted = dates.every((date, at) => at === 0 || !isBefore(date, dates[at - 1] as string));
  if (first === undefined || last === undefined || first === last || !sorted)
    return { since: undefined, link: nextLink(answer) };
  return { since: last, link: undefined };
}

/**
 * The last request is the one to repeat: as long as its answer stays the same, nothing was updated. Where it began inside
 * the overlap, the next run begins earlier. A full page would stay the same when another one follows it.
 */
function atEnd(listing: Listing, walk: SinceState, { etag, body }: Answer<Page>): SinceState {
  const { highWater, rereadAt, since, link } = walk;
  const ended = { highWater, ended: true, rereadAt };
  const usable = listing.narrowed || body.length >= FULL_PAGE ? undefined : etag;
  if (highWater === undefined) return { ...ended, since, etag: usable };
  const from = overlapOf(highWater);
  const early = link === undefined && (since === undefined || !isBefore(from, since));
  if (early && usable !== undefined) return { ...ended, since, etag: usable };
  return { ...ended, since: from, ...(usable !== undefined && { tail: { since, link, etag: usable } }) };
}

function datesOf(page: Page): string[] {
  return page.flatMap((entry) => entry.updated_at ?? []);
}

function dateOf(answer: Answer<unknown>): string | undefined {
  const at = Date.parse(answer.headers.get("date") ?? "");
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
