import type { Viewer } from "../model/index.ts";
import type { LoginOffers } from "../sources/login/login-offers.ts";
import type { Sources } from "../sources/source.ts";
import type { Store } from "../store/store.ts";
import type { Engine } from "../sync/types.ts";

/** How search by meaning stands. */
export interface Meaning {
  readonly model: string;
  /** How many items can be found by it, of how many, and why not more. */
  state(): { items: number; of: number; problem?: string };
  /** Resolves when no text is being read for it. */
  settled(): Promise<void>;
}

/** What a tool or a command may use: the rooms of one tenant and who is asking. */
export interface Desk {
  readonly tenant: string;
  readonly viewer: Viewer;
  readonly sources: Sources;
  readonly engine: Engine;
  readonly store: Store;
  /** Logins that the asker's program can lead to. */
  readonly offers?: LoginOffers;
  /** Search by meaning, where somebody configured it. */
  readonly meaning?: Meaning;
  readonly version: string;
  /** The most tokens that one answer to an assistant may hold, in its text and again in its structured part. */
  readonly resultTokens: number;
  /** Whether the sources are synced at their times while this desk is served. */
  readonly keepsCurrent?: boolean;
}
