import type { Batch, Place, Progress } from "../store/store.ts";
import type { Job } from "./job.ts";
import { type Lap, notesOf, type PassNotes, withNotes } from "./pass-notes.ts";
import { fullPassIsDue, type OptionChange, optionChange } from "./plan.ts";

/** What one run knows of its tries to follow one feed. */
export interface Attempt {
  /** A full pass was asked for, and none of its pages is committed yet. */
  full: boolean;
  /** The pass that is under way was begun by this run, or this run came to it already. */
  joined: boolean;
  /** The walk that leaves nothing in the store to go on from. */
  aside?: Walk | undefined;
}

/** One walk over a feed: where it stands, and what it has met. */
export interface Walk extends PassNotes {
  cursor: unknown;
  /** Everything is walked, so that what is not met is gone. */
  inPass: boolean;
  /** Number of the pass in the store. */
  pass: number | undefined;
  /** Goes on with a pass that an earlier run or try began. */
  resumed: boolean;
  /** Rows that a dry run met. */
  met: Set<number>;
}

const ALONGSIDE = { pass: undefined, resumed: false, fromStart: false, gaps: undefined };

const NOTHING: Batch = { upserts: [], seenRows: [], deletes: [], lost: [], failures: [] };

/** Decides between going on from the cursor and walking everything, and says so to the store. */
export async function planWalk(job: Job, place: Place, startOver: boolean, tries: Attempt): Promise<Walk> {
  if (tries.aside !== undefined) return tries.aside;
  const { connector } = job.source;
  const progress = await job.store.progress(place);
  const parsed = progress.cursor === undefined ? undefined : connector.cursor.safeParse(progress.cursor);
  const usable = !startOver && !tries.full && parsed?.success === true;
  const change = optionChange(connector, progress.options, job.digests);
  const notes = notesOf(progress);
  const met = new Set<number>();
  const force = tries.full || change.rewrite || notes.force;
  const goesOn = progress.pass !== undefined && usable && !changesTheWalk(change);
  const everything = goesOn || passIsDue(job, progress, usable, change);
  if (everything) job.report.mode = "full";
  if (isAside(job)) {
    const inPass = everything && job.options.since === undefined;
    tries.aside = { ...ALONGSIDE, cursor: everything ? undefined : parsed?.data, inPass, force, met };
    return tries.aside;
  }
  if (goesOn) {
    const resumed = !tries.joined;
    const walk = { ...notes, cursor: parsed.data, inPass: true, pass: progress.pass?.number, resumed, met };
    const turns = connector.feed === "listing" && resumed && notes.lap?.around !== true;
    return turns ? turnIntoLap(job, place, walk) : walk;
  }
  if (!everything) return { ...ALONGSIDE, cursor: parsed?.data, inPass: false, force, met };
  const fromCursor = usable && connector.ids !== undefined && connector.feed !== "listing" && !changesTheWalk(change);
  const { pass } = await job.store.beginPass(place, job.fence, now(job), fromCursor ? "cursor" : "start");
  const cursor = fromCursor ? parsed?.data : undefined;
  return { ...ALONGSIDE, cursor, inPass: true, pass: pass?.number, fromStart: !fromCursor, force, met };
}

/**
 * The pass of a listing that another run left begins anew where it goes on, and ends there after coming around: this run looks
 * at everything once, also at what changed behind that point. Runs too short for that come around together.
 */
async function turnIntoLap(job: Job, place: Place, walk: Walk): Promise<Walk> {
  const number = (walk.pass ?? 0) + 1;
  const lap: Walk = { ...walk, gaps: undefined, lap: { until: walk.cursor, around: false } };
  // Its notes come first: killed in between, the next run finds them and turns again.
  const next = { cursor: lap.cursor, options: withNotes(job.digests, number, lap) };
  await job.store.apply(place, job.fence, NOTHING, next, now(job));
  const { pass } = await job.store.beginPass(place, job.fence, now(job), "cursor");
  return { ...lap, pass: pass?.number };
}

/** From the end of the feed to its beginning; there everything was read already, however it was to be read. */
export function comeAround(walk: Walk, lap: Lap): void {
  walk.lap = { ...lap, around: true };
  walk.cursor = undefined;
  walk.force = false;
}

/** A dry run writes nothing; a run bounded by `since` leaves things out, so that later runs must not build on it. */
export function isAside(job: Job): boolean {
  return job.options.dryRun === true || job.options.since !== undefined;
}

function passIsDue(job: Job, progress: Progress, usable: boolean, change: OptionChange): boolean {
  return !usable || changesTheWalk(change) || change.narrower || fullPassIsDue(job.source, progress, job.clock.now());
}

function changesTheWalk(change: OptionChange): boolean {
  return change.wider || change.rewrite;
}

function now(job: Job): string {
  return job.clock.now().toISOString();
}
