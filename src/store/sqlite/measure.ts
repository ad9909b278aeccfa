import { fingerprint } from "./fingerprint.ts";
import { indexable } from "./text.ts";

/** A text with all that the writer has to know of it. */
export interface Measured {
  /** The text itself, as a string or as UTF-8. */
  text: string | Uint8Array;
  hash: Uint8Array | null;
  /** As UTF-8. */
  bytes: number;
  /** UTF-16 units. */
  length: number;
  /** The index takes the text as it is. */
  isPlain: boolean;
}

export function measure(text: string): Measured {
  const bytes = Buffer.byteLength(text);
  return { text, hash: fingerprint(text), bytes, length: text.length, isPlain: isPlain(text, bytes) };
}

/** Whether the index takes a text of so many bytes of UTF-8 as it is. */
export function isPlain(text: string, bytes: number): boolean {
  return bytes === text.length ? !text.includes("\0") : indexable(text) === text;
}
