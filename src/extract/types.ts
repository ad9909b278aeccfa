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
