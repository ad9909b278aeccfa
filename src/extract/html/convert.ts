import { TableFrame } from "../markdown/table-frame.ts";
import { codeBlock, MarkdownWriter } from "../markdown/writer.ts";
import { type Attributes, readTags } from "./tag-reader.ts";
import { isUnseen } from "./unseen.ts";

const SKIPPED = new Set(
  "script style noscript template svg math canvas iframe object embed audio video select button textarea nav head dialog map".split(
    " ",
  ),
);
const BLOCKS = new Set(
  "p div section article main header aside figure figcaption address form fieldset details summary center dl dt body html footer caption legend hgroup".split(
    " ",
  ),
);
const MARKS = new Map(
  Object.entries({
    strong: "**",
    b: "**",
    em: "*",
    i: "*",
    code: "`",
    kbd: "`",
    samp: "`",
    del: "~~",
    s: "~~",
  }),
);
const NOISY_ROLES = new Set([
  "navigation",
  "banner",
  "search",
  "contentinfo",
  "menu",
  "menubar",
  "dialog",
  "alertdialog",
]);
const MAX_TABLES = 8;

export interface ConvertedHtml {
  markdown: string;
  title: string;
  /** Meta tags by lower-case name or property, the first of each. */
  meta: Map<string, string>;
  truncated: boolean;
}

/** Converts HTML of any quality to Markdown, in time linear in its length. */
export function convertHtml(html: string, maxLength: number): ConvertedHtml {
  const converter = new Converter(maxLength);
  readTags(html, converter);
  return converter.result();
}

class Converter {
  readonly #maxLength: number;
  readonly #meta = new Map<string, string>();
  readonly #lists: { ordered: boolean; next: number }[] = [];
  readonly #tables: TableFrame[] = [];
  readonly #onClose: ((() => void) | undefined)[] = [];
  readonly #openMarks = new Set<string>();
  #writer: MarkdownWriter;
  #title = "";
  #inTitle = false;
  #skipping = 0;
  #inPre = 0;
  #pre = "";
  #language: string | undefined;
  #articles = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
    this.#writer = new MarkdownWriter(maxLength);
  }

  result(): ConvertedHtml {
    const truncated = this.#writer.full;
    return { markdown: this.#writer.toString(), title: this.#title, meta: this.#meta, truncated };
  }

  text(text: string): void {
    if (this.#inTitle) {
      if (this.#title.length < 1000) this.#title += text;
    } else if (this.#skipping > 0) return;
    else if (this.#inPre > 0) this.#pre += text;
    else this.#writer.flowing(text);
  }

  open(name: string, attributes: Attributes): void {
    this.#onClose.push(this.#opened(name, attributes));
  }

  close(_name: string): void {
    this.#onClose.pop()?.();
  }

  /** Does what an element does when it opens, and returns what it does when it closes. */
  #opened(name: string, attributes: Attributes): (() => void) | undefined {
    if (name === "title" && this.#title === "") return this.#openTitle();
    if (name === "meta") return this.#readMeta(attributes);
    if (this.#skipping > 0 || this.#isNoise(name, attributes)) {
      // The head is passed over except for its title and meta tags, which were met above.
      this.#skipping++;
      return () => {
        this.#skipping--;
      };
    }
    if (this.#inPre > 0) return this.#openInPre(name, attributes);
    return this.#openBlock(name, attributes) ?? this.#openInline(name, attributes);
  }

  #openTitle(): () => void {
    this.#inTitle = true;
    return () => {
      this.#inTitle = false;
    };
  }

  #readMeta(attributes: Attributes): undefined {
    const key = (attributes.get("name") ?? attributes.get("property") ?? attributes.get("http-equiv"))?.toLowerCase();
    const content = attributes.get("content");
    if (key !== undefined && content !== undefined && this.#meta.size < 100 && !this.#meta.has(key)) {
      this.#meta.set(key, content);
    }
    return undefined;
  }

  #isNoise(name: string, attributes: Attributes): boolean {
    if (SKIPPED.has(name)) return true;
    if (name === "footer" && this.#articles === 0) return true;
    if (attributes.size === 0) return false;
    if (attributes.has("hidden") || attributes.get("aria-hidden") === "true") return true;
    if (NOISY_ROLES.has(attributes.get("role") ?? "")) return true;
    const style = attributes.get("style");
    return style !== undefined && isUnseen(style.slice(0, 500));
  }

  #openInPre(name: string, attributes: Attributes): undefined {
    if (name === "br") this.#pre += "\n";
    this.#language ??= languageOf(attributes);
    return undefined;
  }

  #openBlock(name: string, attributes: Attributes): (() => void) | undefined {
    const heading = /^h([1-6])$/.exec(name)?.[1];
    if (heading !== undefined) return this.#openHeading(Number(heading));
    switch (name) {
      case "ul":
      case "ol":
      case "menu":
        return this.#openList(name === "ol", attributes);
      case "li":
        return this.#openItem();
      case "dd":
        return this.#openFrame("  ", "  ");
      case "blockquote":
        return this.#openFrame("> ", "> ");
      case "pre":
        return this.#openPre(attributes);
      case "table":
        return this.#openTable(attributes);
      case "tr":
        return this.#openRow();
      case "td":
      case "th":
        return this.#openCell(Number(attributes.get("colspan") ?? 1));
      case "hr":
        return this.#rule();
    }
    return BLOCKS.has(name) ? this.#openPlainBlock(name) : undefined;
  }

  #openPlainBlock(name: string): () => void {
    const writer = this.#writer;
    writer.flush();
    const holdsContent = name === "article" || name === "main";
    if (holdsContent) this.#articles++;
    return () => {
      this.#writer.flush();
      if (holdsContent) this.#articles--;
    };
  }

  #openHeading(level: number): () => void {
    this.#writer.flush();
    return () => this.#writer.flush(`${"#".repeat(level)} `);
  }

  #openList(ordered: boolean, attributes: Attributes): () => void {
    this.#writer.enterList();
    const start = Number(attributes.get("start") ?? 1);
    this.#lists.push({ ordered, next: Number.isSafeInteger(start) ? start : 1 });
    return () => {
      this.#writer.flush();
      this.#lists.pop();
    };
  }

  #openItem(): () => void {
    const list = this.#lists.at(-1);
    const bullet = list?.ordered ? `${list.next++}. ` : "- ";
    return this.#openFrame(bullet, " ".repeat(bullet.length));
  }

  #openFrame(first: string, rest: string): () => void {
    const writer = this.#writer;
    writer.enter(first, rest);
    return () => writer.leave();
  }

  #openPre(attributes: Attributes): () => void {
    this.#writer.flush();
    this.#inPre++;
    this.#pre = "";
    this.#language = languageOf(attributes);
    return () => {
      this.#inPre--;
      if (this.#pre.trim() !== "" && !this.#writer.full) {
        this.#writer.block(codeBlock(this.#pre.slice(0, this.#maxLength), this.#language));
      }
      this.#pre = "";
    };
  }

  #rule(): undefined {
    this.#writer.flush();
    if (!this.#writer.empty) this.#writer.block("---");
    return undefined;
  }

  #openTable(attributes: Attributes): (() => void) | undefined {
    this.#writer.flush();
    if (this.#tables.length >= MAX_TABLES || this.#writer.full) return () => this.#writer.flush();
    this.#tables.at(-1)?.holdTable();
    const outer = this.#writer;
    const table = new TableFrame(attributes.get("role") === "presentation");
    this.#tables.push(table);
    return () => {
      this.#tables.pop();
      this.#writer = outer;
      outer.flush();
      for (const block of table.blocks()) outer.block(block);
    };
  }

  #openRow(): (() => void) | undefined {
    this.#tables.at(-1)?.startRow();
    return () => this.#writer.flush();
  }

  #openCell(columns: number): () => void {
    const table = this.#tables.at(-1);
    const outer = this.#writer;
    if (table === undefined || outer.full) return () => this.#writer.flush();
    const cell = new MarkdownWriter(this.#maxLength);
    this.#writer = cell;
    return () => {
      table.addCell(cell.toString(), columns);
      this.#writer = outer;
    };
  }

  #openInline(name: string, attributes: Attributes): (() => void) | undefined {
    if (name === "br") this.#writer.lineBreak();
    else if (name === "img") this.#image(attributes);
    else if (name === "input" && attributes.get("type") === "checkbox") {
      this.#writer.exact(attributes.has("checked") ? "[x] " : "[ ] ");
    } else if (name === "a") return this.#openLink(attributes);
    const mark = MARKS.get(name);
    return mark === undefined ? undefined : this.#openMark(mark, mark, () => mark);
  }

  #image(attributes: Attributes): void {
    const alt = attributes.get("alt")?.trim();
    if (alt !== undefined && alt !== "") this.#writer.flowing(`[Image: ${alt}]`);
  }

  #openLink(attributes: Attributes): (() => void) | undefined {
    const href = attributes.get("href")?.trim() ?? "";
    if (!/^(https?:|mailto:|[^:]*$)/i.test(href) || href === "" || href.startsWith("#")) return undefined;
    const target = href
      .replace(/[\s<>]/g, encodeURIComponent)
      .replaceAll("(", "%28")
      .replaceAll(")", "%29");
    return this.#openMark("link", "[", () => `](${target})`);
  }

  /** Marks do not nest in themselves; a mark belongs to the writer it was opened on. */
  #openMark(kind: string, before: string, after: () => string): (() => void) | undefined {
    if (this.#openMarks.has(kind)) return undefined;
    const writer = this.#writer;
    this.#openMarks.add(kind);
    writer.mark(before, after);
    return () => {
      this.#openMarks.delete(kind);
      writer.unmark();
    };
  }
}

/** The language of a code block by the class names that highlighters use. */
function languageOf(attributes: Attributes): string | undefined {
  return /(?:language|lang|highlight-source)-([\w+#-]{1,20})/.exec(attributes.get("class") ?? "")?.[1];
}
