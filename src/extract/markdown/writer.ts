interface Frame {
  first: string;
  rest: string;
  used: boolean;
}

interface Mark {
  before: string;
  after: () => string;
  start: number;
}

const MAX_FRAMES = 12;

/** Builds Markdown block by block: text gathers in a line buffer, `flush` turns it into a paragraph. */
export class MarkdownWriter {
  readonly #maxLength: number;
  readonly #lines: string[] = [];
  readonly #frames: Frame[] = [];
  readonly #marks: Mark[] = [];
  #inline = "";
  #length = 0;
  #list = 0;
  #lastList = -1;

  /** Stops taking text after `maxLength` UTF-16 units; `full` tells. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  get full(): boolean {
    return this.#length >= this.#maxLength;
  }

  /** Whether nothing but blanks has been written yet. */
  get empty(): boolean {
    return this.#lines.length === 0 && this.#inline.trim() === "";
  }

  /** Text as HTML has it: runs of blanks and line breaks become one space. */
  flowing(text: string): void {
    const flat = text.replace(/[ \t\n\r\f\u00a0]+/g, " ");
    const last = this.#inline.at(-1);
    const open = last === undefined || last === " " || last === "\n";
    this.exact(open && flat.startsWith(" ") ? flat.slice(1) : flat);
  }

  /** Text kept as it is, line breaks included. */
  exact(text: string): void {
    if (this.full) return;
    this.#inline += text;
    this.#length += text.length;
  }

  /** A line break inside a paragraph. */
  lineBreak(): void {
    if (this.#inline === "") return;
    this.#inline = this.#inline.trimEnd();
    this.exact("\n");
  }

  /** Opens a span that `unmark` closes: emphasis, code, a link. It survives the end of a block. */
  mark(before: string, after: () => string): void {
    this.#marks.push({ before, after, start: this.#inline.length });
  }

  unmark(): void {
    const mark = this.#marks.pop();
    if (mark !== undefined) this.#wrap(mark);
  }

  /** Everything written from now on stands in a list item or a quotation: its first line and the others are indented so. */
  enter(first: string, rest: string): void {
    this.flush();
    const plain = this.#frames.length >= MAX_FRAMES;
    this.#frames.push({ first: plain ? "" : first, rest: plain ? "" : rest, used: false });
  }

  leave(): void {
    this.flush();
    this.#frames.pop();
  }

  /** A list begins; its items stand close together. */
  enterList(): void {
    this.flush();
    if (!this.#inList()) this.#list++;
  }

  /** Ends the paragraph; `prefix` makes it a heading. */
  flush(prefix = ""): void {
    for (const mark of [...this.#marks].reverse()) this.#wrap(mark);
    const text = this.#inline.trim();
    this.#inline = "";
    for (const mark of this.#marks) mark.start = 0;
    if (text === "") return;
    this.block(prefix === "" ? text : prefix + text.replace(/\s*\n\s*/g, " "));
  }

  /** A block of lines as they are: a table, a code block, a rule. */
  block(text: string): void {
    if (text === "") return;
    const fresh = this.#frames.some((frame) => !frame.used);
    const close = fresh && this.#inList() && this.#lastList === this.#list;
    if (this.#lines.length > 0 && !close) this.#lines.push(this.#prefix(true).trimEnd());
    for (const line of text.split("\n")) {
      const indented = this.#prefix(false) + line;
      this.#lines.push(line === "" ? indented.trimEnd() : indented);
      this.#length += indented.length - line.length;
    }
    this.#lastList = this.#inList() ? this.#list : -1;
  }

  toString(): string {
    this.flush();
    return this.#lines.join("\n");
  }

  #inList(): boolean {
    return this.#frames.some((frame) => frame.first !== frame.rest);
  }

  /** The blank line before a block belongs to what is already open. */
  #prefix(blank: boolean): string {
    let prefix = "";
    for (const frame of this.#frames) {
      if (frame.used) {
        prefix += frame.rest;
      } else if (blank) {
        break;
      } else {
        prefix += frame.first;
        frame.used = true;
      }
    }
    return prefix;
  }

  #wrap(mark: Mark): void {
    const content = this.#inline.slice(mark.start);
    const text = content.trim();
    if (text === "") return;
    const lead = content.slice(0, content.length - content.trimStart().length);
    const tail = content.slice(content.trimEnd().length);
    this.#inline = this.#inline.slice(0, mark.start) + lead + mark.before + text + mark.after() + tail;
  }
}

/** A fenced code block, with a fence longer than any inside. */
export function codeBlock(code: string, language = ""): string {
  let longest = 2;
  for (const run of code.match(/`{3,}/g) ?? []) longest = Math.max(longest, run.length);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${code.replace(/^\n+|\s+$/g, "")}\n${fence}`;
}
