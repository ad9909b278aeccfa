import type { Raw } from "./dispatch.ts";
import type { Allowance } from "./service.ts";
import type { Wire } from "./wire.ts";

/** Nothing sensible asks for more; who does so has made a mistake. */
const LONGEST_MS = 24 * 60 * 60_000;
/** A server whose clock differs by more shows something else than the time. */
const LARGEST_SKEW_MS = 3 * 24 * 60 * 60_000;

/** What an answer says about when to come back, and to which bucket that applies. */
export interface Told {
  readonly ms: number;
  readonly bucket: string | undefined;
  /** The service says that its limit is used up, whatever the status. */
  readonly spent: boolean;
}

/**
 * `Retry-After` first, which counts on refusals only; then what the service's own headers tell. Times of the service are
 * compared with the service's clock, so that ours may be wrong.
 */
export function whenToldToReturn(wire: Wire, raw: Raw): Told | undefined {
  const now = serverTime(raw.headers, wire.clock.now());
  const allowance = wire.service.allowance?.({ status: raw.status, headers: raw.headers }, now);
  const spent = allowance?.remaining !== undefined && allowance.remaining <= 0;
  // With something left, it is another limit that refused; this one's reset says nothing about it.
  const refused = raw.status === 429 && allowance?.remaining === undefined;
  const bucket = allowance?.bucket;
  const after = raw.status >= 400 ? retryAfterMs(raw.headers.get("retry-after"), now) : undefined;
  const ms = after ?? (spent || refused ? untilReset(allowance, now) : undefined);
  return ms === undefined ? undefined : { ms: Math.min(ms, LONGEST_MS), bucket, spent: spent || after !== undefined };
}

/** RFC 9110 §10.2.3: seconds or a date. Services have also sent a time as seconds since 1970, and as milliseconds. */
export function retryAfterMs(value: string | null, now: Date): number | undefined {
  if (value === null) return undefined;
  const written = value.trim();
  if (/^\d+(\.\d+)?$/.test(written)) {
    const seconds = Number(written);
    if (seconds > 1e11) return positive(seconds - now.getTime());
    return positive(seconds > 1e8 ? seconds * 1000 - now.getTime() : seconds * 1000);
  }
  return /[a-z]/i.test(written) ? positive(Date.parse(written) - now.getTime()) : undefined;
}

function untilReset(allowance: Allowance | undefined, now: Date): number | undefined {
  return allowance?.resetAt && positive(allowance.resetAt.getTime() - now.getTime());
}

function positive(ms: number): number | undefined {
  return ms > 0 ? ms : undefined;
}

/** The service's clock, by its `Date` header; ours where that cannot be it. */
export function serverTime(headers: Headers, ours: Date): Date {
  const theirs = Date.parse(headers.get("date") ?? "");
  return Math.abs(theirs - ours.getTime()) < LARGEST_SKEW_MS ? new Date(theirs) : ours;
}
