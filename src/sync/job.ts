import type { Clock, Context } from "../connectors/kit/index.ts";
import type { Extractor } from "../extract/types.ts";
import type { OpenSource } from "../sources/source.ts";
import type { Store } from "../store/store.ts";
import type { RunReport } from "./report.ts";
import type { SyncOptions } from "./types.ts";

/** What every part of one run shares. */
export interface Job {
  readonly source: OpenSource;
  // biome-ignore lint/suspicious/noExplicitAny: contexts of any connector.
  readonly ctx: Context<any, any>;
  readonly store: Store;
  readonly extractor: Extractor;
  readonly clock: Clock;
  readonly report: RunReport;
  readonly options: SyncOptions;
  readonly signal: AbortSignal;
  /** Digests of the options this run works with. */
  readonly digests: Record<string, string>;
  /** Proof of ownership for every write; a dry run has none and writes nothing. */
  readonly fence: number;
  /** Milliseconds since the epoch after which the run stops at the next page border. */
  readonly stopAt: number | undefined;
  /** Nothing of the source was stored when the run began, so nothing has to be looked for there. */
  readonly isFirst: boolean;
  /** Failures known before this run: an unchanged one is not news. `<id>` to `<kind> <message>`. */
  readonly knownFailures: ReadonlyMap<string, string>;
  /** Stops the whole source with this error. */
  stop(error: Error): void;
}

/** Whether the run has done as much as it was asked to. */
export function isSated(job: Job): boolean {
  return job.options.limit !== undefined && job.report.changed >= job.options.limit;
}

/** Whether the time for one run is used up, which the report then says. */
export function isOutOfTime(job: Job): boolean {
  if (job.stopAt === undefined || job.clock.now().getTime() < job.stopAt) return false;
  job.report.cutShort();
  job.report.gap("The time for one run was used up; the next run goes on from here.");
  return true;
}
