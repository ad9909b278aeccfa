import { MarkdownWriter } from "../markdown/writer.ts";
import type { Reading } from "../reading.ts";
import { corrupt } from "../refuse.ts";
import type { Extracted } from "../types.ts";
import { OpenTables } from "./open-tables.ts";
import { properties } from "./parts.ts";
import { attribute, readXmlPart, type XmlAttributes } from "./xml.ts";
import { openZip } from "./zip.ts";

/** An OpenDocument text as Markdown; deleted text of tracked changes, comments and tables of contents are left out. */
export function readOdt(reading: Reading): Extracted {
  const zip = openZip(reading.bytes, reading.name);
  if (!zip.has("content.xml"))
    throw corrupt(reading.name, "OpenDocument text", "the part that holds its text is missing");
  const body = new OdtBody(reading.textLength);
  readXmlPart(zip, "content.xml", reading.name, body);
  return { text: body.markdown(), ...properties(zip, "meta.xml", reading.name), fields: {}, warnings: [] };
}

const SKIPPED = new Set(
  "tracked-changes annotation table-of-content note-citation font-face-decls scripts forms sequence-decls bibliography alphabetical-index".split(
    " ",
  ),
);

/** Turns OpenDocument elements into Markdown blocks (OpenDocument 1.3 part 3, chapters 5 and 9). */
class OdtBody {
  readonly #notes: string[] = [];
  readonly #tables = new OpenTables();
  readonly #looks = new Map<string, string>();
  readonly #orderedLists = new Set<string>();
  readonly #openLists: { ordered: boolean; next: number }[] = [];
  readonly #spans: boolean[] = [];
  #style = "";
  #listStyle = "";
  readonly #noteWriters: MarkdownWriter[] = [];
  #writer: MarkdownWriter;
  #heading = 0;
  #depth = 0;

  constructor(textLength: number) {
    this.#writer = new MarkdownWriter(textLength);
  }

  markdown(): string {
    for (const [index, note] of this.#notes.entries()) this.#writer.block(`[^${index + 1}]: ${note}`);
    return this.#writer.toString();
  }

  open(name: string, attributes: XmlAttributes): "skip" | undefined {
    if (SKIPPED.has(name)) return "skip";
    switch (name) {
      case "h":
        this.#heading = Math.min(Math.max(Number(attribute(attributes, "outline-level") ?? 1) || 1, 1), 6);
        this.#depth++;
        break;
      case "p":
        this.#depth++;
        break;
      case "list":
        this.#openList(attribute(attributes, "style-name"));
        break;
      case "list-item":
        this.#openItem();
        break;
      case "style":
      case "list-style":
        this.#style = attribute(attributes, "name") ?? "";
        break;
      case "text-properties":
        this.#rememberLook(attributes);
        break;
      case "list-level-style-number":
        if (this.#orderedLists.size < 10_000)
          this.#orderedLists.add(`${this.#style}:${attribute(attributes, "level")}`);
        break;
      case "span":
        this.#openSpan(attribute(attributes, "style-name") ?? "");
        break;
      case "a":
        this.#writer.mark("[", linkEnd(attribute(attributes, "href")));
        break;
      case "s":
        this.#writer.flowing(" ");
        break;
      case "tab":
        this.#writer.flowing(" ");
        break;
      case "line-break":
        this.#writer.lineBreak();
        break;
      case "note-body":
        this.#noteWriters.push(this.#writer);
        this.#writer = new MarkdownWriter(100_000);
        break;
      case "table":
        this.#tables.open(this.#writer);
        break;
      case "table-row":
        this.#tables.startRow();
        break;
      case "table-cell":
      case "covered-table-cell":
        this.#writer = this.#tables.openCell(this.#writer, repeats(attributes));
        break;
    }
    return undefined;
  }

  close(name: string): undefined {
    switch (name) {
      case "h":
        this.#writer.flush(`${"#".repeat(this.#heading)} `);
        this.#heading = 0;
        this.#depth--;
        break;
      case "p":
        this.#writer.flush();
        this.#depth--;
        break;
      case "list":
        this.#openLists.pop();
        break;
      case "span":
        if (this.#spans.pop()) this.#writer.unmark();
        break;
      case "list-item":
        this.#writer.leave();
        break;
      case "a":
        this.#writer.unmark();
        break;
      case "note-body":
        this.#closeNote();
        break;
      case "table":
        this.#writer = this.#tables.close(this.#writer);
        break;
      case "table-cell":
      case "covered-table-cell":
        this.#writer = this.#tables.closeCell(this.#writer, (text) => text);
        break;
    }
  }

  text(text: string): void {
    if (this.#depth > 0) this.#writer.flowing(text);
  }

  /** A list without a style of its own continues the one around it. */
  #openList(style: string | undefined): void {
    if (this.#openLists.length === 0) {
      this.#writer.enterList();
      this.#listStyle = style ?? "";
    }
    const ordered = this.#orderedLists.has(`${style ?? this.#listStyle}:${this.#openLists.length + 1}`);
    this.#openLists.push({ ordered, next: 1 });
  }

  #openItem(): void {
    const list = this.#openLists.at(-1);
    const bullet = list?.ordered ? `${list.next++}. ` : "- ";
    this.#writer.enter(bullet, " ".repeat(bullet.length));
  }

  #rememberLook(attributes: XmlAttributes): void {
    const bold = attribute(attributes, "font-weight") === "bold" ? "**" : "";
    const italic = attribute(attributes, "font-style") === "italic" ? "*" : "";
    if (bold + italic !== "" && this.#looks.size < 10_000) this.#looks.set(this.#style, bold + italic);
  }

  #openSpan(style: string): void {
    const look = this.#heading > 0 ? undefined : this.#looks.get(style);
    const marks = look !== undefined && !this.#spans.includes(true);
    this.#spans.push(marks);
    if (marks) this.#writer.mark(look, () => look);
  }

  #closeNote(): void {
    const outer = this.#noteWriters.pop();
    if (outer === undefined) return;
    this.#notes.push(this.#writer.toString().trim().replace(/\s+/g, " "));
    this.#writer = outer;
    outer.exact(`[^${this.#notes.length}]`);
  }
}

/** Sheets are padded with cells repeated a thousand times; only so many as a table can show are kept. */
function repeats(attributes: XmlAttributes): number {
  const repeat = Number(attribute(attributes, "number-columns-repeated") ?? 1) || 1;
  return Math.min(Math.max(repeat, 1), 16);
}

function linkEnd(href: string | undefined): () => string {
  const target = href !== undefined && /^(https?|mailto):/i.test(href) ? href : "";
  return () => `](${target.replace(/[\s<>()]/g, encodeURIComponent)})`;
}
