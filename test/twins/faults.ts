import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** An answer as a twin would give it. */
export interface Answered {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** What goes wrong with one request. The first group replaces the answer, the second spoils it, the third delays it. */
export type Fault =
  | { kind: "status"; status: number; retryAfter?: string; body?: string; headers?: Record<string, string> }
  | { kind: "html" }
  | { kind: "empty" }
  | { kind: "null" }
  | { kind: "error-object" }
  | { kind: "redirect"; to: string; status?: number }
  | { kind: "cut" }
  | { kind: "truncated" }
  | { kind: "charset" }
  | { kind: "wrong-shape" }
  | { kind: "duplicate" }
  | { kind: "cycle" }
  | { kind: "elsewhere"; to: string }
  | { kind: "reset" }
  | { kind: "hang" }
  | { kind: "drip"; bytesPerSecond: number }
  | { kind: "latency"; ms: number };

export interface FaultRequest {
  /** How many came before it. */
  readonly index: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Of the server that was asked, such as `http://127.0.0.1:4000`. */
  readonly origin: string;
}

/** Decides for each request whether something goes wrong, and what. */
export type FaultRule = (request: FaultRequest) => Fault | undefined;

const LOGIN_PAGE = "<!doctype html><title>Sign in</title><p>Please sign in to the hotel network.</p>";

/**
 * The fault layer in front of a twin. Rules are asked in their order, the first that answers wins. Everything is decided
 * by the number of the request and a seed, so that a run can be repeated; `log` says what was done to whom.
 */
export class Faults {
  readonly log: { index: number; path: string; kind: Fault["kind"] }[] = [];
  /** Every answer takes this long. */
  latencyMs = 0;
  readonly #rules: FaultRule[] = [];
  readonly #lastBodies = new Map<string, Answered>();
  #served = 0;

  add(rule: FaultRule): void {
    this.#rules.push(rule);
  }

  /** The next requests whose path matches meet this fault. */
  next(fault: Fault, match: RegExp = /./, times = 1): void {
    let left = times;
    this.add((request) => {
      if (left === 0 || !match.test(request.path)) return undefined;
      left -= 1;
      return fault;
    });
  }

  /** Each request meets one of the faults with this chance, the same ones for the same seed. */
  storm(seed: number, chance: number, faults: readonly Fault[]): void {
    const random = seeded(seed);
    this.add(() => {
      const [hit, which] = [random(), random()];
      return hit < chance ? faults[Math.floor(which * faults.length)] : undefined;
    });
  }

  clear(): void {
    this.#rules.length = 0;
    this.latencyMs = 0;
  }

  /** Answers the request, spoiled when a rule says so. `produce` is not called when the answer is replaced. */
  async serve(
    request: Omit<FaultRequest, "index">,
    response: ServerResponse,
    produce: () => Promise<Answered>,
  ): Promise<Answered | undefined> {
    const index = this.#served++;
    const fault = this.#rules.reduce<Fault | undefined>((met, rule) => met ?? rule({ ...request, index }), undefined);
    if (this.latencyMs > 0) await wait(this.latencyMs);
    if (fault === undefined) {
      const answer = await produce();
      this.#lastBodies.set(shapeOf(request.path), answer);
      send(response, answer);
      return answer;
    }
    this.log.push({ index, path: request.path, kind: fault.kind });
    return this.#spoil(fault, request, response, produce);
  }

  async #spoil(
    fault: Fault,
    request: Omit<FaultRequest, "index">,
    response: ServerResponse,
    produce: () => Promise<Answered>,
  ): Promise<Answered | undefined> {
    const replaced = replacement(fault);
    if (replaced !== undefined) {
      send(response, replaced);
      return replaced;
    }
    if (fault.kind === "hang") return undefined;
    if (fault.kind === "reset") {
      response.socket?.destroy();
      return undefined;
    }
    if (fault.kind === "latency") await wait(fault.ms);
    const answer = (fault.kind === "duplicate" && this.#lastBodies.get(shapeOf(request.path))) || (await produce());
    if (fault.kind === "cut") cut(response, answer);
    else if (fault.kind === "drip") void drip(response, answer, fault.bytesPerSecond);
    else send(response, spoiled(fault, answer, request.origin + request.path));
    return answer;
  }
}

function replacement(fault: Fault): Answered | undefined {
  const json = { "content-type": "application/json; charset=utf-8" };
  switch (fault.kind) {
    case "status": {
      const after: Record<string, string> = fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter };
      const body = fault.body ?? JSON.stringify({ message: `Answer ${fault.status} on demand` });
      return { status: fault.status, headers: { ...json, ...after, ...fault.headers }, body: Buffer.from(body) };
    }
    case "html":
      return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: Buffer.from(LOGIN_PAGE) };
    case "empty":
      return { status: 200, headers: json, body: Buffer.alloc(0) };
    case "null":
      return { status: 200, headers: json, body: Buffer.from("null") };
    case "error-object":
      return { status: 200, headers: json, body: Buffer.from('{"message":"Server Error","documentation_url":""}') };
    case "redirect":
      return { status: fault.status ?? 302, headers: { location: fault.to }, body: Buffer.alloc(0) };
    default:
      return undefined;
  }
}

/** The true answer with one thing wrong in it. */
function spoiled(fault: Fault, answer: Answered, url: string): Answered {
  const { headers, body } = answer;
  switch (fault.kind) {
    case "truncated":
      return { ...answer, body: body.subarray(0, Math.floor(body.length * 0.7)) };
    case "charset":
      return { ...answer, body: Buffer.from(body.toString("utf8"), "utf16le") };
    case "wrong-shape":
      return { ...answer, body: Buffer.from(body.toString("utf8").startsWith("[") ? '[{"id":"seven"}]' : '["?"]') };
    case "cycle":
      return { ...answer, headers: { ...headers, link: `<${url}>; rel="next"` } };
    case "elsewhere":
      return { ...answer, headers: { ...headers, link: `<${fault.to}>; rel="next"` } };
    default:
      return answer;
  }
}

function send(response: ServerResponse, answer: Answered): void {
  if (response.destroyed) return;
  const bodiless = answer.status === 304 || answer.status === 204;
  const length = bodiless ? {} : { "content-length": String(answer.body.length) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(bodiless ? undefined : answer.body);
}

/** Promises the whole body and closes the line in the middle. */
function cut(response: ServerResponse, answer: Answered): void {
  response.writeHead(answer.status, { ...answer.headers, "content-length": String(answer.body.length + 1) });
  response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => response.destroy());
}

async function drip(response: ServerResponse, answer: Answered, bytesPerSecond: number): Promise<void> {
  response.writeHead(answer.status, { ...answer.headers, "content-length": String(answer.body.length) });
  const step = Math.max(1, Math.floor(bytesPerSecond / 10));
  for (let at = 0; at < answer.body.length && !response.destroyed; at += step) {
    response.write(answer.body.subarray(at, at + step));
    await wait(100, undefined, { ref: false });
  }
  response.end();
}

/** Paths of one list, whatever its page. */
function shapeOf(path: string): string {
  return path.split("?")[0] as string;
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
