import type { Clock, Logger } from "../define.ts";
import type { HttpCounts } from "./counts.ts";
import type { Credentials } from "./credentials.ts";
import type { Guard } from "./guard.ts";
import type { HttpLimits } from "./limits.ts";
import type { Network } from "./network.ts";
import type { HttpService, Memory } from "./service.ts";

/** What all requests of one source share. */
export interface Wire {
  readonly source: string;
  readonly service: HttpService;
  /** Where the service is; its path has no slash at the end. */
  readonly base: URL;
  /** Sent to the service's own origins only. */
  readonly homeHeaders: Readonly<Record<string, string>>;
  readonly userAgent: string;
  readonly credentials: Credentials;
  readonly guard: Guard;
  readonly network: Network;
  readonly limits: HttpLimits;
  readonly memory: Memory;
  readonly counts: HttpCounts;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One asker's use of it: stopped by a signal, with the source's credential or without. */
export interface Line {
  readonly wire: Wire;
  readonly signal: AbortSignal;
  readonly anonymous: boolean;
}
