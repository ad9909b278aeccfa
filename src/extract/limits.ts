import type { ExtractLimits } from "./types.ts";

/** What one document may cost. `timeMs` is for PDF; every other format has a third of it. */
export const DEFAULT_LIMITS: Readonly<ExtractLimits> = {
  inputBytes: 50_000_000,
  textLength: 2_000_000,
  timeMs: 30_000,
  memoryMb: 256,
};

/** Text up to this size is read on the calling thread: it takes a few milliseconds. */
export const FAST_PATH_BYTES = 1_000_000;

/** HTML larger than this is refused: no page that people read is. */
export const HTML_BYTES = 10_000_000;

/** Nesting of elements in HTML and XML; HTML goes on flat, XML is refused. */
export const MARKUP_DEPTH = 512;

/** Bounds of a zip package (a .docx and its kin). */
export const ZIP_LIMITS = {
  entries: 10_000,
  /** Uncompressed over compressed bytes of one entry so far, judged after the first megabyte. */
  ratio: 200,
  ratioAfterBytes: 1_000_000,
  /** Uncompressed bytes over all entries that are read. */
  outputBytes: 256_000_000,
} as const;
