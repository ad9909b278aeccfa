/** How a file ends its lines: as its first line does. */
export function lineEndOf(text: string): "\r\n" | "\n" {
  return /\r?\n/.exec(text)?.[0] === "\r\n" ? "\r\n" : "\n";
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Where the next line begins; the end of the text for its last line. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end + 1;
}

/** White space before the first character of an offset's line. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset)))?.[0] ?? "";
}

/** Whether nothing but white space stands before an offset on its line. */
export function beginsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === "";
}

/** The text without what stands between two offsets, and something in its place. */
export function spliced(text: string, from: number, to: number, instead = ""): string {
  return text.slice(0, from) + instead + text.slice(to);
}

/** The text with a line end at its end; an empty text stays empty. */
export function withLastLineEnd(text: string): string {
  return text === "" || text.endsWith("\n") ? text : text + lineEndOf(text);
}

/** The offset after the last character before `offset` that is not white space. */
export function trimmedEnd(text: string, offset: number): number {
  return text.slice(0, offset).trimEnd().length;
}
