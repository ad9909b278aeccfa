import type { Dispatcher } from "undici";
import { ConnectorError } from "../../../model/index.ts";
import type { Deadline } from "./deadline.ts";
import { checkedAddresses, checkUrl } from "./guard.ts";
import { networkFailure } from "./network-failure.ts";
import type { Wire } from "./wire.ts";

/** One step of an exchange: to one address, followed nowhere. */
export interface Hop {
  readonly url: URL;
  readonly method: "GET" | "HEAD" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** An answer whose body has not been read. */
export interface Raw {
  /** Of the last step. */
  readonly method: Hop["method"];
  readonly status: number;
  readonly headers: Headers;
  readonly body: Dispatcher.ResponseData["body"];
  readonly url: URL;
  /** What of the body came over the wire so far. */
  readonly received: { bytes: number };
}

/** Sends one request; what the network makes of it is a TryFailed. */
export async function sendHop(wire: Wire, hop: Hop, deadline: Deadline): Promise<Raw> {
  checkUrl(wire.guard, hop.url);
  if (wire.network.proxied) await checkBehindProxy(wire, hop.url);
  checkHeaderValues(wire, hop.headers);
  const dispatcher = await wire.network.dispatcher();
  wire.counts.requests++;
  try {
    const { statusCode, headers, body } = await dispatcher.request({
      origin: hop.url.origin,
      path: hop.url.pathname + hop.url.search,
      method: hop.method,
      headers: { ...hop.headers },
      body: hop.body ? Buffer.from(hop.body.buffer, hop.body.byteOffset, hop.body.byteLength) : null,
      signal: deadline.signal,
    });
    const { method, url } = hop;
    return { method, status: statusCode, headers: toHeaders(headers), body, url, received: { bytes: 0 } };
  } catch (error) {
    throw networkFailure(wire, hop.url.host, error, deadline.passed());
  }
}

/** A name that only the proxy can resolve is the proxy's business. */
async function checkBehindProxy(wire: Wire, url: URL): Promise<void> {
  try {
    await checkedAddresses(wire.guard, url.hostname);
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
  }
}

function checkHeaderValues(wire: Wire, headers: Readonly<Record<string, string>>): void {
  const wrong = Object.entries(headers).find(([, value]) => /[^\t\x20-\x7e\x80-\xff]/.test(value));
  if (!wrong) return;
  throw new ConnectorError(
    "config",
    `${wire.source} cannot send its header ${wrong[0]}: it holds a line break or a character that headers cannot carry.`,
    { hint: "Look for a stray character at the end of the credential." },
  );
}

function toHeaders(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) headers.append(name, one);
    }
  }
  return headers;
}
