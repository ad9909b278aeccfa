import type { Readable } from "node:stream";
import pLimit from "p-limit";
import { ConnectorError } from "../model/index.ts";
import { type Format, formatOfMime, mimeByBytes, mimeOf } from "./format.ts";
import { DEFAULT_LIMITS, FAST_PATH_BYTES } from "./limits.ts";
import { createPool } from "./pool.ts";
import { readBytes } from "./read-bytes.ts";
import { refusal } from "./refuse.ts";
import { readPlain } from "./text/plain.ts";
import type { Extracted, ExtractLimits, Extractor, Source } from "./types.ts";

export { canExtract, mimeOf } from "./format.ts";

const PLAIN: ReadonlySet<Format> = new Set<Format>(["text", "markdown", "code", "delimited"]);

/**
 * Reads documents in up to `threads` (1) worker threads; small plain text is read at once. No document can end the
 * process, hold up the event loop or use more than its limits: it is refused with a sentence, and the next one is read.
 */
export function createExtractor(options: { threads?: number; limits?: Partial<ExtractLimits> } = {}): Extractor {
  const limits: ExtractLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const pool = createPool(options.threads ?? 1, limits.memoryMb);
  const turn = pLimit(4); // bounds the bytes held while documents wait for a thread

  const extract = async (source: Readable | Uint8Array, about: Source): Promise<Extracted> => {
    const bytes = await readBytes(source, about, limits.inputBytes);
    const found = formatOf(bytes, about);
    const plain = extractText(bytes, about, limits);
    if (plain !== undefined) return plain;
    const own = ownBytes(bytes, bytes === source);
    const timeMs = found.format === "pdf" ? limits.timeMs : Math.ceil(limits.timeMs / 3);
    return pool.run({ bytes: own, ...found, name: about.name, limits: { ...limits, timeMs } }, about.signal);
  };

  return {
    extract: (source, about) =>
      turn(async () => {
        if (about.signal?.aborted) throw new ConnectorError("cancelled", "Stopped.");
        try {
          return await extract(source, about);
        } catch (error) {
          throw failureOf(error, about);
        }
      }),
    close: () => pool.close(),
  };
}

/**
 * The fast path: plain text, Markdown, source code and tables of up to 1 MB, read at once on the calling thread.
 * Undefined when the bytes need a thread; refuses binary data.
 */
export function extractText(
  bytes: Uint8Array,
  about: Source,
  limits: Pick<ExtractLimits, "textLength"> = DEFAULT_LIMITS,
): Extracted | undefined {
  if (bytes.byteLength > FAST_PATH_BYTES) return undefined;
  const { format, mime } = formatOf(bytes, about);
  if (!PLAIN.has(format)) return undefined;
  return readPlain({ bytes, format, mime, name: about.name, textLength: limits.textLength });
}

/** What to read the bytes as: the bytes themselves, then the declared mime type, then the name. */
function formatOf(bytes: Uint8Array, about: Source): { format: Format; mime: string } {
  const declared = formatOfMime(about.mime) === undefined ? mimeOf(about.name) : about.mime;
  // "text/plain" is what services say when they know nothing; a name may know better.
  const named = mimeOf(about.name);
  const better = /^text\/plain\b/.test(declared) && named !== "text/plain" && formatOfMime(named) !== undefined;
  const expected = better ? named : declared;
  const mime = mimeByBytes(bytes.subarray(0, 8192), expected) ?? expected;
  const format = formatOfMime(mime);
  if (format === undefined) throw unreadable(mime, about.name);
  return { format, mime };
}

function unreadable(mime: string, name: string): ConnectorError {
  const hint = "Leave it out with the source's exclude patterns.";
  if (mime === "application/x-ole-storage") {
    const next = "Save it without a password as .docx, .xlsx or .pptx, and sync once more.";
    return refusal("unsupported", name, "is a password-protected or pre-2007 Office file, which is not read.", next);
  }
  if (mime === "application/octet-stream") {
    return refusal("unsupported", name, "holds binary data, not text, so there is nothing to read in it.", hint);
  }
  return refusal(
    "unsupported",
    name,
    `is ${mime.replace(/[^\w.+/-]/g, "").slice(0, 80)}, which holds no text that can be read.`,
    hint,
  );
}

/** Bytes that may leave for a thread: the caller's array stays intact. */
function ownBytes(bytes: Uint8Array, callers: boolean): Uint8Array {
  return callers || bytes.byteLength !== bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes;
}

/** A broken stream is the source's failure, told by the source's own error; anything else unforeseen is a bug. */
function failureOf(error: unknown, about: Source): ConnectorError {
  if (error instanceof ConnectorError) return error;
  if (about.signal?.aborted) return new ConnectorError("cancelled", "Stopped.");
  if ((error as NodeJS.ErrnoException)?.code !== undefined) {
    const problem = "could not be read to its end: the transfer broke off.";
    return refusal("unavailable", about.name, problem, "Sync once more; what is missing is fetched then.", error);
  }
  return ConnectorError.from(error);
}
