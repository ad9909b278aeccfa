import { getDocumentProxy } from "unpdf";
import { cleanLine, saneDate } from "../clean-text.ts";
import type { Reading } from "../reading.ts";
import { corrupt, refusal } from "../refuse.ts";
import type { Extracted } from "../types.ts";
import type { TextItem } from "./lines.ts";
import { pageText } from "./page-text.ts";
import { refuseSwellingStreams } from "./swelling-streams.ts";

const MAX_PAGES = 2000;
const MAX_ITEMS = 50_000;

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;
type PdfPage = Awaited<ReturnType<PdfDocument["getPage"]>>;

/** A PDF's text page by page below `## Page N`. Stops with a warning at the page, length or time limit. */
export async function readPdf(reading: Reading, timeMs: number): Promise<Extracted> {
  const { bytes, name } = reading;
  if (bytes.byteLength === 0) throw corrupt(name, "PDF", "the file is empty");
  refuseSwellingStreams(bytes, name);
  const document = await openDocument(bytes, name);
  try {
    return await readPages(document, reading, Date.now() + timeMs * 0.8);
  } finally {
    await document.destroy();
  }
}

async function openDocument(bytes: Uint8Array, name: string): Promise<PdfDocument> {
  // Looked at beforehand, because the reader takes the bytes away.
  const whole = Buffer.from(bytes.subarray(-2048)).toString("latin1").includes("%%EOF");
  try {
    return await getDocumentProxy(bytes, {
      isEvalSupported: false,
      enableXfa: false,
      disableAutoFetch: true,
      stopAtErrors: false,
      verbosity: 0,
      maxImageSize: 1,
      useWorkerFetch: false,
      useSystemFonts: false,
    });
  } catch (error) {
    const kind = (error as Error)?.name ?? "";
    if (kind === "PasswordException") {
      const hint = "Save a copy without the password, and sync once more.";
      throw refusal("unsupported", name, "is protected by a password, so its text cannot be read.", hint, error);
    }
    throw corrupt(name, "PDF", whole ? "its structure is damaged" : "it is cut off before its end", error);
  }
}

async function readPages(document: PdfDocument, reading: Reading, deadline: number): Promise<Extracted> {
  const warnings: string[] = [];
  const parts: string[] = [];
  const total = document.numPages;
  let length = 0;
  let done = 0;
  let damaged = 0;
  while (done < Math.min(total, MAX_PAGES) && length < reading.textLength && Date.now() < deadline) {
    done++;
    const text = await readPage(document, done);
    if (text === undefined) damaged++;
    if (text === undefined || text === "") continue;
    parts.push(total > 1 ? `## Page ${done}\n\n${text}` : text);
    length += text.length;
  }
  if (done < total) warnings.push(`Only the first ${done} of ${total} pages were read.`);
  if (damaged === done) throw corrupt(reading.name, "PDF", "none of its pages can be read");
  if (damaged > 0) warnings.push(`${damaged} of ${total} pages are damaged and were left out.`);
  if (length === 0) warnings.push("The pages hold pictures only (a scan, perhaps), so there is no text to search.");
  return { text: parts.join("\n\n"), ...(await metadata(document)), fields: { pages: total }, warnings };
}

async function readPage(document: PdfDocument, number: number): Promise<string | undefined> {
  try {
    const page = await document.getPage(number);
    const text = pageText(await itemsOf(page));
    page.cleanup();
    return text;
  } catch {
    return undefined;
  }
}

/** The pieces of a page's text as they come, up to a bound that no page for people reaches. */
async function itemsOf(page: PdfPage): Promise<TextItem[]> {
  const items: TextItem[] = [];
  const reader = page.streamTextContent({ includeMarkedContent: false }).getReader();
  while (items.length < MAX_ITEMS) {
    const { done, value } = await reader.read();
    if (done) return items;
    for (const item of value.items) items.push(item);
  }
  await reader.cancel(new Error("enough"));
  return items;
}

async function metadata(document: PdfDocument): Promise<Partial<Extracted>> {
  try {
    const info = (await document.getMetadata()).info as Record<string, unknown>;
    const line = (key: string) => (typeof info[key] === "string" ? cleanLine(info[key], 300) : undefined);
    const title = believableTitle(line("Title"));
    const author = line("Author");
    const createdAt = pdfDate(line("CreationDate"));
    const updatedAt = pdfDate(line("ModDate"));
    return {
      ...(title !== undefined && { title }),
      ...(author !== undefined && author.length < 120 && { authors: [`user:${author}`] }),
      ...(createdAt !== undefined && { createdAt }),
      ...(updatedAt !== undefined && { updatedAt }),
    };
  } catch {
    return {};
  }
}

/** Printer drivers write file names, "untitled" and their own names where the title belongs. */
function believableTitle(title: string | undefined): string | undefined {
  if (title === undefined || title.length < 3) return undefined;
  const machine =
    /^(untitled|microsoft (word|powerpoint|excel)\b|slide 1$|document\d*$|print)|\.(docx?|pptx?|xlsx?|indd|tex|dvi|qxd|pdf)$/i;
  return machine.test(title) ? undefined : title;
}

/** `D:20260412093000+02'00'` as ISO 8601 (PDF 1.7, 7.9.4, read 2026-11-21). */
function pdfDate(value: string | undefined): string | undefined {
  const parts = /^D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-])(\d\d)'?(\d\d)?)?/.exec(value ?? "");
  if (parts === null) return undefined;
  const [, year, month = "01", day = "01", hour = "00", minute = "00", second = "00", sign, h = "00", m = "00"] = parts;
  const zone = sign === undefined ? "Z" : `${sign}${h}:${m}`;
  return saneDate(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
}
