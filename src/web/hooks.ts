import type { IncomingMessage, ServerResponse } from "node:http";
import type { Hook } from "../sync/types.ts";
import { callerOf, publicUrl } from "./origin.ts";
import { RateLimit, REFUSAL_RATE } from "./rate.ts";
import { readRaw } from "./raw-body.ts";

export interface HooksOptions {
  /** Undefined where nothing takes deliveries. */
  hookOf(tenant: string, source: string): Promise<Hook | undefined>;
  /** A diagnostic for the log; never words of a request. */
  onProblem(message: string): void;
}

/** `/hooks/<source>` for the tenant "default", `/hooks/<tenant>/<source>` for any. */
const PATH = /^\/hooks\/(?:([a-z0-9][a-z0-9-]{0,62})\/)?([a-z0-9][a-z0-9-]{0,62})$/;

/**
 * Where services post their news. The signature is the proof, so no bearer token is asked for; who fails it learns
 * nothing and is slowed down. Answers are empty but for handshakes.
 */
export function hooksEndpoint({ hookOf, onProblem }: HooksOptions) {
  const refusals = new RateLimit(REFUSAL_RATE);
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    if (request.method !== "POST") return end(response, 405, { allow: "POST", connection: "close" });
    const caller = callerOf(request);
    const wait = refusals.waits(caller);
    if (wait > 0) return end(response, 429, { "retry-after": String(wait), connection: "close" });
    const [, tenant = "default", source] = PATH.exec(path) ?? [];
    const hook = source === undefined ? undefined : await hookOf(tenant, source).catch(() => undefined);
    if (hook === undefined) {
      refusals.take(caller);
      return end(response, 404, { connection: "close" });
    }
    const body = await readRaw(request);
    if ("status" in body) {
      if (body.status !== 503) refusals.take(caller);
      return end(response, body.status, { connection: "close" });
    }
    try {
      const taken = await hook.take({
        method: "POST",
        headers: headersOf(request),
        body: body.bytes,
        url: publicUrl(request),
      });
      if (taken === undefined) {
        refusals.take(caller);
        return end(response, 401);
      }
      if (taken.reply === undefined) return end(response, 202);
      const { status, headers, body: words } = taken.reply;
      return end(response, status, { "content-type": "text/plain; charset=utf-8", ...headers }, words);
    } catch {
      onProblem(`a delivery to ${source} could not be taken`);
      return end(response, 500);
    } finally {
      body.release();
    }
  };
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  return headers;
}

function end(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): void {
  response.writeHead(status, { "x-content-type-options": "nosniff", ...headers }).end(body);
}
