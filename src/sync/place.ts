import { ConnectorError, type Page } from "../model/index.ts";
import type { Batch, Place, Progress } from "../store/store.ts";
import { isSated, type Job } from "./job.ts";
import { fullPassIsDue, lossGuard, type OptionChange, optionChange } from "./plan.ts";
import { type PreparedPage, preparePage } from "./prepare.ts";
import { LONGEST_WAIT_MS, MAX_TRIES, pauseBefore, REACTION } from "./reaction.ts";

/** Follows one feed to its end. Every try begins at the stored cursor, so trying again is only calling again. Never throws. */
export async function syncPlace(job: Job, place: Place): Promise<void> {
  let [startOver, startedOver] = [false, false];
  const tries: Tries = { count: 0, guard: new PageGuard() };
  for (;;) {
    tries.count += 1;
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
        continue;
      }
      if (reaction === "stop") job.stop(error);
      const mayWait = reaction === "wait" && tries.count < MAX_TRIES && (error.retryAfterMs ?? 0) <= LONGEST_WAIT_MS;
      if (!mayWait || job.signal.aborted) return fail(job, place, error);
      await job.clock.sleep(pauseBefore(tries.count, error.retryAfterMs), job.signal).catch(() => {});
    }
  }
}

interface Tries {
  /** Since the last page of progress. */
  count: number;
  guard: PageGuard;
}

function fail(job: Job, place: Place, error: ConnectorError): void {
  if (error.kind === "cancelled" && job.signal.aborted) return;
  job.report.fail(place.container === undefined ? {} : { container: place.container }, error);
}

interface Walk {
  cursor: unknown;
  inPass: boolean;
  /** Goes on with a pass that an earlier run began. */
  resumed: boolean;
  /** Reads everything again, whatever its version. */
  force: boolean;
}

async function followFeed(job: Job, place: Place, startOver: boolean, tries: Tries): Promise<void> {
  const walk = await planWalk(job, place, startOver);
  const from = {
    ...(place.container !== undefined && { container: place.container }),
    ...(walk.cursor !== undefined && { cursor: walk.cursor }),
    ...(job.source.settings.since !== undefined && { since: job.source.settings.since }),
  };
  const outcome = await walkPages(job, place, job.source.connector.sync(job.ctx, from), walk, tries);
  if (!walk.inPass || outcome.cutShort) return;
  if (job.options.dryRun) return expectDeletions(job, place, outcome);
  await closePass(job, place, walk, outcome.incomplete);
  // What changed behind the point of resumption would else wait for the next run.
  if (walk.resumed) await followFeed(job, place, false, { count: 0, guard: new PageGuard() });
}

/** Decides between going on from the cursor and walking everything, and says so to the store. */
async function planWalk(job: Job, place: Place, startOver: boolean): Promise<Walk> {
  const { connector } = job.source;
  const progress = await job.store.progress(place);
  const parsed = progress.cursor === undefined ? undefined : connector.cursor.safeParse(progress.cursor);
  const usable = !startOver && job.options.full !== true && parsed?.success === true;
  const change = optionChange(connector, progress.options, job.digests);
  const force = job.options.full === true || change.rewrite;
  if (progress.pass !== undefined && usable && !changesTheWalk(change)) {
    job.report.mode = "full";
    return { cursor: parsed.data, inPass: true, resumed: true, force };
  }
  if (!passIsDue(job, progress, usable, change)) {
    return { cursor: parsed?.data, inPass: false, resumed: false, force };
  }
  job.report.mode = "full";
  const fromCursor = usable && connector.ids !== undefined && connector.feed !== "listing" && !changesTheWalk(change);
  if (!job.options.dryRun) await job.store.beginPass(place, job.fence, now(job), fromCursor ? "cursor" : "start");
  return { cursor: fromCursor ? parsed?.data : undefined, inPass: true, resumed: false, force };
}

function passIsDue(job: Job, progress: Progress, usable: boolean, change: OptionChange): boolean {
  return !usable || changesTheWalk(change) || change.narrower || fullPassIsDue(job.source, progress, job.clock.now());
}

function changesTheWalk(change: OptionChange): boolean {
  return change.wider || change.rewrite;
}

interface WalkOutcome {
  /** Stopped before the end of the feed: the pass goes on with the next run. */
  cutShort: boolean;
  /** The walk cannot prove absence: sentences why. */
  incomplete: string[] | undefined;
  /** Rows that a dry run met. */
  met: Set<number>;
}

async function walkPages(
  job: Job,
  place: Place,
  pages: AsyncGenerator<Page<unknown>>,
  walk: Walk,
  tries: Tries,
): Promise<WalkOutcome> {
  let incomplete: string[] | undefined;
  const met = new Set<number>();
  const committing = new Committing();
  try {
    for await (const page of pages) {
      const prepared = readied(job, await preparePage(job, page, walk.force));
      await committing.settled();
      if (tries.guard.isNew(page)) tries.count = 0;
      if (page.progress?.total !== undefined) job.report.expects(place.container, page.progress.total);
      if (page.incomplete !== undefined) incomplete = [...(incomplete ?? []), ...reasons(page.incomplete)];
      if (!job.options.dryRun) committing.start(commit(job, place, prepared, page.cursor));
      else {
        job.report.add(prepared.expected);
        for (const row of prepared.met) met.add(row);
      }
      job.signal.throwIfAborted();
      if (isSated(job) || isOutOfTime(job)) {
        await committing.settled();
        return { cutShort: true, incomplete, met };
      }
    }
  } finally {
    await committing.settled();
  }
  if (incomplete !== undefined) {
    const why = [...new Set(incomplete)].slice(0, 3).join(" ");
    job.report.gap(
      `Not everything could be looked at, so nothing was deleted${place.container ? ` in ${place.container}` : ""}. ${why}`,
    );
  }
  return { cutShort: false, incomplete, met };
}

function reasons(incomplete: true | { why: string }): string[] {
  return incomplete === true ? [] : [incomplete.why];
}

function isOutOfTime(job: Job): boolean {
  if (job.stopAt === undefined || job.clock.now().getTime() < job.stopAt) return false;
  job.report.gap("The time for one run was used up; the next run goes on from here.");
  return true;
}

async function commit(job: Job, place: Place, prepared: PreparedPage, cursor: unknown): Promise<void> {
  for (const batch of prepared.ahead) {
    job.report.add(await job.store.applyLoose(place, job.fence, batch, now(job)));
  }
  const next = { cursor, options: job.digests };
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
  readonly #seen = new Set<string>();
  #repeats = 0;

  /** False for a page met before in this walk; throws at the third. */
  isNew(page: Page<unknown>): boolean {
    const ids = page.upserts ?? [];
    if (ids.length === 0) return true;
    const key = `${JSON.stringify(page.cursor)} ${ids.length} ${ids[0]?.id} ${ids.at(-1)?.id}`;
    if (!this.#seen.has(key)) {
      this.#seen.add(key);
      return true;
    }
    this.#repeats += 1;
    if (this.#repeats < 2) return false;
    throw new ConnectorError("bad_response", "The listing does not move on: the same page came three times.");
  }
}

async function closePass(job: Job, place: Place, walk: Walk, incomplete: string[] | undefined): Promise<void> {
  if (incomplete !== undefined || job.options.since !== undefined) return job.store.dropPass(place, job.fence);
  const { connector } = job.source;
  if (connector.ids !== undefined && walk.cursor !== undefined && connector.feed !== "listing") {
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
async function expectDeletions(job: Job, place: Place, outcome: WalkOutcome): Promise<void> {
  if (outcome.incomplete !== undefined) return;
  const [stats] = await job.store.stats([job.source.id]);
  const stored = place.container === undefined ? stats?.items : stats?.byContainer[place.container];
  job.report.add({ deleted: Math.max(0, (stored ?? 0) - outcome.met.size) });
}

function now(job: Job): string {
  return job.clock.now().toISOString();
}
