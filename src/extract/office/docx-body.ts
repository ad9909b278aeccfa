import { oneLine } from "../clean-text.ts";
import type { MarkdownWriter } from "../markdown/writer.ts";
import type { ListLevel, ParagraphStyle } from "./docx-styles.ts";
import { OpenTables } from "./open-tables.ts";
import type { Relation } from "./parts.ts";
import { renderSpans, type Span } from "./spans.ts";
import { attribute, relationId, type XmlAttributes } from "./xml.ts";

/** What the paragraphs of a document refer to. */
export interface BodyContext {
  relations: Map<string, Relation>;
  styles: Map<string, ParagraphStyle>;
  numbering: Map<string, ListLevel[]>;
  /** Foot- and endnotes in the order they are met, as `footnote:<id>`. */
  notes: string[];
}

/** Old states of tracked changes, deleted and moved text, duplicates for old readers, and bare codes. */
const SKIPPED = new Set(
  "del moveFrom Fallback delText delInstrText rPrChange pPrChange tblPrChange tcPrChange trPrChange sectPr sectPrChange fldData tblGrid numberingChange".split(
    " ",
  ),
);

interface Paragraph {
  style: ParagraphStyle | undefined;
  heading: number | undefined;
  number: string | undefined;
  level: number;
  spans: Span[];
}

interface Field {
  code: string;
  shows: boolean;
}

const newParagraph = (): Paragraph => ({
  style: undefined,
  heading: undefined,
  number: undefined,
  level: 0,
  spans: [],
});

/** Turns WordprocessingML elements into Markdown blocks (ECMA-376 part 1, chapter 17). */
export class DocxBody {
  readonly #context: BodyContext;
  readonly #paragraphs: Paragraph[] = [];
  readonly #tables = new OpenTables();
  readonly #links: (string | undefined)[] = [];
  readonly #fields: Field[] = [];
  readonly #counters = new Map<string, number[]>();
  #writer: MarkdownWriter;
  #look = { bold: false, italic: false, struck: false, hidden: false };
  #inParagraphMark = false;
  #inText = false;
  #inCode = false;
  #lastNumber: string | undefined;

  constructor(writer: MarkdownWriter, context: BodyContext) {
    this.#writer = writer;
    this.#context = context;
  }

  open(name: string, attributes: XmlAttributes): "skip" | "stop" | undefined {
    if (SKIPPED.has(name)) return "skip";
    switch (name) {
      case "p":
        if (this.#writer.full && !this.#tables.isInside) return "stop";
        this.#paragraphs.push(newParagraph());
        break;
      case "pPr":
        this.#inParagraphMark = true;
        break;
      case "r":
        this.#look = { bold: false, italic: false, struck: false, hidden: false };
        break;
      case "t":
        this.#inText = true;
        break;
      case "instrText":
        this.#inCode = true;
        break;
      case "hyperlink":
        this.#links.push(this.#target(relationId(attributes)));
        break;
      case "fldSimple":
        this.#links.push(linkOfCode(attribute(attributes, "instr") ?? ""));
        break;
      case "fldChar":
        this.#field(attribute(attributes, "fldCharType"));
        break;
      case "tbl":
        this.#tables.open(this.#writer);
        break;
      case "tr":
        this.#tables.startRow();
        break;
      case "tc":
        this.#writer = this.#tables.openCell(this.#writer);
        break;
      default:
        this.#detail(name, attributes);
    }
    return undefined;
  }

  close(name: string): undefined {
    switch (name) {
      case "p":
        this.#endParagraph();
        break;
      case "pPr":
        this.#inParagraphMark = false;
        break;
      case "t":
        this.#inText = false;
        break;
      case "instrText":
        this.#inCode = false;
        break;
      case "hyperlink":
      case "fldSimple":
        this.#links.pop();
        break;
      case "tc":
        // Cells that span columns leave empty ones behind.
        this.#writer = this.#tables.closeCell(this.#writer, () => "");
        this.#lastNumber = undefined;
        break;
      case "tbl":
        this.#writer = this.#tables.close(this.#writer);
        this.#lastNumber = undefined;
        break;
    }
  }

  text(text: string): void {
    if (this.#inText) this.#add(text);
    else if (this.#inCode) {
      const field = this.#fields.at(-1);
      if (field !== undefined && field.code.length < 4000) field.code += text;
    }
  }

  /** Properties of paragraphs and runs, and the small things inside a run. */
  #detail(name: string, attributes: XmlAttributes): void {
    const paragraph = this.#paragraphs.at(-1);
    const value = attribute(attributes, "val");
    if (name === "gridSpan") this.#tables.widen(Math.min(Math.max(Number(value) || 1, 1), 64));
    if (paragraph === undefined) return;
    if (this.#inParagraphMark) paragraphProperty(paragraph, name, value, this.#context.styles);
    else if (name === "b") this.#look.bold = isOn(value);
    else if (name === "i") this.#look.italic = isOn(value);
    else if (name === "strike" || name === "dstrike") this.#look.struck = isOn(value);
    else if (name === "vanish") this.#look.hidden = isOn(value);
    else if (name === "tab") this.#add(" ");
    else if (name === "noBreakHyphen") this.#add("-");
    else if (name === "cr" || (name === "br" && attribute(attributes, "type") === undefined)) this.#add("\n");
    else if (name === "docPr") this.#image(attributes);
    else if (name === "footnoteReference" || name === "endnoteReference") {
      this.#note(`${name.slice(0, -9)}:${attribute(attributes, "id") ?? ""}`);
    }
  }

  #add(text: string): void {
    const paragraph = this.#paragraphs.at(-1);
    if (paragraph === undefined || this.#look.hidden || this.#writer.full) return;
    const { bold, italic, struck } = this.#look;
    const fieldLink = this.#fields.findLast((field) => field.shows && field.code.includes("HYPERLINK"));
    const link = this.#links.at(-1) ?? (fieldLink === undefined ? undefined : linkOfCode(fieldLink.code));
    paragraph.spans.push({ text, bold, italic, struck, link });
  }

  #image(attributes: XmlAttributes): void {
    const description = attribute(attributes, "descr")?.trim();
    if (description !== undefined && description !== "") this.#add(`[Image: ${description.slice(0, 500)}]`);
  }

  #note(key: string): void {
    this.#context.notes.push(key);
    this.#look = { bold: false, italic: false, struck: false, hidden: false };
    this.#add(`[^${this.#context.notes.length}]`);
  }

  #target(id: string | undefined): string | undefined {
    const relation = id === undefined ? undefined : this.#context.relations.get(id);
    return relation?.external && /^(https?|mailto):/i.test(relation.target) ? relation.target : undefined;
  }

  #field(type: string | undefined): void {
    if (type === "begin" && this.#fields.length < 100) this.#fields.push({ code: "", shows: false });
    else if (type === "separate" && this.#fields.length > 0) this.#fields.at(-1)!.shows = true;
    else if (type === "end") this.#fields.pop();
  }

  #endParagraph(): void {
    const paragraph = this.#paragraphs.pop();
    if (paragraph === undefined) return;
    const { style } = paragraph;
    if (style !== undefined && /^toc \d|^table of contents/.test(style.name)) return;
    const heading = paragraph.heading ?? style?.heading;
    const text = renderSpans(paragraph.spans, heading !== undefined).trim();
    if (text === "") return;
    const number = paragraph.number ?? style?.list?.number;
    if (heading !== undefined) this.#writer.block(`${"#".repeat(heading)} ${oneLine(text)}`);
    else if (number !== undefined && number !== "0") {
      this.#item(text, number, paragraph.number === undefined ? (style?.list?.level ?? 0) : paragraph.level);
    } else this.#plain(text, style);
  }

  #plain(text: string, style: ParagraphStyle | undefined): void {
    this.#lastNumber = undefined;
    const quoted = style !== undefined && /^(intense )?quote$/.test(style.name);
    this.#writer.block(quoted ? text.replace(/^/gm, "> ") : text);
  }

  #item(text: string, number: string, level: number): void {
    const levels = this.#context.numbering.get(number) ?? [];
    const place = Math.min(Math.max(level, 0), 8);
    const counters = this.#counters.get(number) ?? [];
    this.#counters.set(number, counters);
    counters.length = Math.min(counters.length, place + 1);
    counters[place] = (counters[place] ?? (levels[place]?.start ?? 1) - 1) + 1;
    const bullet = levels[place]?.ordered ? `${counters[place]}. ` : "- ";
    let indent = "";
    for (let outer = 0; outer < place; outer++) indent += levels[outer]?.ordered ? "   " : "  ";
    if (this.#lastNumber === undefined || (place === 0 && this.#lastNumber !== number)) this.#writer.enterList();
    this.#lastNumber = number;
    this.#writer.enter(indent + bullet, indent + " ".repeat(bullet.length));
    this.#writer.block(text);
    this.#writer.leave();
  }
}

function paragraphProperty(
  paragraph: Paragraph,
  name: string,
  value: string | undefined,
  styles: Map<string, ParagraphStyle>,
): void {
  if (name === "pStyle") paragraph.style = styles.get(value ?? "");
  else if (name === "numId") paragraph.number = value;
  else if (name === "ilvl") paragraph.level = Number(value) || 0;
  else if (name === "outlineLvl" && Number(value) < 6) paragraph.heading = Number(value) + 1;
}

function isOn(value: string | undefined): boolean {
  return value !== "0" && value !== "false" && value !== "off" && value !== "none";
}

/** The address in ` HYPERLINK "https://…" `. */
function linkOfCode(code: string): string | undefined {
  return /^\s*HYPERLINK\s+"((?:https?|mailto):[^"]{1,2000})"/i.exec(code)?.[1];
}
