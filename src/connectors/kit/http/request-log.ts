import type { ConnectorError } from "../../../model/index.ts";
import type { Raw } from "./dispatch.ts";
import type { Prepared } from "./request.ts";
import type { Wire } from "./wire.ts";

/** How one try went. */
export interface Outcome {
  readonly prepared: Prepared;
  readonly raw: Raw | undefined;
  readonly error: ConnectorError | undefined;
  readonly ms: number;
  readonly tries: number;
}

/** One line for each try, at debug level: no query, no header, no body. */
export function logTry(wire: Wire, { prepared, raw, error, ms, tries }: Outcome): void {
  wire.log.debug(error ? "request.failed" : "request.answered", {
    method: prepared.method,
    path: patternOf(prepared.place),
    ...(raw && { status: raw.status, bytes: raw.received.bytes }),
    ...(error && { kind: error.kind }),
    ms: Math.round(ms),
    tries,
  });
}

/** The path without ids, so that lines can be counted. */
function patternOf(path: string): string {
  return withoutTokens(path).replace(/\/\d+(?=\/|$)/g, "/:number");
}

/** The path without long parts that hold digits: some addresses are secrets themselves. */
export function withoutTokens(path: string): string {
  return path
    .split("/")
    .map((part) => (part.length >= 24 && /\d/.test(part) && /^[\w~+=%.:-]+$/.test(part) ? ":id" : part))
    .join("/");
}
