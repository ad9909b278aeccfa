import { isAscii } from "node:buffer";

/** Bytes of a text file as a string with `\n` line ends: by byte order mark, else UTF-8, else Latin-1 (windows-1252). */
export function decodeText(bytes: Uint8Array): string {
  const text = decoded(bytes);
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

function decoded(bytes: Uint8Array): string {
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return UTF8.decode(bytes);
  } catch {
    return decodeWindows(bytes);
  }
}

// Node 20's own decoder for windows-1252 leaves these bytes as control characters (2026-11).
const UPPER = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

function decodeWindows(bytes: Uint8Array): string {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return latin.replace(/[\x80-\x9f]/g, (control) => UPPER[control.charCodeAt(0) - 0x80] as string);
}
