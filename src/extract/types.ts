import type { Readable } from "node:stream";

/** What bytes turned out to say. */
export interface Extracted {
  /** Markdown, line breaks `\n`, no control characters. */
  text: string;
  /** Only where the format itself names it reliably (a mail's subject, a document's title property). */
  title?: string;
  authors?: string[];
  createdAt?: string;
  updatedAt?: string;
  /** Facts worth filtering by: pages, sheets, slides, to, cc, attachments. */
  fields: Record<string, string | number | boolean | string[] | null>;
  /** Sentences about what was left out: "Only the first 200 of 312 pages were read." */
  warnings: string[];
}

export interface ExtractLimits {
  /** Bytes read from the stream, before decompression. */
  inputBytes: number;
  /** UTF-16 units of text kept; the rest is cut with a warning. */
  textLength: number;
  /** Wall clock for one document, milliseconds. */
  timeMs: number;
  /** Heap of the worker, megabytes. */
  memoryMb: number;
}

/** What is known about bytes before they are read. */
export interface Source {
  /** As the service declares it; checked against the bytes. */
  mime: string;
  /** File name or title, for the format and for sentences about failures. */
  name: string;
  signal?: AbortSignal;
}

/** Turns bytes into Markdown. Every failure is a ConnectorError with one sentence about the file. */
export interface Extractor {
  extract(source: Readable | Uint8Array, about: Source): Promise<Extracted>;
  /** Ends the threads; documents still being read are refused as cancelled. */
  close(): Promise<void>;
}
