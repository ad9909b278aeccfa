import { indexable as plainly } from "../query/indexable.ts";
import type { Value } from "./driver.ts";

/**
 * A string as SQLite keeps it without loss. SQLite's text is UTF-8, which has no lone surrogates, so a string that is
 * not well-formed is kept as a blob of UTF-16LE in the same column; `decodeText` gives it back exactly. NUL is kept.
 */
export function encodeText(text: string): string | Uint8Array {
  return text.isWellFormed() ? text : Buffer.from(text, "utf16le");
}

/** The string behind a column written through `encodeText`. */
export function decodeText(value: Value): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf16le");
  }
  return value === null ? "" : String(value);
}

export function decodeOptional(value: Value | undefined): string | undefined {
  return value === null || value === undefined ? undefined : decodeText(value);
}

/** A string made fit for the full text index (see `query/indexable.ts`); lone surrogates and NUL mean nothing there. */
export function indexable(text: string): string {
  const formed = text.toWellFormed();
  return plainly(formed.includes("\0") ? formed.replaceAll("\0", " ") : formed);
}
