import type { Connector, Context } from "../connectors/kit/index.ts";
import type { Schedule } from "./timing.ts";

/** The engine's own keys of a source entry, checked and with defaults. Durations in the unit their name carries. */
export interface SourceSettings {
  enabled: boolean;
  tenant: string;
  /** Added to every item of the source. */
  tags: string[];
  /** Milliseconds between scheduled syncs; undefined: only when asked. */
  everyMs?: number;
  /** Times of the day and week. With `cron` there is no `everyMs`. */
  schedule?: Schedule;
  /** Hard lower bound of history, ISO 8601. */
  since?: string;
  /** Whether its connector may reach addresses of private networks and of this machine. */
  allowPrivateNetwork: boolean;
  limits: {
    /** Bodies above this many bytes are listed but not read. */
    itemBytes: number;
    /** A run stops cleanly, resumable, after this time. */
    runSeconds: number;
    /** Hours between full passes of a feed that does not tell deletions. */
    fullPassHours: number;
    /** Parts of the feed followed at once; never above the connector's own limit. */
    concurrency?: number;
  };
}

/** One source as configured, before anything is opened. */
export interface SourceEntry {
  id: string;
  connectorId: string;
  settings: SourceSettings;
  /** The options as written, secrets still references: safe to print. */
  written: Record<string, unknown>;
  /** Where it stands: file and 1-based line. */
  place?: { file: string; line: number };
}

/** A source ready to be asked: connector loaded, options parsed, secrets resolved, connected. */
export interface OpenSource {
  readonly id: string;
  readonly connector: Connector;
  readonly settings: SourceSettings;
  // biome-ignore lint/suspicious/noExplicitAny: options of any connector.
  readonly config: any;
  /** Option name to a short digest of its value and the value itself where it is no secret; kept beside the cursor. */
  readonly options: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: contexts of any connector.
  context(signal: AbortSignal): Context<any, any>;
}

/** The configured sources of one tenant. */
export interface Sources {
  all(): SourceEntry[];
  /** Throws `config` naming the nearest right word when there is no such source. */
  get(id: string): SourceEntry;
  /** Loads the connector on first use; the same open source is answered until `close`. */
  open(id: string): Promise<OpenSource>;
  close(): Promise<void>;
}
