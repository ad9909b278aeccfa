import type { ErrorKind } from "../model/index.ts";

/** What the engine does about each kind of error: the only place that decides. */
export const REACTION: Record<ErrorKind, "wait" | "restart" | "skip" | "stop"> = {
  rate_limited: "wait",
  unavailable: "wait",
  bad_response: "wait",
  cursor_expired: "restart",
  permission: "skip", // this container only
  not_found: "skip",
  unsupported: "skip",
  too_large: "skip",
  usage: "skip",
  bug: "skip",
  config: "stop", // the whole source
  auth: "stop",
  cancelled: "stop",
  store: "stop",
};

/** Tries without a single page of progress. */
export const MAX_TRIES = 5;

/** A service that asks for a longer pause is left alone until the next run. */
export const LONGEST_WAIT_MS = 5 * 60_000;

/** Milliseconds to wait before try number `tries` + 1: as told, else doubling from one second with full jitter. */
export function pauseBefore(tries: number, retryAfterMs: number | undefined): number {
  if (retryAfterMs !== undefined) return retryAfterMs;
  const ceiling = Math.min(120_000, 1000 * 2 ** (tries - 1));
  return Math.round(ceiling / 2 + (Math.random() * ceiling) / 2);
}
