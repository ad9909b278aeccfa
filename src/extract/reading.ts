import type { Format } from "./format.ts";

/** One document as its reader gets it. */
export interface Reading {
  bytes: Uint8Array;
  format: Format;
  mime: string;
  name: string;
  /** UTF-16 units of text to keep. */
  textLength: number;
}
