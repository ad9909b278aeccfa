import { ConnectorError, type Page } from "../model/index.ts";
import type { Batch, Place } from "../store/store.ts";
import { isOutOfTime, isSated, type Job } from "./job.ts";
import { withNotes } from "./pass-notes.ts";
import { isWorthWaiting, waitAfter } from "./patience.ts";
import { asksForPause } from "./pause.ts";
import { lossGuard } from "./plan.ts";
import { type Attempt, comeAround, isAside, planWalk, type Walk } from "./plan-walk.ts";
import { type PreparedPage, preparePage } from "./prepare.ts";
import { REACTION } from "./reaction.ts";

/** Follows one feed to its end. Every try begins at the stored cursor, so trying again is only calling again. Never throws. */
export async function syncPlace(job: Job, place: Place): Promise<void> {
  let [startOver, startedOver] = [false, false];
  const tries: Tries = { count: 0, guard: new PageGuard(), full: job.options.full === true, joined: false };
  for (;;) {
    tries.count += 1;
    tries.guard.beginTry();
    try {
      return await followFeed(job, place, startOver, tries);
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      if (error.kind === "bug")
        job.ctx.log.warn("place.failed", { container: place.container, cause: String(error.cause) });
      const reaction = REACTION[error.kind];
      startOver = reaction === "restart" && !startedOver; // once per run, or a broken service would loop us
      startedOver ||= startOver;
      if (startOver) {
        tries.guard = new PageGuard();
        tries.aside = undefined;
        continue;
      }
      if (asksForPause(error)) return job.stop(error);
      if (reaction === "stop") job.stop(error);
      if (!isWorthWaiting(error, tries.count) || job.signal.aborted) return fail(job, place, error);
      await waitAfter(job, error, tries.count);
    }
  }
}

interface Tries extends Attempt {
  /** Since the last page of progress. */
  count: number;
  guard: PageGuard;
}

function fail(job: Job, place: Place, error: ConnectorError): void {
  if (error.kind === "cancelled" && job.signal.aborted) return;
  job.report.fail(place.container === undefined ? {} : { container: place.container }, error);
}

async function followFeed(job: Job, place: Place, startOver: boolean, tries: Tries): Promise<void> {
  const walk = await planWalk(job, place, startOver, tries);
  tries.joined = true;
  let atEnd = await walkPages(job, place, pagesOf(job, place, walk), walk, tries);
  if (atEnd && walk.lap?.around === false) {
    comeAround(walk, walk.lap);
    atEnd = await walkPages(job, place, pagesOf(job, place, walk), walk, tries);
  }
  if (!atEnd) return;
  sayGaps(job, place, walk);
  if (!walk.inPass) return;
  if (job.options.dryRun) return expectDeletions(job, place, walk);
  await closePass(job, place, walk);
  // What changed behind the point of resumption would else wait for the next run. A listing has come around to it.
  if (walk.resumed && walk.lap === undefined)
    await followFeed(job, place, false, { count: 0, guard: new PageGuard(), full: false, joined: true });
}

function pagesOf(job: Job, place: Place, walk: Walk): AsyncGenerator<Page<unknown>> {
  const { connector } = job.source;
  const until = walk.lap?.around ? connector.cursor.safeParse(walk.lap.until) : undefined;
  return connector.sync(job.ctx, {
    ...(place.container !== undefined && { container: place.container }),
    ...(walk.cursor !== undefined && { cursor: walk.cursor }),
    ...(job.source.settings.since !== undefined && { since: job.source.settings.since }),
    ...(until?.success && { until: until.data }),
  });
}

/** Reads page after page. False when it stopped before the end of the feed: the pass goes on with the next run. */
async function walkPages(
  job: Job,
  place: Place,
  pages: AsyncGenerator<Page<unknown>>,
  walk: Walk,
  tries: Tries,
): Promise<boolean> {
  const committing = new Committing();
  try {
    for await (const page of pages) {
      if (page.branches !== undefined) await committing.settled(); // what lies below is read from the store
      const prepared = readied(job, await preparePage(job, page, walk.force));
      await committing.settled();
      if (tries.guard.isNew(page)) tries.count = 0;
      if (page.progress?.total !== undefined) job.report.expects(place.container, page.progress.total);
      if (page.incomplete !== undefined) walk.gaps = withReason(walk.gaps, page.incomplete);
      if (job.options.dryRun) expect(job, walk, prepared);
      else committing.start(commit(job, place, prepared, walk, page.cursor));
      if (isAside(job)) walk.cursor = page.cursor;
      else tries.full = false;
      job.signal.throwIfAborted();
      if (isSated(job) || isOutOfTime(job)) {
        await committing.settled();
        return false;
      }
    }
  } finally {
    await committing.settled();
  }
  return true;
}

function sayGaps(job: Job, place: Place, { gaps }: Walk): void {
  if (gaps === undefined) return;
  const where = place.container ? ` in ${job.report.nameOf(place.container)}` : "";
  job.report.gap(`Not everything could be looked at, so nothing was deleted${where}. ${gaps.join(" ")}`);
}

/** Three reasons are enough for a person. */
function withReason(gaps: string[] = [], incomplete: true | { why: string }): string[] {
  if (incomplete === true || gaps.length === 3 || gaps.includes(incomplete.why)) return gaps;
  return [...gaps, incomplete.why];
}

function expect(job: Job, walk: Walk, prepared: PreparedPage): void {
  job.report.add(prepared.expected);
  for (const row of prepared.met) walk.met.add(row);
}

async function commit(job: Job, place: Place, prepared: PreparedPage, walk: Walk, cursor: unknown): Promise<void> {
  for (const batch of prepared.ahead) {
    job.report.add(await job.store.applyLoose(place, job.fence, batch, now(job)));
  }
  if (isAside(job)) {
    job.report.add(await job.store.applyLoose(place, job.fence, prepared.last, now(job)));
    return;
  }
  const options = walk.pass === undefined ? job.digests : withNotes(job.digests, walk.pass, walk);
  const next = { cursor, options };
  job.report.add(await job.store.apply(place, job.fence, prepared.last, next, now(job)));
}

/** Done while the page before is still being written. */
function readied(job: Job, prepared: PreparedPage): PreparedPage {
  const ready = (batch: Batch): Batch => job.store.ready?.(batch) ?? batch;
  return { ...prepared, ahead: prepared.ahead.map(ready), last: ready(prepared.last) };
}

/** One page is written while the next one is read; its error surfaces at the next page. */
class Committing {
  #work: Promise<void> = Promise.resolve();

  start(work: Promise<void>): void {
    work.catch(() => {}); // reported by settled()
    this.#work = work;
  }

  async settled(): Promise<void> {
    const work = this.#work;
    this.#work = Promise.resolve();
    await work;
  }
}

/** A service that gives the same page again and again would keep us for ever. */
class PageGuard {
  /** Pages of all tries: only what none of them met is progress. */
  readonly #known = new Set<string>();
  /** How often each came in this try. */
  #seen = new Map<string, number>();
  #inCircle = false;

  /** A try after a failure may meet pages again, which is no circle. */
  beginTry(): void {
    if (!this.#inCircle) this.#seen = new Map();
  }

  /** False for a page met before in this walk; throws at the third time in one try. */
  isNew(page: Page<unknown>): boolean {
    const [upserts, deletes] = [page.upserts ?? [], page.deletes ?? []];
    const ends = [upserts[0]?.id, upserts.at(-1)?.id, deletes[0], deletes.at(-1)];
    const key = JSON.stringify([page.cursor, upserts.length, deletes.length, ...ends]);
    const times = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, times);
    const isNew = !this.#known.has(key);
    this.#known.add(key);
    if (times < 3) return isNew;
    this.#inCircle = true;
    throw new ConnectorError("bad_response", "The listing does not move on: the same page came three times.");
  }
}

async function closePass(job: Job, place: Place, walk: Walk): Promise<void> {
  if (walk.gaps !== undefined) return job.store.dropPass(place, job.fence);
  const { connector } = job.source;
  if (connector.ids !== undefined && !walk.fromStart && connector.feed !== "listing") {
    const from = place.container === undefined ? {} : { container: place.container };
    for await (const ids of connector.ids(job.ctx, from)) {
      await job.store.sighted(place, job.fence, ids);
      job.signal.throwIfAborted();
    }
  }
  const guard = lossGuard(job.options.acceptDeletions === true);
  const end = await job.store.endPass(place, job.fence, now(job), guard);
  job.report.add({ deleted: end.deleted, added: -end.moved, updated: end.moved });
  if (end.held !== undefined) job.report.hold(end.held);
}

/** A dry run writes no pass, so it counts: what is stored here and was not met would go. */
async function expectDeletions(job: Job, place: Place, walk: Walk): Promise<void> {
  if (walk.gaps !== undefined) return;
  const [stats] = await job.store.stats([job.source.id]);
  const stored = place.container === undefined ? stats?.items : stats?.byContainer[place.container];
  job.report.add({ deleted: Math.max(0, (stored ?? 0) - walk.met.size) });
}

function now(job: Job): string {
  return job.clock.now().toISOString();
}
