import { ConnectorError } from "../../../model/index.ts";
import type { HttpRequest } from "./http.ts";
import type { Wire } from "./wire.ts";

/** A request ready to travel, but for its credential. */
export interface Prepared {
  readonly url: URL;
  readonly method: "GET" | "HEAD" | "POST";
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** Sending it twice does no harm. */
  readonly repeatable: boolean;
  /** It goes to the service's own origin, or one of them. */
  readonly home: boolean;
  /** How log lines and errors call where it goes: never with a query, and foreign addresses by their host alone. */
  readonly place: string;
}

/** `accept` is what is asked for where the request does not say. */
export function prepareRequest(wire: Wire, request: HttpRequest, accept: string): Prepared {
  if (request.bucket !== undefined && !(request.bucket in wire.service.buckets))
    throw new ConnectorError("bug", `A request of ${wire.source} names a limit that its service does not have.`);
  const url = addressOf(wire, request);
  const method = request.method ?? "GET";
  const home = url.origin === wire.base.origin || wire.service.origins?.includes(url.origin) === true;
  const body = request.body === undefined ? undefined : encodeBody(request.body);
  const asked = lowerCase(request.headers ?? {});
  const headers = {
    "user-agent": wire.userAgent,
    accept,
    // A part of a compressed body cannot be unpacked.
    "accept-encoding": asked.range === undefined ? "gzip, deflate, br" : "identity",
    ...(body?.mime && { "content-type": body.mime }),
    ...(home && wire.homeHeaders),
    ...asked,
  };
  const repeatable = method !== "POST" || request.reads === true;
  const place = home ? url.pathname : url.host;
  return { url, method, headers, body: body?.bytes, repeatable, home, place };
}

/** The whole address that a request means. */
export function addressOf(wire: Pick<Wire, "base" | "source">, request: HttpRequest): URL {
  const written = /^[a-z][a-z0-9+.-]*:/i.test(request.url)
    ? request.url
    : `${wire.base.href.replace(/\/$/, "")}/${request.url.replace(/^\//, "")}`;
  if (!URL.canParse(written))
    throw new ConnectorError("bad_response", `${wire.source} was pointed to an address that cannot be read.`);
  const url = new URL(written);
  url.hash = "";
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
  }
  return url;
}

function encodeBody(body: object): { bytes: Uint8Array; mime?: string } {
  if (body instanceof Uint8Array) return { bytes: body };
  if (body instanceof URLSearchParams)
    return { bytes: Buffer.from(body.toString()), mime: "application/x-www-form-urlencoded" };
  return { bytes: Buffer.from(JSON.stringify(body)), mime: "application/json" };
}

export function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
