import { TableFrame } from "../markdown/table-frame.ts";
import { MarkdownWriter } from "../markdown/writer.ts";
import type { Relation } from "./parts.ts";
import { renderSpans, type Span } from "./spans.ts";
import { attribute, relationId, type XmlAttributes } from "./xml.ts";

/** Placeholders that repeat on every slide. */
const REPEATED = new Set(["sldNum", "dt", "ftr", "hdr", "sldImg"]);
const TITLES = new Set(["title", "ctrTitle"]);

/** Collects the text of one slide or of its notes (DrawingML text, ECMA-376 part 1, 21.1.2). */
export class SlideText {
  title = "";
  readonly #relations: Map<string, Relation>;
  readonly #only: string | undefined;
  readonly #writer: MarkdownWriter;
  #placeholder: string | undefined;
  #spans: Span[] = [];
  #level = 0;
  #bullet: boolean | undefined;
  #inText = false;
  #bold = false;
  #italic = false;
  #link: string | undefined;
  #table: TableFrame | undefined;
  #cell = "";

  /** `only` keeps one kind of placeholder: the notes page has its text in `body`. */
  constructor(relations: Map<string, Relation>, textLength: number, only?: string) {
    this.#relations = relations;
    this.#only = only;
    this.#writer = new MarkdownWriter(textLength);
    this.#writer.enterList();
  }

  markdown(): string {
    return this.#writer.toString();
  }

  open(name: string, attributes: XmlAttributes): "skip" | undefined {
    switch (name) {
      case "Fallback":
        return "skip";
      case "sp":
      case "graphicFrame":
      case "pic":
        this.#placeholder = undefined;
        break;
      case "ph":
        this.#placeholder = attribute(attributes, "type") ?? "body";
        break;
      case "cNvPr":
        this.#picture(attribute(attributes, "descr"));
        break;
      case "p":
        this.#spans = [];
        this.#level = 0;
        this.#bullet = undefined;
        break;
      case "pPr":
        this.#level = Math.min(Math.max(Number(attribute(attributes, "lvl") ?? 0) || 0, 0), 8);
        break;
      case "buNone":
        this.#bullet = false;
        break;
      case "buChar":
      case "buAutoNum":
        this.#bullet = true;
        break;
      case "rPr":
        this.#bold = /^(1|true)$/.test(attribute(attributes, "b") ?? "");
        this.#italic = /^(1|true)$/.test(attribute(attributes, "i") ?? "");
        this.#link = undefined;
        break;
      case "hlinkClick":
        this.#link = this.#address(relationId(attributes));
        break;
      case "t":
        this.#inText = true;
        break;
      case "br":
        this.#spans.push({ text: "\n", bold: false, italic: false, struck: false, link: undefined });
        break;
      case "tbl":
        this.#table = new TableFrame(false);
        break;
      case "tr":
        this.#table?.startRow();
        break;
      case "tc":
        this.#cell = "";
        break;
    }
    return undefined;
  }

  close(name: string): undefined {
    if (name === "t") this.#inText = false;
    else if (name === "r") {
      this.#bold = false;
      this.#italic = false;
      this.#link = undefined;
    } else if (name === "p") this.#endParagraph();
    else if (name === "tc") this.#table?.addCell(this.#cell);
    else if (name === "tbl") {
      for (const block of this.#table?.blocks() ?? []) this.#writer.block(block);
      this.#table = undefined;
    } else if (name === "sp") this.#placeholder = undefined;
  }

  text(text: string): void {
    if (!this.#inText || this.#writer.full) return;
    this.#spans.push({ text, bold: this.#bold, italic: this.#italic, struck: false, link: this.#link });
  }

  /** Described pictures only; generated descriptions say so themselves. */
  #picture(description: string | undefined): void {
    if (this.#only !== undefined || description === undefined || description.trim() === "") return;
    this.#writer.block(`[Image: ${description.trim().replace(/\s+/g, " ").slice(0, 500)}]`);
  }

  #address(id: string | undefined): string | undefined {
    const relation = id === undefined ? undefined : this.#relations.get(id);
    return relation?.external && /^(https?|mailto):/i.test(relation.target) ? relation.target : undefined;
  }

  #endParagraph(): void {
    const place = this.#placeholder ?? "";
    const title = TITLES.has(place);
    const text = renderSpans(this.#spans, title).trim();
    this.#spans = [];
    if (text === "") return;
    if (this.#table !== undefined) this.#cell = this.#cell === "" ? text : `${this.#cell}\n${text}`;
    else if (REPEATED.has(place) || (this.#only !== undefined && place !== this.#only)) return;
    else if (title && this.#only === undefined) this.title = `${this.title} ${text}`.replace(/\s+/g, " ").trim();
    else if (this.#bullet ?? (place === "body" || place === "obj")) this.#item(text);
    else this.#writer.block(text);
  }

  #item(text: string): void {
    const indent = "  ".repeat(this.#level);
    this.#writer.enter(`${indent}- `, `${indent}  `);
    this.#writer.block(text);
    this.#writer.leave();
  }
}
