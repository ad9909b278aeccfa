import { cleanText } from "./clean-text.ts";
import type { Format } from "./format.ts";
import type { Job } from "./pool.ts";
import type { Reading } from "./reading.ts";
import { keep, readPlain } from "./text/plain.ts";
import type { Extracted } from "./types.ts";

type Reader = (reading: Reading, timeMs: number) => Extracted | Promise<Extracted>;

/** One reader per format, loaded when the first document of its kind comes. */
const READERS: Record<Format, () => Promise<Reader>> = {
  text: async () => readPlain,
  markdown: async () => readPlain,
  code: async () => readPlain,
  delimited: async () => readPlain,
  html: async () => (await import("./html/html.ts")).readHtml,
  pdf: async () => (await import("./pdf/pdf.ts")).readPdf,
  docx: async () => (await import("./office/docx.ts")).readDocx,
  xlsx: async () => (await import("./office/xlsx.ts")).readXlsx,
  pptx: async () => (await import("./office/pptx.ts")).readPptx,
  odt: async () => (await import("./office/odt.ts")).readOdt,
  rtf: async () => (await import("./text/rtf.ts")).readRtf,
  mail: async () => (await import("./mail/mail.ts")).readMail,
};

/** Reads one document inside the thread: its reader's text, cleaned and cut to the limit. */
export async function readDocument(job: Job): Promise<Extracted> {
  const { bytes, format, mime, name, limits } = job;
  const read = await READERS[format]();
  const extracted = await read({ bytes, format, mime, name, textLength: limits.textLength }, limits.timeMs);
  const { kept, warnings } = keep(cleanText(extracted.text).trim(), limits.textLength);
  return { ...extracted, text: kept, warnings: [...extracted.warnings, ...warnings] };
}
