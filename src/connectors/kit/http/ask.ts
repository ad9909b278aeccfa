import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { ConnectorError } from "../../../model/index.ts";
import { type Deadline, startDeadline } from "./deadline.ts";
import type { Raw } from "./dispatch.ts";
import type { HttpRequest } from "./http.ts";
import { type Asker, type Lane, laneOf } from "./limiter.ts";
import type { HttpLimits } from "./limits.ts";
import { follow } from "./redirect.ts";
import { refusalOf } from "./refuse.ts";
import { lowerCase, type Prepared, prepareRequest } from "./request.ts";
import { logTry } from "./request-log.ts";
import type { Credential } from "./service.ts";
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
  let [credentialRefused, misshapen] = [false, 0];
  for (let tries = 1; ; tries++) {
    try {
      return await oneTry(line, request, prepared, reading, tries);
    } catch (thrown) {
      if (signal.aborted) throw new ConnectorError("cancelled", "Stopped.");
      if (!(thrown instanceof TryFailed)) throw ConnectorError.from(thrown);
      const freshCredential = thrown.again === "credential" && !credentialRefused;
      if (thrown.again === "twice") misshapen++;
      if (!freshCredential && !mayRepeat(wire, prepared, thrown, { tries, misshapen })) throw thrown.error;
      credentialRefused ||= thrown.again === "credential";
      wire.counts.retried++;
      // A bucket that rests is waited for at its gate.
      if (thrown.again !== "credential" && !thrown.told) await backOff(line, tries);
    }
  }
}

/** A limit in between says nothing about the shape of the next answer. */
function mayRepeat(
  { limits }: Wire,
  prepared: Prepared,
  failed: TryFailed,
  { tries, misshapen }: { tries: number; misshapen: number },
): boolean {
  if (!prepared.repeatable || tries >= limits.tries) return false;
  return failed.again === "later" || (failed.again === "twice" && misshapen < limits.shapeTries);
}

/** Full jitter, so that those who failed together do not come back together. */
async function backOff({ wire, signal }: Line, tries: number): Promise<void> {
  wire.counts.waitedMs += await sleepFully(backOffMs(wire.limits, tries), wire.clock, signal);
  if (signal.aborted) throw new ConnectorError("cancelled", "Stopped.");
}

function backOffMs({ backoffMs, longestBackoffMs }: HttpLimits, tries: number): number {
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
  raw?: Raw;
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
  const leave = await laneFor(wire, prepared, credential, request.bucket).enter(
    request.cost ?? 1,
    askerOf(line, prepared),
  );
  const deadline = startDeadline(request.timeoutMs ?? reading.timeoutMs, signal);
  const one: Try = { line, request, prepared, tries, credential, signed, deadline };
  const began = performance.now();
  let failed: TryFailed | undefined;
  const end = () => {
    deadline.end();
    leave();
    logTry(wire, { prepared, raw: one.raw, error: failed?.error, ms: performance.now() - began, tries });
  };
  try {
    return await exchange(one, reading);
  } catch (thrown) {
    failed = rested(one, thrown instanceof TryFailed ? thrown : new TryFailed(ConnectorError.from(thrown), "never"));
    one.raw?.body.on("error", () => {}).destroy();
    if (failed.again === "credential") await wire.credentials.forget(request.realm, credential);
    throw failed;
  } finally {
    if (one.open && !one.open.closed) one.open.once("close", end);
    else end();
  }
}

function askerOf({ wire, signal }: Line, prepared: Prepared): Asker {
  return {
    source: wire.source,
    host: prepared.url.host,
    clock: wire.clock,
    signal,
    longestWaitMs: wire.limits.longestWaitMs,
    waited: (ms) => {
      wire.counts.waitedMs += ms;
    },
  };
}

async function exchange<T>(one: Try, reading: Reading<T>): Promise<T> {
  const { prepared, deadline, credential } = one;
  const { wire } = one.line;
  const headers = { ...prepared.headers, ...lowerCase(credential.headers) };
  const raw = await follow(wire, { ...prepared, headers }, deadline);
  one.raw = raw;
  const told = whenToldToReturn(wire, raw);
  if (told?.bucket !== undefined) rest(one, told.bucket, told.ms);
  const answered = (raw.status >= 200 && raw.status < 300) || (raw.status === 304 && reading.conditional === true);
  // Whatever bucket the service names: what it refused now, it refuses until then.
  if (told && (told.bucket === undefined || !answered)) rest(one, one.request.bucket, told.ms);
  if (!answered) throw await refusalOf(wire, prepared, raw, told, one.signed);
  if (raw.status === 304) wire.counts.notModified++;
  const keepOpen = (body: Readable) => {
    one.open = body;
  };
  return reading.read({ ...raw, wire, prepared, late: deadline.passed, keepOpen });
}

/** A limit rests for everybody who shares it, also where the service did not say for how long. */
function rested(one: Try, failed: TryFailed): TryFailed {
  const { error } = failed;
  const { limits } = one.line.wire;
  const untold = !failed.told && (error.kind === "rate_limited" || error.retryAfterMs !== undefined);
  if (failed.again !== "later") return failed;
  const ms = error.retryAfterMs ?? backOffMs(limits, one.tries);
  if (untold) rest(one, one.request.bucket, ms);
  if (error.retryAfterMs === undefined || ms <= limits.longestWaitMs)
    return new TryFailed(error, "later", failed.told || untold);
  const { message, hint, status } = error;
  return new TryFailed(new ConnectorError("rate_limited", message, { hint, status, retryAfterMs: ms }), "never");
}

function rest(one: Try, bucket: string | undefined, ms: number): void {
  const { wire } = one.line;
  laneFor(wire, one.prepared, one.credential, bucket).restFor(ms, wire.clock);
  wire.log.debug("bucket.rested", { bucket: bucket ?? "default", ms: Math.round(ms) });
}

/** Limits are shared by whatever in this process shows the same credential to the same service. */
function laneFor(wire: Wire, prepared: Prepared, credential: Credential, named: string | undefined): Lane {
  const { buckets } = wire.service;
  const name = named !== undefined && named in buckets ? named : "default";
  const proof = createHash("sha256").update(JSON.stringify(credential.headers)).digest("base64url");
  return laneOf(`${prepared.url.origin} ${proof} ${name}`, buckets[name] ?? buckets.default, wire.clock);
}
