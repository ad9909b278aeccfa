import { oneLine } from "../clean-text.ts";

interface Frame {
  first: string;
  rest: string;
  used: boolean;
}

interface Mark {
  before: string;
  after: () => string;
  /** The paragraph's text before the mark. */
  outer: string;
}

const MAX_FRAMES = 12;
/** Nobody writes longer ones; machines do, and pieces of text by the million are dear to keep apart. */
const LONGEST_PARAGRAPH = 100_000;

/** Builds Markdown block by block: text gathers in a line buffer, `flush` turns it into a paragraph. */
export class MarkdownWriter {
  readonly #maxLength: number;
  readonly #lines: string[] = [];
  readonly #frames: Frame[] = [];
  readonly #marks: Mark[] = [];
  #inline = "";
  /** The paragraph's last character; asking the growing text itself would copy it each time. */
  #last = "";
  #spaceIsDue = false;
  /** Length of the open paragraph. */
  #pending = 0;
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
    return this.#lines.length === 0 && this.#last === "";
  }

  /** Text as HTML has it: runs of blanks and line breaks become one space. */
  flowing(text: string): void {
    if (this.full) return;
    const flat = text.slice(0, this.#maxLength - this.#length).replace(/[ \t\n\r\f\u00a0]+/g, " ");
    const start = flat.startsWith(" ") ? 1 : 0;
    if (start === 1) this.#spaceIsDue = true;
    if (flat.length === start) return;
    const end = flat.endsWith(" ") ? -1 : undefined;
    this.exact(flat.slice(start, end));
    if (end === -1) this.#spaceIsDue = true;
  }

  /** Text kept as it is, line breaks included. */
  exact(text: string): void {
    if (this.full || text === "") return;
    this.#writeSpace();
    this.#inline += text;
    this.#last = text.at(-1)!;
    this.#length += text.length;
    this.#pending += text.length;
    if (this.#pending > LONGEST_PARAGRAPH && this.#marks.length === 0) this.flush();
  }

  /** A line break inside a paragraph. */
  lineBreak(): void {
    this.#spaceIsDue = false;
    if (this.#last !== "") this.exact("\n");
  }

  /** Opens a span that `unmark` closes: emphasis, code, a link. It survives the end of a block. */
  mark(before: string, after: () => string): void {
    this.#writeSpace();
    this.#marks.push({ before, after, outer: this.#inline });
    this.#inline = "";
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
    this.#last = "";
    this.#pending = 0;
    this.#spaceIsDue = false;
    for (const mark of this.#marks) mark.outer = "";
    if (text === "") return;
    this.block(prefix === "" ? text : prefix + oneLine(text));
  }

  /** A block of lines as they are: a table, a code block, a rule. */
  block(text: string): void {
    if (text === "") return;
    const fresh = this.#frames.some((frame) => !frame.used);
    const close = fresh && this.#inList() && this.#lastList === this.#list;
    if (this.#lines.length > 0 && !close) this.#lines.push(this.#prefix(true).trimEnd());
    if (this.#frames.length === 0) this.#lines.push(text);
    else this.#indent(text);
    this.#lastList = this.#inList() ? this.#list : -1;
  }

  #indent(text: string): void {
    for (const line of text.split("\n")) {
      const indented = this.#prefix(false) + line;
      this.#lines.push(line === "" ? indented.trimEnd() : indented);
      this.#length += indented.length - line.length;
    }
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

  #writeSpace(): void {
    if (this.#spaceIsDue && this.#last !== "" && this.#last !== "\n" && this.#last !== " ") {
      this.#inline += " ";
      this.#last = " ";
      this.#length++;
    }
    this.#spaceIsDue = false;
  }

  #wrap(mark: Mark): void {
    const text = this.#inline.trim();
    const tail = text === "" ? this.#inline : this.#inline.slice(this.#inline.trimEnd().length);
    this.#inline = text === "" ? mark.outer + tail : mark.outer + mark.before + text + mark.after() + tail;
  }
}

/** A fenced code block, with a fence longer than any inside. */
export function codeBlock(code: string, language = ""): string {
  let longest = 2;
  for (const run of code.match(/`{3,}/g) ?? []) longest = Math.max(longest, run.length);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${code.replace(/^\n+/, "").trimEnd()}\n${fence}`;
}
