import type { Problem } from "../model/errors.ts";
import type { Access, Item, Principal, Relation } from "../model/item.ts";
import type { Counts, HeldLoss, SyncReport } from "../model/report.ts";
import type { Filters, SearchAnswer, SearchRequest, Viewer } from "../model/search.ts";

/** One feed: a whole source, or one container of it. */
export interface Place {
  source: string;
  container?: string;
}

/**
 * The right to write for one source, held by one run of one process. `fence` grows with every owner; each write
 * carries it and is refused inside its transaction (`store`, "another run took over") once somebody else owns the source.
 */
export interface Lease {
  readonly source: string;
  readonly fence: number;
  /** False when the lease was lost. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** A full pass under way: everything it does not meet is gone when it completes. */
export interface Pass {
  number: number;
  startedAt: string;
}

/** What is kept beside a feed. */
export interface Progress {
  cursor?: unknown;
  /** Option name to a digest of its value at the time of the last committed page. */
  options?: Record<string, string>;
  pass?: Pass;
  lastFullPassAt?: string;
}

/** How a stored item relates to a listed `{id, version}`. `row` is the store's own number of the item. */
export type Standing = { state: "new" } | { state: "changed" | "same"; row: number };

/** One item to write, body already text. */
export interface Upsert {
  item: Item;
  /** Present: the body, as Markdown. Absent with `item.body`: still to come (`bodiesDue` names it until then). */
  text?: string;
}

/** One page as the engine hands it over: all of it is committed with the cursor in one transaction, or none. */
export interface Batch {
  upserts: Upsert[];
  /** Rows met and found unchanged. */
  seenRows: number[];
  deletes: string[];
  lost: string[];
  failures: { id: string; problem: Problem }[];
}

/** When a full pass may delete what it missed. */
export interface LossGuard {
  /** Held when more than this share of the place is missing … */
  share: number;
  /** … and at least this many items. */
  atLeast: number;
  /** Above this number a second complete pass must miss the same items. */
  secondPassAbove: number;
  /** Somebody said yes. */
  consent: boolean;
}

export interface PassEnd {
  deleted: number;
  /** Items that only changed their id: neither added nor deleted. */
  moved: number;
  held?: HeldLoss;
}

/** An item as stored. Times are ISO 8601 in UTC. */
export interface StoredItem extends Item {
  source: string;
  /** When headwater first met this item, and when it last changed here. */
  firstSeenAt: string;
  changedAt: string;
  /** Length of the text in UTF-16 units; undefined while the body has not come. */
  textLength?: number;
  /** Set while access is withdrawn and the grace runs. */
  lostAt?: string;
}

export interface RelatedItem {
  rel: string;
  /** "out": this item points there; "in": that item points here. */
  direction: "out" | "in";
  /** The other end, where it is stored. */
  item?: Pick<StoredItem, "source" | "id" | "kind" | "title" | "url">;
  /** What was written, where it is not. */
  target?: string;
}

export interface StoredFailure extends Problem {
  source: string;
  container?: string;
  id: string;
  attempts: number;
  firstAt: string;
  lastAt: string;
}

export type ChangeVerb = "added" | "updated" | "moved" | "deleted" | "lost";

/** One line of the append-only change log. */
export interface Change {
  seq: number;
  at: string;
  verb: ChangeVerb;
  source: string;
  id: string;
  kind: string;
  title: string;
  url?: string;
  container?: string;
  authors: string[];
  updatedAt?: string;
  /** The id before a move. */
  from?: string;
}

export interface ChangesRequest extends Filters {
  /** Changes after this sequence number. */
  afterSeq?: number;
  /** Changes recorded at or after, ISO 8601. */
  recordedSince?: string;
  verbs?: ChangeVerb[];
  /** One line per item, its newest; what was added and deleted again inside the window is left out. */
  folded?: boolean;
  newestFirst?: boolean;
  limit: number;
  viewer: Viewer;
}

export interface ItemsRequest extends Filters {
  parent?: string;
  limit: number;
  cursor?: string;
  viewer: Viewer;
}

export interface SourceStats {
  source: string;
  items: number;
  byKind: Record<string, number>;
  byContainer: Record<string, number>;
  /** Bytes of text kept. */
  textBytes: number;
  bodiesDue: number;
  failures: number;
  lost: number;
  newestUpdatedAt?: string;
  lastRun?: SyncReport;
  /** End of the last run over the whole source that succeeded or was partial. */
  lastSyncedAt?: string;
}

export interface BodyDue {
  id: string;
  version: string;
  mime: string;
  bytes?: number;
  container?: string;
}

/** A source is left alone until a moment, because its service asked for it. */
export interface Pause {
  source: string;
  /** ISO 8601 in UTC. */
  until: string;
  /** A sentence. */
  reason: string;
}

/** The writing half: used by the engine alone. Each call is one transaction. */
export interface StoreWriter {
  /** Undefined while another live process or run holds the source. Ends the runs of dead owners as "failed". */
  lease(source: string, ttlMs: number): Promise<Lease | undefined>;
  progress(place: Place): Promise<Progress>;
  /** All places of a source that have progress, also those whose container vanished. */
  places(source: string): Promise<Place[]>;
  /** For each `{id, version}` of a listing, in order, what the store has. Reads only. */
  compare(source: string, listed: readonly { id: string; version: string }[]): Promise<Standing[]>;
  /** Works out ahead of its turn what `apply` needs to know of a batch, so that the write itself is shorter. */
  ready?(batch: Batch): Batch;
  apply(
    place: Place,
    fence: number,
    batch: Batch,
    next: { cursor: unknown; options: Record<string, string> },
    at: string,
  ): Promise<Counts>;
  /** Changes that carry no cursor: pushes and single fetches. They mark nothing as seen except in a running pass. */
  applyLoose(place: Place, fence: number, batch: Batch, at: string): Promise<Counts>;
  /** Starts a full pass; from "start" the cursor is dropped in the same transaction. */
  beginPass(place: Place, fence: number, at: string, from: "start" | "cursor"): Promise<Progress>;
  sighted(place: Place, fence: number, ids: string[]): Promise<void>;
  /** Removes what the pass did not meet, recognises moves by handle, and forgets the pass. */
  endPass(place: Place, fence: number, at: string, guard: LossGuard): Promise<PassEnd>;
  /** Forgets the pass without removing anything. */
  dropPass(place: Place, fence: number): Promise<void>;
  /** Removes the items of a place that the options no longer cover. */
  prune(source: string, fence: number, ids: string[], at: string): Promise<number>;
  bodiesDue(source: string, limit: number, afterId?: string): Promise<BodyDue[]>;
  failuresDue(source: string, limit: number, maxAttempts: number): Promise<StoredFailure[]>;
  /** Removes items whose access was withdrawn before the given time. */
  purgeLost(source: string, fence: number, before: string, at: string): Promise<number>;
  setContainers(
    source: string,
    fence: number,
    containers: { id: string; name: string; url?: string; access?: Access }[],
  ): Promise<void>;
  setMembers(source: string, fence: number, group: Principal, users: Principal[]): Promise<void>;
  /** Writes a run's report; the newest of a run wins. */
  saveRun(report: SyncReport): Promise<void>;
  requestCancel(runId: string): Promise<boolean>;
  cancelRequested(runId: string): Promise<boolean>;
  /**
   * Keeps a small fact of a source between runs, as JSON; undefined forgets the key, and so does a value above 64 KB.
   * Above 10,000 keys of a source the oldest go first. Needs no lease.
   */
  remember(source: string, key: string, value: unknown): Promise<void>;
  /** Notes a webhook's delivery; false when any process noted it in the last 72 hours. Needs no lease. */
  firstDelivery(source: string, id: string, at: string): Promise<boolean>;
  /** Leaves a source alone until a moment; undefined ends the pause. Needs no lease. */
  setPause(source: string, pause: Omit<Pause, "source"> | undefined): Promise<void>;
  /** Removes everything a source left: items, cursors, failures, runs, memory. Other sources and its pause stay. */
  resetSource(source: string, fence: number): Promise<void>;
  /** Short merges of the full text index; answers whether there is more to do. */
  tidy(): Promise<boolean>;
}

/** The reading half: never blocked by a writer, always filtered by who asks. */
export interface StoreReader {
  /** By id or alias; undefined when absent or not for this viewer. */
  item(source: string, idOrAlias: string, viewer: Viewer): Promise<StoredItem | undefined>;
  /** Items whose id, alias or url equals the text in any source; at most 10. */
  find(text: string, viewer: Viewer): Promise<StoredItem[]>;
  /** A slice of an item's text; undefined when there is none. */
  text(
    source: string,
    id: string,
    viewer: Viewer,
    range?: { offset: number; length: number },
  ): Promise<string | undefined>;
  items(request: ItemsRequest): Promise<{ items: StoredItem[]; nextCursor?: string }>;
  related(source: string, id: string, viewer: Viewer, limit?: number): Promise<RelatedItem[]>;
  search(request: SearchRequest): Promise<SearchAnswer>;
  changes(request: ChangesRequest): Promise<{ changes: Change[]; lastSeq: number }>;
  failures(request: {
    sources?: string[];
    limit: number;
    after?: { id: string; source: string };
  }): Promise<StoredFailure[]>;
  /** Newest first; `whole` leaves out runs that looked at a part of their source only. */
  runs(request: { source?: string; runId?: string; whole?: boolean; limit: number }): Promise<SyncReport[]>;
  /** Per source, from counters kept up to date by writes: cheap at any size. */
  stats(sources?: string[]): Promise<SourceStats[]>;
  containers(source: string): Promise<{ id: string; name: string; url?: string; access?: Access }[]>;
  /** What `remember` kept; undefined when there is nothing (any more). */
  recall(source: string, key: string): Promise<unknown>;
  /** The pauses that were set and not ended, by source; also those whose time has passed. */
  pauses(): Promise<Pause[]>;
  /** All items with text in the order they were stored, for export. */
  everything(request: {
    sources?: string[];
    afterRow?: number;
  }): AsyncIterable<{ row: number; item: StoredItem; text?: string; relations: Relation[] }>;
}

/** One tenant's store: one SQLite file, or one schema of a database server. */
export interface Store extends StoreWriter, StoreReader {
  readonly kind: string;
  /** What the driver is, for `doctor`: "better-sqlite3 12.11.1 (SQLite 3.53.2)". */
  readonly driver: string;
  readonly location: string;
  /** Empty when sound, else sentences. */
  verify(depth: "quick" | "full"): Promise<string[]>;
  backup(path: string): Promise<void>;
  close(): Promise<void>;
}
