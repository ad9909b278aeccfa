import type { Problem } from "./errors.ts";

/** What a sync did to the store: the same six numbers in every report, tool, table and log line. */
export interface Counts {
  added: number;
  updated: number;
  unchanged: number;
  deleted: number;
  lost: number;
  failed: number;
}

export const NO_COUNTS: Readonly<Counts> = { added: 0, updated: 0, unchanged: 0, deleted: 0, lost: 0, failed: 0 };

export function addCounts(left: Counts, right: Partial<Counts>): Counts {
  return {
    added: left.added + (right.added ?? 0),
    updated: left.updated + (right.updated ?? 0),
    unchanged: left.unchanged + (right.unchanged ?? 0),
    deleted: left.deleted + (right.deleted ?? 0),
    lost: left.lost + (right.lost ?? 0),
    failed: left.failed + (right.failed ?? 0),
  };
}

/** One thing that went wrong in a run: an item (`id`), a container, or the whole source. */
export interface RunFailure extends Problem {
  container?: string;
  /** What people call the container. */
  containerName?: string;
  id?: string;
}

/** Deletions that a full pass found but did not make, because they looked too many to be true. */
export interface HeldLoss {
  container?: string;
  missing: number;
  total: number;
}

/** What set a run going: the schedule, a webhook's delivery, the source's live feed, a person, an assistant's tool. */
export type StartedBy = "schedule" | "webhook" | "live" | "person" | "tool";

export type RunState = "running" | "succeeded" | "partial" | "failed" | "cancelled" | "skipped";

/** One sync of one source, as stored, shown and returned everywhere. Times are ISO 8601 in UTC. */
export interface SyncReport extends Counts {
  runId: string;
  source: string;
  state: RunState;
  mode: "incremental" | "full";
  dryRun: boolean;
  startedBy?: StartedBy;
  /** Only part of the source was looked at: containers or items that were named, or what failed before. */
  part?: "containers" | "items" | "failures";
  startedAt: string;
  endedAt?: string;
  /** Items looked at so far, and in all where known. */
  done: number;
  total?: number;
  /** The first 100 failures; `failures` lists all of them. */
  failures: RunFailure[];
  /** Deletions waiting for somebody's consent. */
  held: HeldLoss[];
  /** Why the run is partial, skipped or failed, one sentence each. */
  notes: string[];
  /** Stopped before its end though nobody asked for it: its time was used up, or its process ended. The schedule soon goes on. */
  unfinished?: true;
  /** The service asked to be left alone until then: no run begins before by itself. */
  pausedUntil?: string;
}
