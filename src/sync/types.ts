import type { RawRequest, Reply } from "../connectors/kit/index.ts";
import type { Entry, StartedBy, SyncReport, Viewer } from "../model/index.ts";
import type { StoredItem } from "../store/store.ts";

export interface SyncOptions {
  /** Walk everything again, whatever the cursor says. */
  full?: boolean;
  /** Say what would change; write nothing. */
  dryRun?: boolean;
  /** Stop after this many items were added or updated; the next run goes on from there. */
  limit?: number;
  /** Leave out items older than this, for this run only. ISO 8601. */
  since?: string;
  /** Only these containers. */
  containers?: string[];
  /** Only ask again for these items, by id; nothing else is looked at. */
  items?: string[];
  /** Carry out deletions that earlier runs held back. */
  acceptDeletions?: boolean;
  /** Also while the service asked to be left alone. */
  now?: boolean;
  /** Who wants it; a person unless told otherwise. */
  startedBy?: StartedBy;
  /** Called at most ten times a second, and once at the end. */
  onProgress?: (report: SyncReport) => void;
  signal?: AbortSignal;
}

/** A sync that was started. */
export interface Run {
  readonly id: string;
  readonly source: string;
  /** A snapshot of where it stands. */
  report(): SyncReport;
  /** Never rejects: what went wrong is in the report. */
  readonly done: Promise<SyncReport>;
  cancel(): void;
}

export interface FetchedItem {
  item: StoredItem;
  /** The whole text, as Markdown; empty when the item has none. */
  text: string;
  /** Asked of the service just now, or from the store. */
  fresh: boolean;
}

export interface SourceTest {
  source: string;
  ok: boolean;
  account?: string;
  granted: string[];
  missing: { what: string; why: string; how: string }[];
  limits: string[];
  warnings: string[];
  problem?: { kind: string; message: string; hint?: string };
  tookMs: number;
}

/** Takes what a service posts about one source. */
export interface Hook {
  /**
   * Undefined when the signature does not hold. Else the delivery is as good as done: what it names is asked for soon,
   * and only once. `reply` is answered where the service wants more than "taken".
   */
  take(request: RawRequest): Promise<{ reply?: Reply } | undefined>;
}

/** Where the two ends meet: everything that talks to a source goes through here. */
export interface Engine {
  /** Starts a sync and answers at once; a source already syncing in this process answers the same run. */
  start(source: string, options?: SyncOptions): Run;
  /** The newest run of a source or a run by id, of this process or another. */
  status(query: { source?: string; runId?: string }): Promise<SyncReport | undefined>;
  /** True when a running run was told to stop, in this process or another. */
  cancel(runId: string): Promise<boolean>;
  test(source: string): Promise<SourceTest>;
  /** Asks the source itself, one page. Without a parent: its containers. */
  list(
    source: string,
    options?: { parent?: string; limit?: number; cursor?: string },
  ): Promise<{ entries: Entry[]; nextCursor?: string }>;
  /**
   * An item by `<source>/<id>`, an alias, or any address of the service. From the store; a body that has not come yet,
   * an item that is not stored, or `live` asks the service and stores the answer. Throws `not_found` with a hint.
   */
  fetch(ref: string, options?: { live?: boolean; viewer?: Viewer; signal?: AbortSignal }): Promise<FetchedItem>;
  /** Asks the service's own search and stores what comes; falls back to nothing where the connector has none. */
  searchLive(source: string, text: string, limit: number): Promise<string[]>;
  /** Tries failed items again; answers what became of them. */
  retryFailures(
    source: string,
    options?: { onProgress?: (report: SyncReport) => void; signal?: AbortSignal },
  ): Promise<SyncReport>;
  /** Follows live news and the schedule of these sources, or of every enabled one, until `close`. */
  watch(sources?: readonly string[]): void;
  /** Undefined for a source that takes no deliveries: unknown, disabled, without a webhook or without its secret. */
  hook(source: string): Promise<Hook | undefined>;
  /** Items or runs changed: `source` and the verbs' total. */
  onChange(listener: (event: { source: string; report: SyncReport }) => void): () => void;
  close(): Promise<void>;
}
