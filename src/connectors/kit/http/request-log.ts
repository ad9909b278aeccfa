import type { Raw } from "./dispatch.ts";
import type { Prepared } from "./request.ts";
import type { Wire } from "./wire.ts";

/** One line for each answer, at debug level: no query, no header, no body. */
export function logAnswer(wire: Wire, prepared: Prepared, raw: Raw, ms: number, tries: number): void {
  wire.log.debug("request.answered", {
    method: prepared.method,
    path: patternOf(prepared.place),
    status: raw.status,
    ms: Math.round(ms),
    tries,
    bytes: Number(raw.headers.get("content-length") ?? Number.NaN) || undefined,
  });
}

/** Ids are left out, so that lines can be counted, and so that an address which is itself a secret does not show it. */
export function patternOf(path: string): string {
  return path
    .split("/")
    .map((part) => {
      if (/^\d+$/.test(part)) return ":number";
      return /^[\w~+=%.-]{24,}$/.test(part) && /\d/.test(part) ? ":id" : part;
    })
    .join("/");
}
