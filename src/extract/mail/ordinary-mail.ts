import { decodeWords } from "postal-mime";
import { readFirstMailbox, readMailboxes } from "./addresses.ts";
import { decodeCharset, decodeRagged, decodeTransfer, hasBareReturn, joinFlowed } from "./decode-body.ts";
import { type Headers, readHeaders, readStructured, type Structured } from "./headers.ts";
import type { MailAttachment, MailMessage } from "./mail-message.ts";

const DEEPEST = 4;
const MOST_PARTS = 60;
/** Bytes of the headers of one part. */
const LONGEST_HEADERS = 100_000;

/**
 * Reads the mail that nearly everybody sends: text, HTML or both, with attachments, in the usual encodings, without a
 * breach of any rule. A tenth of the time that the thorough parser takes, and the same result: undefined for everything else.
 */
export function readOrdinaryMail(source: Uint8Array): MailMessage | undefined {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const whole = splitPart(bytes, true);
  if (whole === undefined) return undefined;
  const found: Found = { texts: [], attachments: [], parts: 0 };
  if (!readPart(whole, found, { depth: 0, alternative: 0, related: false })) return undefined;
  const body = bodyOf(found);
  return body && { ...factsOf(whole.headers), ...body, attachments: found.attachments };
}

interface Part {
  headers: Headers;
  body: Buffer;
}

interface Found {
  /** `alternative`: number of the multipart/alternative it stands in, 0 for none. */
  texts: { html: boolean; alternative: number; text: string }[];
  attachments: MailAttachment[];
  parts: number;
}

interface Around {
  depth: number;
  alternative: number;
  related: boolean;
}

function splitPart(bytes: Buffer, isWhole: boolean): Part | undefined {
  if (bytes[0] === 0x0a || bytes[0] === 0x0d) {
    if (isWhole) return undefined;
    return { headers: { first: new Map(), count: 0 }, body: bytes.subarray(bytes[0] === 0x0a ? 1 : 2) };
  }
  const windows = bytes.indexOf("\r\n\r\n");
  const unix = bytes.indexOf("\n\n");
  if (windows < 0 && unix < 0) return undefined;
  const isUnix = windows < 0 || (unix >= 0 && unix < windows);
  const end = isUnix ? unix : windows;
  if (end > LONGEST_HEADERS) return undefined;
  const headers = readHeaders(bytes.subarray(0, end));
  return headers && { headers, body: bytes.subarray(end + (isUnix ? 2 : 4)) };
}

/** False where the part is not an ordinary one. */
function readPart({ headers, body }: Part, found: Found, around: Around): boolean {
  found.parts += 1;
  if (found.parts > MOST_PARTS) return false;
  const type = readStructured(headers.first.get("content-type") ?? "text/plain");
  const disposition = readDisposition(headers);
  if (type === undefined || disposition === undefined) return false;
  if (type.value.startsWith("multipart/")) return readMultipart(type, body, found, around);
  if (!type.value.includes("/") || type.value.startsWith("message/")) return false;
  const isText = (type.value === "text/plain" || type.value === "text/html") && disposition.value !== "attachment";
  if (isText) return readText(type, headers, body, found, around);
  return readAttachment(type, disposition, headers, body, found, around);
}

function readDisposition({ first }: Headers): Structured | undefined {
  const written = first.get("content-disposition");
  return written === undefined || written === "" ? { value: "", parameters: new Map() } : readStructured(written);
}

function encodingOf({ first }: Headers): string {
  return (first.get("content-transfer-encoding") ?? "").toLowerCase();
}

const USUAL = new Set(["multipart/mixed", "multipart/alternative", "multipart/related", "multipart/signed"]);

function readMultipart(type: Structured, body: Buffer, found: Found, around: Around): boolean {
  const boundary = type.parameters.get("boundary");
  if (boundary === undefined || boundary === "" || !USUAL.has(type.value) || around.depth >= DEEPEST) return false;
  const isAlternative = type.value === "multipart/alternative";
  if (isAlternative && around.alternative > 0) return false;
  const inside = {
    depth: around.depth + 1,
    alternative: isAlternative ? found.parts : around.alternative,
    related: around.related || type.value === "multipart/related",
  };
  const sections = split(body, boundary);
  if (sections === undefined) return false;
  return sections.every((section) => {
    const part = splitPart(section, false);
    return part !== undefined && readPart(part, found, inside);
  });
}

/** What stands between the lines of a boundary. Undefined where the boundary is missing or another one begins like it. */
function split(body: Buffer, boundary: string): Buffer[] | undefined {
  const mark = `--${boundary}`;
  const sections: Buffer[] = [];
  let start = -1;
  for (let at = lineAt(body, mark, 0); at >= 0; at = lineAt(body, mark, at + mark.length)) {
    if (start >= 0) sections.push(body.subarray(start, at));
    const end = body.indexOf(0x0a, at);
    const line = body.toString("latin1", at + mark.length, end < 0 ? body.length : end);
    const rest = line.trimEnd();
    if (end < 0 && rest !== line) return undefined; // parsers disagree whether this ends anything
    if (rest === "--") return sections.length > 0 ? sections : undefined;
    if (rest !== "" || end < 0) return undefined;
    start = end + 1;
  }
  return undefined; // not closed: cut off, or broken
}

/** Where a line begins with a mark. */
function lineAt(body: Buffer, mark: string, from: number): number {
  for (let at = body.indexOf(mark, from, "latin1"); at >= 0; at = body.indexOf(mark, at + 1, "latin1"))
    if (at === 0 || body[at - 1] === 0x0a) return at;
  return -1;
}

function readText(type: Structured, headers: Headers, body: Buffer, found: Found, around: Around): boolean {
  if (hasBareReturn(body)) return false;
  const decoded = decodeTransfer(body, encodingOf(headers));
  const text = decoded && decodeCharset(decoded, (type.parameters.get("charset") ?? "").toLowerCase());
  if (text === undefined) return false;
  const isFlowed = type.parameters.get("format")?.toLowerCase() === "flowed";
  found.texts.push({
    html: type.value === "text/html",
    alternative: around.alternative,
    text: isFlowed ? joinFlowed(text, type.parameters.get("delsp")?.toLowerCase() === "yes") : text,
  });
  return true;
}

function readAttachment(
  type: Structured,
  disposition: Structured,
  headers: Headers,
  body: Buffer,
  found: Found,
  { related }: Around,
): boolean {
  const encoding = encodingOf(headers);
  if (type.value === "text/calendar" || type.value === "application/ics") return false; // decoded to text by the thorough one
  if (!["", "7bit", "8bit", "binary", "quoted-printable", "base64"].includes(encoding)) return false;
  const name = disposition.parameters.get("filename") || type.parameters.get("name");
  found.attachments.push({
    name: name ? decodeWords(name) : undefined,
    mime: type.value,
    bytes: encoding === "base64" ? base64Length(body) : body.length,
    related: related && Boolean(headers.first.get("content-id")),
    disposition: disposition.value || undefined,
    content: () => decodeTransfer(body, encoding) ?? decodeRagged(body),
  });
  return true;
}

/** Three bytes for each four characters of a line of 76 and its break. */
function base64Length(body: Buffer): number {
  return Math.max(0, Math.floor((body.length * 76) / 78 / 4) * 3);
}

/** One text, or the two sides of one alternative; more of them are joined by the thorough parser. */
function bodyOf({ texts }: Found): Pick<MailMessage, "text" | "html"> | undefined {
  const [first, second] = texts;
  if (first === undefined) return { text: undefined, html: undefined };
  if (second === undefined)
    return first.html ? { text: undefined, html: first.text } : { text: first.text, html: undefined };
  const isPair = texts.length === 2 && first.alternative > 0 && first.alternative === second.alternative;
  if (!isPair || first.html === second.html) return undefined;
  const [plain, html] = first.html ? [second, first] : [first, second];
  return { text: plain.text, html: html.text };
}

/** What the headers say. */
export function factsOf({ first, count }: Headers): Omit<MailMessage, "text" | "html" | "attachments"> {
  const words = (name: string) => {
    const value = first.get(name);
    return value === undefined || value === "" ? undefined : value.includes("=?") ? decodeWords(value) : value;
  };
  return {
    from: readFirstMailbox(first.get("from")),
    to: readMailboxes(first.get("to")),
    cc: readMailboxes(first.get("cc")),
    bcc: readMailboxes(first.get("bcc")),
    subject: words("subject"),
    date: dateOf(first.get("date")),
    messageId: words("message-id"),
    inReplyTo: words("in-reply-to"),
    references: words("references"),
    header: (name) => first.get(name),
    headers: count,
  };
}

function dateOf(written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  const date = new Date(written);
  return Number.isNaN(date.getTime()) ? written : date.toISOString();
}
