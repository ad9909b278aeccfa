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

function hostnameOf(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    return undefined;
  }
}
