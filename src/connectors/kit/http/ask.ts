import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { ConnectorError } from "../../../model/index.ts";
import { type Deadline, startDeadline } from "./deadline.ts";
import type { Raw } from "./dispatch.ts";
import type { HttpRequest } from "./http.ts";
import { type Lane, laneOf } from "./limiter.ts";
import { networkFailure } from "./network-failure.ts";
import { follow } from "./redirect.ts";
import { refusalOf } from "./refuse.ts";
import { lowerCase, type Prepared, prepareRequest } from "./request.ts";
import { logAnswer } from "./request-log.ts";
import type { Bucket, Credential } from "./service.ts";
import { sleepFully } from "./sleep.ts";
import { whenToldToReturn } from "./told.ts";
import { TryFailed } from "./try-failed.ts";
import type { Line, Wire } from "./wire.ts";

/** An answer that was let pass, its body unread. */
export interface Reply extends Raw {
  readonly wire: Wire;
  readonly prepared: Prepared;
  /** Whether the deadline is over. */
  readonly late: () => boolean;
  /** The exchange lasts until this stream is closed, not only until the reader returns. */
  keepOpen(body: Readable): void;
}

/** How an answer of one form is asked for and read. */
export interface Reading<T> {
  readonly accept: string;
  readonly timeoutMs: number;
  /** Status 304 is an answer to this request. */
  readonly conditional?: boolean;
  read(reply: Reply): Promise<T>;
}

const NO_CREDENTIAL: Credential = { headers: {} };

/** Asks until there is an answer, a refusal, or no reason to ask again. Throws ConnectorErrors only. */
export async function ask<T>(line: Line, request: HttpRequest, reading: Reading<T>): Promise<T> {
  const { wire, signal } = line;
  const prepared = prepareRequest(wire, request, reading.accept);
  let credentialRefused = false;
  for (let tries = 1; ; tries++) {
    try {
      return await oneTry(line, request, prepared, reading, tries);
    } catch (thrown) {
      if (signal.aborted) throw new ConnectorError("cancelled", "Stopped.");
      if (!(thrown instanceof TryFailed)) throw ConnectorError.from(thrown);
      const freshCredential = thrown.again === "credential" && !credentialRefused;
      if (!freshCredential && !mayRepeat(wire, prepared, thrown, tries)) throw thrown.error;
      credentialRefused ||= thrown.again === "credential";
      wire.counts.retried++;
      // A bucket that rests is waited for at its gate.
      if (thrown.again !== "credential" && !thrown.told) await backOff(line, tries);
    }
  }
}

function mayRepeat(wire: Wire, prepared: Prepared, failed: TryFailed, tries: number): boolean {
  if (!prepared.repeatable) return false;
  if (failed.again === "later") return tries < wire.limits.tries;
  return failed.again === "twice" && tries < wire.limits.shapeTries;
}

/** Full jitter, so that those who failed together do not come back together. */
async function backOff({ wire, signal }: Line, tries: number): Promise<void> {
  wire.counts.waitedMs += await sleepFully(backOffMs(wire, tries), wire.clock, signal);
  if (signal.aborted) throw new ConnectorError("cancelled", "Stopped.");
}

function backOffMs(wire: Wire, tries: number): number {
  const { backoffMs, longestBackoffMs } = wire.limits;
  return Math.ceil(Math.random() * Math.min(longestBackoffMs, backoffMs * 2 ** (tries - 1)));
}

/** One try, and all it holds on to. */
interface Try {
  readonly line: Line;
  readonly request: HttpRequest;
  readonly prepared: Prepared;
  readonly tries: number;
  readonly credential: Credential;
  /** Whether a credential proves it. */
  readonly signed: boolean;
  readonly deadline: Deadline;
  /** The stream that the exchange lasts for. */
  open?: Readable;
}

async function oneTry<T>(
  line: Line,
  request: HttpRequest,
  prepared: Prepared,
  reading: Reading<T>,
  tries: number,
): Promise<T> {
  const { wire, signal } = line;
  const signed = prepared.home && !line.anonymous && request.anonymous !== true;
  const credential = signed ? await wire.credentials.get(request.realm, signal) : NO_CREDENTIAL;
  const leave = await laneFor(wire, prepared, credential, request.bucket).enter(request.cost ?? 1, {
    source: wire.source,
    host: prepared.url.host,
    clock: wire.clock,
    signal,
    longestWaitMs: wire.limits.longestWaitMs,
    waited: (ms) => {
      wire.counts.waitedMs += ms;
    },
  });
  const deadline = startDeadline(request.timeoutMs ?? reading.timeoutMs, signal);
  const one: Try = { line, request, prepared, tries, credential, signed, deadline };
  const end = () => {
    deadline.end();
    leave();
  };
  try {
    return await exchange(one, reading);
  } catch (thrown) {
    const failed = networkFailure(wire, prepared.url.host, thrown, deadline.passed());
    if (failed.again === "credential") await wire.credentials.forget(request.realm, credential);
    throw rested(one, failed);
  } finally {
    if (one.open) one.open.once("close", end);
    else end();
  }
}

async function exchange<T>(one: Try, reading: Reading<T>): Promise<T> {
  const { prepared, deadline, credential } = one;
  const { wire } = one.line;
  const began = performance.now();
  const headers = { ...prepared.headers, ...lowerCase(credential.headers) };
  const raw = await follow(wire, { ...prepared, headers }, deadline.signal);
  logAnswer(wire, prepared, raw, performance.now() - began, one.tries);
  const told = whenToldToReturn(wire, raw);
  if (told) laneFor(wire, prepared, credential, told.bucket ?? one.request.bucket).restFor(told.ms, wire.clock);
  if (raw.status >= 400 || (raw.status >= 300 && !(raw.status === 304 && reading.conditional)) || raw.status < 200)
    throw await refusalOf(wire, prepared, raw, told, one.signed);
  if (raw.status === 304) wire.counts.notModified++;
  const keepOpen = (body: Readable) => {
    one.open = body;
  };
  return reading.read({ ...raw, wire, prepared, late: deadline.passed, keepOpen });
}

/** A limit rests for everybody who shares it, also where the service did not say for how long. */
function rested(one: Try, failed: TryFailed): TryFailed {
  const { wire } = one.line;
  const { error } = failed;
  const long = error.retryAfterMs !== undefined && error.retryAfterMs > wire.limits.longestWaitMs;
  if (failed.again === "later" && !failed.told && (error.kind === "rate_limited" || error.retryAfterMs !== undefined)) {
    const ms = error.retryAfterMs ?? backOffMs(wire, one.tries);
    laneFor(wire, one.prepared, one.credential, one.request.bucket).restFor(ms, wire.clock);
    if (!long) return new TryFailed(error, "later", true);
  }
  if (failed.again !== "later" || !long) return failed;
  const { message, hint, status, retryAfterMs } = error;
  return new TryFailed(new ConnectorError("rate_limited", message, { hint, status, retryAfterMs }), "never");
}

/** Limits are shared by whatever in this process shows the same credential to the same service. */
function laneFor(wire: Wire, prepared: Prepared, credential: Credential, name = "default"): Lane {
  const bucket: Bucket = wire.service.buckets[name] ?? wire.service.buckets.default;
  const proof = createHash("sha256").update(JSON.stringify(credential.headers)).digest("base64url");
  return laneOf(`${prepared.url.origin} ${proof} ${name}`, bucket, wire.clock);
}
