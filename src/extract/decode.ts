import { refusal } from "./refuse.ts";

/** Whether the first bytes hold what no text does: NULs that are not UTF-16, or many control characters. */
export function looksBinary(head: Uint8Array): boolean {
  if (head.length === 0 || utf16Label(head) !== undefined) return false;
  let control = 0;
  for (const byte of head) {
    if (byte === 0) return true;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) control++;
  }
  return control > head.length / 20;
}

/** Bytes to text: byte order mark, UTF-16 without one, UTF-8, then the declared or the Windows Latin alphabet. */
export function decodeText(bytes: Uint8Array, name: string, declared?: string): string {
  if (looksBinary(bytes.subarray(0, 8192))) throw binary(name);
  const wide = utf16Label(bytes);
  if (wide !== undefined) return new TextDecoder(wide).decode(bytes);
  const text = strictUtf8(bytes) ?? decodeAs(bytes, declared);
  if (text.includes("\u0000")) throw binary(name);
  return text;
}

/** Which UTF-16 the bytes are in, by their mark or by the zero half of Latin characters. */
function utf16Label(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const sample = Math.min(bytes.length, 512) & ~1;
  if (sample < 4) return undefined;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let index = 0; index < sample; index += 2) {
    if (bytes[index] === 0) evenZeros++;
    if (bytes[index + 1] === 0) oddZeros++;
  }
  const most = (sample / 2) * 0.8;
  if (oddZeros >= most && evenZeros === 0) return "utf-16le";
  if (evenZeros >= most && oddZeros === 0) return "utf-16be";
  return undefined;
}

function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true }); // the last character may be cut
  } catch {
    return undefined;
  }
}

/** The declared alphabet; mostly good UTF-8 with a broken spot stays UTF-8; all else is Windows Latin. */
export function decodeAs(bytes: Uint8Array, declared: string | undefined): string {
  const label = declared?.toLowerCase().trim();
  if (label !== undefined && !/^utf-?8$/.test(label)) {
    try {
      return isWindowsLatin(label) ? windowsLatin(bytes) : new TextDecoder(label).decode(bytes);
    } catch {
      // An unknown name of an alphabet: guess as if there were none.
    }
  }
  const guess = new TextDecoder("utf-8").decode(bytes);
  return mostlyUtf8(guess) ? guess : windowsLatin(bytes);
}

/** The printable characters of Windows-1252 from 0x80 to 0x9f. */
const WINDOWS_LATIN = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** Node 20 and 22 decode "windows-1252" as ISO-8859-1, so the difference is made up here. */
function windowsLatin(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return text.replace(/[\u0080-\u009f]/g, (character) => WINDOWS_LATIN[character.charCodeAt(0) - 0x80]!);
}

function isWindowsLatin(label: string): boolean {
  return /^(windows-1252|cp-?1252|iso-?8859-?1|latin-?1|us-ascii|ascii)$/.test(label);
}

function mostlyUtf8(text: string): boolean {
  let broken = 0;
  let good = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0xfffd) broken++;
    else if (unit > 127) good++;
  }
  return broken * 4 < good;
}

function binary(name: string): Error {
  return refusal(
    "unsupported",
    name,
    "holds binary data, not text, so there is nothing to read in it.",
    "Leave it out with the source's exclude patterns.",
  );
}
