const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufeff\ufffe\uffff]/g;

const PIECE = 65_536;

/** Text as the store keeps it: `\n` line breaks, no control characters, no lone surrogates. */
export function cleanText(text: string): string {
  let clean = "";
  for (let at = 0; at < text.length; ) {
    // Piece by piece: a replacement over millions of places holds all of them in memory.
    let end = Math.min(at + PIECE, text.length);
    if (text[end - 1] === "\r") end++;
    clean += cleanPiece(text.slice(at, end));
    at = end;
  }
  return clean.toWellFormed();
}

function cleanPiece(text: string): string {
  const unix = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  return unix.replace(CONTROL, "");
}

/** One line of metadata: control characters and line breaks become single spaces; undefined when nothing is left. */
export function cleanLine(text: string | null | undefined, maxLength = 500): string | undefined {
  if (text === null || text === undefined) return undefined;
  const line = cleanText(text.slice(0, maxLength * 4).replace(/[\s\u00a0]+/g, " ")).trim();
  return line === "" ? undefined : line.slice(0, maxLength).toWellFormed();
}

/** Lines joined by spaces, without the blanks around their breaks; linear, where `\s*\n\s*` is not. */
export function oneLine(text: string): string {
  if (!text.includes("\n")) return text;
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "").join(" ");
}

/** Cuts text to a number of UTF-16 units, at a line or word break near the end where there is one. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const head = text.slice(0, maxLength);
  const line = head.lastIndexOf("\n");
  const end = line > maxLength - 2000 ? line : Math.max(head.lastIndexOf(" "), maxLength - 200);
  return head.slice(0, Math.max(end, 0)).toWellFormed();
}

/** An ISO 8601 time in UTC, when the value is a believable date (1971 to next year); otherwise undefined. */
export function saneDate(value: Date | string | number | null | undefined): string | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  const date = value instanceof Date ? value : new Date(value);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 1971 || year > new Date().getUTCFullYear() + 1) return undefined;
  return date.toISOString();
}

/** A moment as people read it in a text: "2026-03-03 17:04 UTC". */
export function readableTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
