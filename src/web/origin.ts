import type { IncomingMessage } from "node:http";

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/** Where requests may be addressed to and come from. */
export interface Borders {
  /** Host names, without ports, in small letters. */
  hosts: ReadonlySet<string>;
  /** Web origins such as `https://app.example.com` whose pages may read answers. */
  origins: ReadonlySet<string>;
}

/** True for 127.0.0.0/8, ::1 and localhost. */
export function isLoopback(address: string): boolean {
  const bare = address.toLowerCase().replace(/^\[|\]$/g, "");
  return bare === "localhost" || bare === "::1" || /^127(\.\d{1,3}){3}$/.test(bare);
}

/** The configured names, and those of this machine where it listens on loopback or on every address. */
export function bordersOf(listen: string, hosts: readonly string[], origins: readonly string[]): Borders {
  const bound = listen === "0.0.0.0" || listen === "::" ? [] : [listen.includes(":") ? `[${listen}]` : listen];
  const names = [...LOOPBACK_NAMES, ...bound, ...hosts].map((name) => name.toLowerCase());
  return { hosts: new Set(names), origins: new Set(origins.map((origin) => origin.toLowerCase().replace(/\/$/, ""))) };
}

/** Refuses requests that a foreign web page made a browser send: the answer is why, or undefined when all is well. */
export function trespass(request: IncomingMessage, { hosts, origins }: Borders): string | undefined {
  const host = hostnameOf(`http://${request.headers.host ?? ""}`);
  if (host === undefined || !hosts.has(host)) return "This Host is not served here. Allow it with server.http.hosts.";
  const { origin } = request.headers;
  if (origin === undefined || origins.has(origin.toLowerCase())) return undefined;
  const from = /^https?:\/\//i.test(origin) ? hostnameOf(origin) : undefined;
  if (from !== undefined && hosts.has(from)) return undefined;
  return "This Origin may not call here. Allow it with server.http.origins.";
}

/** Whether a program of this machine asks, and nobody passes a stranger's request on. */
export function isFromHere(request: IncomingMessage): boolean {
  const host = hostnameOf(`http://${request.headers.host ?? ""}`);
  return host !== undefined && isLoopback(host) && isLoopback(bareAddress(request)) && !isPassedOn(request);
}

/**
 * Who asks, for counting. A proxy or tunnel on this machine says whom it passes on; what others say of themselves is
 * not believed.
 */
export function callerOf(request: IncomingMessage): string {
  const address = bareAddress(request);
  if (!isLoopback(address)) return address;
  return (
    String(request.headers["x-forwarded-for"] ?? "")
      .split(",")
      .at(-1)
      ?.trim() || address
  );
}

/** The address as the caller wrote it: encrypted as far as the proxy, unless it is this machine's own. */
export function publicUrl(request: IncomingMessage): URL {
  const host = request.headers.host ?? "localhost";
  const isOurs = isLoopback(hostnameOf(`http://${host}`) ?? "");
  return new URL(`${isOurs ? "http" : "https"}://${host}${request.url ?? "/"}`);
}

function isPassedOn({ headers }: IncomingMessage): boolean {
  return ["forwarded", "x-forwarded-for", "x-forwarded-host"].some((name) => headers[name] !== undefined);
}

function bareAddress(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

function hostnameOf(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    return undefined;
  }
}
