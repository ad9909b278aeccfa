import { isAscii } from "node:buffer";

/** Undoes a transfer encoding. Undefined where the body breaks its rules, or the encoding is not one of the usual. */
export function decodeTransfer(body: Buffer, encoding: string): Buffer | undefined {
  if (encoding === "" || encoding === "7bit" || encoding === "8bit" || encoding === "binary") return body;
  if (encoding === "quoted-printable") return decodeQuotedPrintable(body);
  return encoding === "base64" ? decodeBase64(body) : undefined;
}

const EQUALS = 0x3d;
const [CR, LF] = [0x0d, 0x0a];

function decodeQuotedPrintable(body: Buffer): Buffer {
  let at = body.indexOf(EQUALS);
  if (at < 0) return body;
  const decoded = Buffer.allocUnsafe(body.length);
  let [length, from] = [0, 0];
  for (; at >= 0; at = body.indexOf(EQUALS, from > at ? from : at + 1)) {
    const next = body[at + 1];
    if (next === undefined) {
      length += body.copy(decoded, length, from, at);
      return decoded.subarray(0, length);
    }
    if (next === LF || (next === CR && body[at + 2] === LF)) {
      length += body.copy(decoded, length, from, at);
      from = at + (next === LF ? 2 : 3);
      continue;
    }
    const [high, low] = [hexDigit(next), hexDigit(body[at + 2])];
    if (high < 0 || low < 0) continue;
    length += body.copy(decoded, length, from, at);
    decoded[length++] = high * 16 + low;
    from = at + 3;
  }
  length += body.copy(decoded, length, from);
  return decoded.subarray(0, length);
}

function hexDigit(code: number | undefined): number {
  if (code === undefined) return -1;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}

/** One run of groups with its padding at the end; anything else is for the thorough parser. */
function decodeBase64(body: Buffer): Buffer | undefined {
  if (!isAscii(body)) return undefined;
  const text = body.toString("latin1").trimEnd();
  const padding = text.indexOf("=");
  if (padding >= 0 && padding < text.length - 2) return undefined;
  if (/[^A-Za-z0-9+/=\r\n]/.test(text)) return undefined;
  return Buffer.from(text, "base64");
}

/** Base64 as broken programs write it: padded in the middle, with other characters between. */
export function decodeRagged(body: Buffer): Buffer {
  const runs = body
    .toString("latin1")
    .replace(/[^A-Za-z0-9+/=]+/g, "")
    .split(/=+/);
  return Buffer.concat(runs.map((run) => Buffer.from(run, "base64")));
}

/** A carriage return that ends no line: parsers disagree about it. */
export function hasBareReturn(body: Buffer): boolean {
  for (let at = body.indexOf(CR); at >= 0; at = body.indexOf(CR, at + 2)) if (body[at + 1] !== LF) return true;
  return false;
}

/** Bytes in an alphabet as text. Undefined where the alphabet is not known or the bytes are none of it. */
export function decodeCharset(bytes: Buffer, charset: string): string | undefined {
  if (isAscii(bytes) && !STATEFUL.test(charset)) return bytes.toString("latin1");
  if (charset === "" || charset === "utf-8" || charset === "utf8") {
    return whole(bytes.toString("utf8"));
  }
  const decoder = decoderOf(charset);
  // In alphabets with states a line end is a character like others, and a shift may stand before it.
  const lines = STATEFUL.test(charset)
    ? Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1")
    : bytes;
  return whole(decoder?.decode(lines));
}

/** Undefined for a text in which a byte had no meaning: parsers disagree about where it ends. */
function whole(text: string | undefined): string | undefined {
  return text?.includes("\ufffd") ? undefined : text;
}

/** ASCII bytes that are no ASCII. */
const STATEFUL = /2022|utf-?7|utf-?16|ucs|hz-|unicode/i;

const DECODERS = new Map<string, InstanceType<typeof TextDecoder> | undefined>();

function decoderOf(charset: string): InstanceType<typeof TextDecoder> | undefined {
  if (DECODERS.has(charset)) return DECODERS.get(charset);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  try {
    decoder = new TextDecoder(charset);
  } catch {
    // Not an alphabet of the platform's: the thorough parser knows more names.
  }
  if (DECODERS.size < 200) DECODERS.set(charset, decoder);
  return decoder;
}

/** Joins the lines of RFC 3676 that were broken for transport only. */
export function joinFlowed(text: string, deletesSpace: boolean): string {
  const joined: string[] = [];
  let line = "";
  let first = true;
  for (const raw of text.split(/\r?\n/)) {
    const part = raw.startsWith(" ") ? raw.slice(1) : raw;
    if (first) line = part;
    else if (line.endsWith(" ") && line !== "-- ") line = (deletesSpace ? line.slice(0, -1) : line) + part;
    else {
      joined.push(line);
      line = part;
    }
    first = false;
  }
  joined.push(line);
  return joined.join("\n");
}
