import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect } from "vitest";
import {
  type AuthMethod,
  type Clock,
  type Http,
  type HttpService,
  type HttpSettings,
  type Logger,
  type OpenHttp,
  openHttp,
} from "../../../../src/connectors/kit/index.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Runs when the test is over, last one first. */
export function afterwards(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** Waits for something to become true, as long as a busy machine may need. */
export function eventually<T>(look: () => T) {
  return expect.poll(look, { timeout: 15_000 });
}

export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
  at: number;
}

export interface Loopback {
  url: string;
  port: number;
  seen: Seen[];
}

export type Handle = (seen: Seen, response: ServerResponse, request: IncomingMessage) => unknown;

/** A real server on this machine that remembers what it was asked. */
export async function serve(handle: Handle, clock: Pick<Clock, "now"> = { now: () => new Date() }): Promise<Loopback> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://loopback");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one: Seen = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      at: clock.now().getTime(),
    };
    seen.push(one);
    response.sendDate = false;
    response.setHeader("date", clock.now().toUTCString());
    await handle(one, response, request);
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, port, seen };
}

export async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  afterwards(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

export function sendJson(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}) {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(body));
}

/** A clock that runs `speed` times as fast as the one on the wall. */
export function fastClock(speed: number): Clock & { slept: number[] } {
  const [began, start] = [Date.now(), performance.now()];
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(began + (performance.now() - start) * speed),
    sleep: (ms, signal) => {
      slept.push(ms);
      return new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        const timer = setTimeout(wake, ms / speed);
        signal?.addEventListener("abort", wake);
      });
    },
  };
}

export interface LogLine {
  event: string;
  data: object | undefined;
}

export function keepLog(): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const add = (event: string, data?: object) => void lines.push({ event, data });
  return { log: { debug: add, info: add, warn: add }, lines };
}

export function mapMemory() {
  const kept = new Map<string, unknown>();
  return {
    kept,
    get: async (key: string) => structuredClone(kept.get(key)),
    set: async (key: string, value: unknown) => void kept.set(key, structuredClone(value)),
  };
}

/** The credential of these tests, never to be met where it does not belong. */
export const TOKEN = "ghp_kNmQ4canary8LTz2vWc6";

export const byToken: AuthMethod = {
  id: "token",
  title: "Access token",
  howTo: "Create a token under Settings, Developer settings.",
  applies: () => true,
  credential: async () => ({ headers: { Authorization: `Bearer ${TOKEN}` } }),
};

export function serviceAt(url: string, more: Partial<HttpService> = {}): HttpService {
  return { baseUrl: () => url, auth: [byToken], buckets: { default: { concurrency: 4 } }, ...more };
}

export interface Asking {
  http: Http;
  open: OpenHttp;
  lines: LogLine[];
  clock: Clock & { slept: number[] };
}

/** The layer as a source opens it, on a clock of a thousandth of the waiting. */
export function asking(service: HttpService, more: Partial<HttpSettings> = {}, signal?: AbortSignal): Asking {
  const { log, lines } = keepLog();
  const clock = (more.clock as Asking["clock"] | undefined) ?? fastClock(1000);
  const open = openHttp({
    source: "work-github",
    service,
    config: {},
    memory: mapMemory(),
    tokens: () => Promise.reject(new Error("no login in this test")),
    allowPrivateNetwork: true,
    clock,
    log,
    environment: {},
    ...more,
  });
  afterwards(() => open.close());
  return { http: open.until(signal ?? new AbortController().signal), open, lines, clock };
}
