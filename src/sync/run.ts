import pLimit from "p-limit";
import type { Clock } from "../connectors/kit/index.ts";
import type { Extractor } from "../extract/types.ts";
import { ConnectorError, type SyncReport } from "../model/index.ts";
import type { OpenSource, Sources } from "../sources/source.ts";
import type { Lease, Pause, Store } from "../store/store.ts";
import { loadBodies, retryFailures } from "./bodies.ts";
import { placesOf } from "./containers.ts";
import { isSated, type Job } from "./job.ts";
import { refreshMembers } from "./members.ts";
import { asksForPause, lastPause, lasts, pauseOf } from "./pause.ts";
import { syncPlace } from "./place.ts";
import { type OptionChange, optionChange, optionsOf } from "./plan.ts";
import { failureKey } from "./prepare.ts";
import { refreshItems } from "./refresh.ts";
import type { RunReport } from "./report.ts";
import type { SyncOptions } from "./types.ts";

export const LEASE_MS = 30_000;
/** Why a run stops that nobody asked to stop: its process is about to end. */
export const LEAVING = new DOMException("headwater is told to end.", "AbortError");
/** How often a run looks whether it was cancelled from elsewhere; the lease is renewed six times in its span. */
const LOOK_MS = 1_000;
/** Others than runs hold a source for moments only. */
const PATIENCE_MS = 30_000;
const LOST_GRACE_MS = 7 * 24 * 3_600_000;

/** The rooms a run works in. */
export interface Workplace {
  readonly sources: Sources;
  readonly store: Store;
  readonly extractor: Extractor;
  readonly clock: Clock;
  /** Lets only so many of what begins by itself go on at once, over all tenants; all of it where left out. */
  readonly turn?: <T>(action: () => Promise<T>) => Promise<T>;
  /** How long a process that stopped renewing keeps a source to itself; 30 seconds unless told otherwise. */
  readonly leaseMs?: number;
}

export interface RunOrder {
  report: RunReport;
  options: SyncOptions;
  /** Bound the run by the source's `limits.runSeconds`: scheduled runs are, asked-for runs are not. */
  bounded: boolean;
  /** Only try failed items again. */
  onlyFailures: boolean;
  signal: AbortSignal;
}

/** Waits for its turn among what begins by itself. */
export function inTurn<T>(place: Workplace, action: () => Promise<T>): Promise<T> {
  return place.turn === undefined ? action() : place.turn(action);
}

/** One sync of one source from beginning to end. Never throws; everything that went wrong is in the report. */
export async function runSync(place: Workplace, source: string, order: RunOrder): Promise<SyncReport> {
  const { report, options } = order;
  const stopping = new AbortController();
  const signal = AbortSignal.any([order.signal, stopping.signal, ...(options.signal ? [options.signal] : [])]);
  let stopped: unknown;
  const stop = (error: unknown): void => {
    stopped ??= error;
    stopping.abort(error);
  };
  let lease: Lease | undefined;
  let beating: Heartbeat | undefined;
  let title = source;
  try {
    const pause = await lastPause(place.store, source);
    if (lasts(pause, place.clock.now()) && !options.now) return skipPaused(place, report, pause);
    const open = await place.sources.open(source);
    title = open.connector.title;
    if (!options.dryRun) {
      lease = await leaseOf(place, source, signal);
      if (lease === undefined) return await skip(place, report);
      report.begin(place.clock.now());
      await place.store.saveRun(report.snapshot());
      beating = new Heartbeat(place, lease, report, stop);
    }
    const job = await jobOf(place, open, order, { signal, stop, fence: lease?.fence ?? 0 });
    await work(job, order.onlyFailures);
    if (stopped !== undefined) throw stopped;
    if (pause !== undefined && !options.dryRun) await place.store.setPause(source, undefined);
    return finish(place, order, signal.aborted ? "cancelled" : undefined);
  } catch (thrown) {
    if (asksForPause(stopped ?? thrown)) return await rest(place, order, title, ConnectorError.from(stopped ?? thrown));
    return finish(place, order, ...verdict(report, stopped ?? thrown, signal));
  } finally {
    await beating?.end();
    await settle(place, lease, report);
  }
}

/** A single fetch holds a source for a moment, and so does a run over a part of it: worth waiting for. Others are not. */
async function leaseOf(place: Workplace, source: string, signal: AbortSignal): Promise<Lease | undefined> {
  let until = place.clock.now().getTime() + PATIENCE_MS;
  for (;;) {
    const lease = await place.store.lease(source, place.leaseMs ?? LEASE_MS);
    if (lease !== undefined || place.clock.now().getTime() >= until) return lease;
    const [newest] = await place.store.runs({ source, limit: 1 });
    if (newest?.state === "running" && newest.part === undefined) return undefined;
    if (newest?.state === "running") until = place.clock.now().getTime() + PATIENCE_MS;
    await place.clock.sleep(100, signal);
  }
}

async function skip(place: Workplace, report: RunReport): Promise<SyncReport> {
  const [other] = await place.store.runs({ source: report.source, limit: 1 });
  const since = other?.state === "running" ? ` (run ${other.runId}, since ${other.startedAt})` : "";
  report.note(`Another run of ${report.source} is in progress${since}; this one did nothing.`);
  return report.end(place.clock.now(), "skipped");
}

function skipPaused(place: Workplace, report: RunReport, { until, reason }: Pause): SyncReport {
  report.rest(until, `${reason} To try all the same: headwater sync ${report.source} --now`);
  return report.end(place.clock.now(), "skipped");
}

/** Ends a run whose service asked for a long pause; the next one begins when that is over. */
async function rest(place: Workplace, order: RunOrder, title: string, error: ConnectorError): Promise<SyncReport> {
  const { report } = order;
  const pause = pauseOf(title, error, place.clock.now());
  report.rest(pause.until, pause.reason);
  // Not kept, it only costs the next run a question.
  if (!report.kind.dryRun) await place.store.setPause(report.source, pause).catch(() => {});
  return finish(place, order, "partial");
}

function verdict(report: RunReport, thrown: unknown, signal: AbortSignal): ["cancelled" | "failed" | "partial"] {
  const error = ConnectorError.from(thrown);
  if (error.kind === "cancelled" || (signal.aborted && error.kind === "bug")) return ["cancelled"];
  const told = report.snapshot().failures.some((failure) => failure.message === error.message);
  if (!told) report.fail({}, error);
  return [report.snapshot().done > 0 ? "partial" : "failed"];
}

function finish(
  place: Workplace,
  { report, signal }: RunOrder,
  state?: "cancelled" | "failed" | "partial",
): SyncReport {
  if (state === "cancelled" && signal.reason === LEAVING) report.cutShort();
  return report.end(place.clock.now(), state);
}

/** Whatever happened, the run is closed and the source is free again. */
async function settle(place: Workplace, lease: Lease | undefined, report: RunReport): Promise<void> {
  if (lease === undefined) return;
  try {
    await place.store.saveRun(report.snapshot());
    await lease.release();
  } catch {
    // The store is gone or another run took over: the next lease closes this run.
  }
}

async function jobOf(
  place: Workplace,
  source: OpenSource,
  order: RunOrder,
  rights: { signal: AbortSignal; stop: (error: unknown) => void; fence: number },
): Promise<Job> {
  const failures = await place.store.failures({ sources: [source.id], limit: 10_000 });
  const [stats] = await place.store.stats([source.id]);
  const { runSeconds } = source.settings.limits;
  return {
    source,
    ctx: source.context(rights.signal),
    store: place.store,
    extractor: place.extractor,
    clock: place.clock,
    report: order.report,
    options: order.options,
    signal: rights.signal,
    digests: optionsOf(source),
    fence: rights.fence,
    stopAt: order.bounded ? place.clock.now().getTime() + runSeconds * 1000 : undefined,
    isFirst: (stats?.items ?? 0) + (stats?.lost ?? 0) === 0,
    knownFailures: new Map(failures.map((failure) => [failure.id, failureKey(failure)])),
    stop: rights.stop,
  };
}

async function work(job: Job, onlyFailures: boolean): Promise<void> {
  if (onlyFailures) return retryFailures(job, true);
  if (job.options.items !== undefined) return refreshItems(job, job.options.items);
  const places = await placesOf(job);
  await refreshMembers(job);
  if (!job.options.dryRun) {
    const change = await changeOfOptions(job);
    if (change.narrower) await pruneNarrowed(job);
    await retryFailures(job, change.wider || change.rewrite);
  }
  const atOnce = pLimit(
    Math.min(job.source.connector.limits.concurrency, job.source.settings.limits.concurrency ?? Infinity),
  );
  await Promise.all(
    places.map((place) => atOnce(() => (job.signal.aborted || isSated(job) ? undefined : syncPlace(job, place)))),
  );
  if (job.options.dryRun || job.signal.aborted) return;
  await loadBodies(job);
  const at = job.clock.now();
  const before = new Date(at.getTime() - LOST_GRACE_MS).toISOString();
  job.report.add({ deleted: await job.store.purgeLost(job.source.id, job.fence, before, at.toISOString()) });
  await job.store.tidy();
}

/** What the options of now mean against those that any feed of the source was last committed with. */
async function changeOfOptions(job: Job): Promise<OptionChange> {
  const change = { wider: false, narrower: false, rewrite: false };
  for (const place of await job.store.places(job.source.id)) {
    const { options } = await job.store.progress(place);
    const one = optionChange(job.source.connector, options, job.digests);
    change.wider ||= one.wider;
    change.narrower ||= one.narrower;
    change.rewrite ||= one.rewrite;
  }
  return change;
}

/** Options that became narrower remove what they no longer cover, without asking the service. */
async function pruneNarrowed(job: Job): Promise<void> {
  const { connector } = job.source;
  if (connector.covers === undefined) return;
  let cursor: string | undefined;
  do {
    const page = await job.store.items({
      sources: [job.source.id],
      limit: 1000,
      viewer: "everything",
      ...(cursor !== undefined && { cursor }),
    });
    const leaving = page.items.filter((item) => !connector.covers?.(job.source.config, item)).map((item) => item.id);
    const at = job.clock.now().toISOString();
    if (leaving.length > 0) job.report.add({ deleted: await job.store.prune(job.source.id, job.fence, leaving, at) });
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** Keeps the lease alive, shows progress to other processes and listens for their wish to cancel. Real time, not the job's clock. */
class Heartbeat {
  readonly #timer: NodeJS.Timeout;
  #beat: Promise<void> = Promise.resolve();
  #renewedAt = performance.now();

  constructor(place: Workplace, lease: Lease, report: RunReport, stop: (error: unknown) => void) {
    const leaseMs = place.leaseMs ?? LEASE_MS;
    this.#timer = setInterval(
      () => {
        this.#beat = this.#beat.then(() => this.#once(place.store, lease, leaseMs, report, stop)).catch(stop);
      },
      Math.min(LOOK_MS, leaseMs / 3),
    );
  }

  async #once(
    store: Store,
    lease: Lease,
    leaseMs: number,
    report: RunReport,
    stop: (error: unknown) => void,
  ): Promise<void> {
    if (await store.cancelRequested(report.runId)) stop(new ConnectorError("cancelled", "Stopped."));
    if (performance.now() - this.#renewedAt < leaseMs / 6) return;
    this.#renewedAt = performance.now();
    if (!(await lease.renew())) stop(new ConnectorError("store", "Another run took over this source."));
    await store.saveRun(report.snapshot());
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beat;
  }
}
