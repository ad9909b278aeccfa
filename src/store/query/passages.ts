/** About how long a passage is, in UTF-16 units, and how many of a text are looked at. */
const [LENGTH, MOST] = [1200, 12];
/** A border is looked for in the last part of a passage. */
const LOOKED_AT = 400;
/** So much of a title stands over each passage. */
const LONGEST_TITLE = 300;

/** A text cut at paragraphs, sentences or words into passages that one vector can stand for, each under the title. */
export function passagesOf(title: string, text: string): string[] {
  const passages: string[] = [];
  const head = title.slice(0, LONGEST_TITLE);
  for (let at = 0; at < text.length && passages.length < MOST; ) {
    const end = borderAfter(text, at);
    const passage = text.slice(at, end).trim();
    if (passage !== "") passages.push(`${head}\n\n${passage}`.toWellFormed());
    at = end;
  }
  return passages.length === 0 && head !== "" ? [head.toWellFormed()] : passages;
}

function borderAfter(text: string, at: number): number {
  const limit = at + LENGTH;
  if (limit >= text.length) return text.length;
  const tail = text.slice(limit - LOOKED_AT, limit);
  for (const border of ["\n\n", "\n", ". ", " "]) {
    const found = tail.lastIndexOf(border);
    if (found >= 0) return limit - LOOKED_AT + found + border.length;
  }
  return limit;
}
