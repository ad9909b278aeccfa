/** Text freed of characters that a reader does not see but a model does. */
export interface CleanText {
  text: string;
  /** How many characters were taken out. */
  removed: number;
}

// Each line: what a reader does not see. Half pairs count too: strict JSON readers refuse them.
const SUSPECT_RANGES = [
  "\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F", // controls, but not tab and line feed
  "\\u00AD\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u3164\\uFFA0", // soft hyphen, joiners and fillers without a shape
  "\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069", // direction marks
  "\\u180B-\\u180F\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}", // variation selectors
  "\\u200B-\\u200D\\u2028\\u2029\\u2060-\\u2065\\u206A-\\u206F\\uFEFF", // zero width, line and paragraph separators
  "\\uFFF9-\\uFFFB\\u{1D173}-\\u{1D17A}", // annotations
  "\\u{E0000}-\\u{E00FF}\\u{E01F0}-\\u{E0FFF}", // tags
  "\\uD800-\\uDFFF",
].join("");
const SUSPECT = new RegExp(`[${SUSPECT_RANGES}]`, "u");
const ALL_SUSPECT = new RegExp(SUSPECT.source, "gu");
const JOINS = /(?:[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]|\uFE0F)$/u;
const JOINED = /^[\p{L}\p{M}\p{Extended_Pictographic}]/u;
const PICTURE = /[\p{Extended_Pictographic}0-9#*]$/u;

/**
 * Takes out control, invisible and direction-changing characters. A joiner inside a word or an emoji and the
 * selector after a picture stay, because writing needs them. Line breaks become `\n`.
 */
export function clean(text: string): CleanText {
  if (!SUSPECT.test(text)) return { text, removed: 0 };
  let removed = 0;
  const lines = text.replace(/\r\n?|[\u2028\u2029\u0085]/g, "\n");
  const kept = lines.replace(ALL_SUSPECT, (found, at: number) => {
    const before = lines.slice(Math.max(0, at - 2), at);
    if ((found === "\u200C" || found === "\u200D") && JOINS.test(before) && JOINED.test(lines.slice(at + 1, at + 3)))
      return found;
    if ((found === "\uFE0E" || found === "\uFE0F") && PICTURE.test(before)) return found;
    removed += 1;
    return found >= "\uD800" && found <= "\uDFFF" && found.length === 1 ? "\uFFFD" : "";
  });
  return { text: kept, removed };
}

/** One clean line of at most `length` characters: for titles, names and other short words of a source. */
export function cleanLine(text: string, length = 160): string {
  const line = clean(text).text.replace(/\s+/g, " ").trim();
  return line.length <= length ? line : cut(line, length - 1) + "…";
}

/** The first `length` UTF-16 units, never half of a pair. */
export function cut(text: string, length: number): string {
  const end = isHighSurrogate(text, length - 1) ? length - 1 : length;
  return text.slice(0, Math.max(0, end));
}

/** Whether the unit at this place begins a pair. */
export function isHighSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff;
}
