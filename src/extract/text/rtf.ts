import { cleanLine } from "../clean-text.ts";
import { decodeAs } from "../decode.ts";
import type { Reading } from "../reading.ts";
import { corrupt } from "../refuse.ts";
import type { Extracted } from "../types.ts";

/** Groups whose content is not the document's text (Rich Text Format 1.9.1). */
const SKIPPED = new Set(
  "fonttbl colortbl stylesheet listtable listoverridetable rsidtbl generator pict object objdata themedata colorschememapping datastore latentstyles header headerl headerr headerf footer footerl footerr footerf xmlnstbl fldinst deleted".split(
    " ",
  ),
);
const CHARACTERS = new Map(
  Object.entries({
    par: "\n\n",
    sect: "\n\n",
    line: "\n",
    row: "\n",
    cell: " | ",
    tab: " ",
    emdash: "—",
    endash: "–",
    bullet: "•",
    lquote: "‘",
    rquote: "’",
    ldblquote: "“",
    rdblquote: "”",
  }),
);
const MAX_DEPTH = 512;

interface Group {
  /** `text`, a fact of the document's info, or nothing that is kept. */
  into: "text" | "title" | "author" | "nothing";
  /** How many characters stand in for a `\u` that old readers do not know. */
  fallback: number;
}

/** The text of an RTF file, paragraph by paragraph, in one pass over its tokens. */
export function readRtf(reading: Reading): Extracted {
  const source = Buffer.from(reading.bytes.buffer, reading.bytes.byteOffset, reading.bytes.byteLength).toString(
    "latin1",
  );
  if (!source.startsWith("{\\rtf"))
    throw corrupt(reading.name, "RTF document", "its first characters are not those of RTF");
  const found = readTokens(source, reading.textLength);
  const title = cleanLine(found.title, 300);
  const author = cleanLine(found.author, 200);
  return {
    text: tidy(found.text),
    ...(title !== undefined && { title }),
    ...(author !== undefined && { authors: [`user:${author}`] }),
    fields: {},
    warnings: [],
  };
}

/** Lines without blanks and cell marks at their ends, bullets as Markdown has them, list items close together. */
function tidy(text: string): string {
  const lines = text.split("\n").map((line) =>
    line
      .trim()
      .replace(/^[\uf020-\uf0ff•]\s?/, "- ")
      .replace(/ ?\|$/, ""),
  );
  const kept = lines.filter((line, index) => {
    if (line !== "") return true;
    const above = lines[index - 1] ?? "";
    return above !== "" && !(isItem(above) && isItem(lines[index + 1] ?? ""));
  });
  return kept.join("\n");
}

function isItem(line: string): boolean {
  return /^(- |\d{1,3}\. )/.test(line);
}

function readTokens(source: string, textLength: number) {
  const kept = { text: "", title: "", author: "" };
  const groups: Group[] = [{ into: "text", fallback: 1 }];
  let decode = decoderOf(1252);
  let ignored = 0; // characters that stand in for the last \u
  let passedOver = 0; // groups below the depth that is followed
  const write = (text: string) => {
    const { into } = groups.at(-1)!;
    if (into !== "nothing" && kept[into].length < textLength) kept[into] += text;
  };
  const tokens = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z'])|([{}])|([^\\{}\r\n]{1,8192})/gi;
  for (const [, word, number, hex, symbol, brace, plain] of source.matchAll(tokens)) {
    if (brace === "{") {
      if (groups.length < MAX_DEPTH) groups.push({ ...groups.at(-1)! });
      else passedOver++;
    } else if (brace === "}") {
      if (passedOver > 0) passedOver--;
      else if (groups.length > 1) groups.pop();
      ignored = 0;
    } else if (plain !== undefined) {
      write(ignored > 0 ? plain.slice(ignored) : plain);
      ignored = Math.max(0, ignored - plain.length);
    } else if (hex !== undefined) {
      if (ignored > 0) ignored--;
      else write(decode(Number.parseInt(hex, 16)));
    } else if (symbol !== undefined) {
      if (symbol === "*") groups.at(-1)!.into = "nothing";
      else write(symbol === "~" ? " " : /[\\{}]/.test(symbol) ? symbol : "");
    } else if (word === "u") {
      write(String.fromCharCode(Number(number ?? 63) & 0xffff));
      ignored = groups.at(-1)!.fallback;
    } else if (word === "ansicpg") decode = decoderOf(Number(number));
    else if (word !== undefined) control(word, number, groups.at(-1)!, write);
  }
  return kept;
}

function control(word: string, number: string | undefined, group: Group, write: (text: string) => void): void {
  const text = CHARACTERS.get(word);
  if (text !== undefined) write(text);
  else if (word === "uc") group.fallback = Math.min(Math.max(Number(number) || 0, 0), 16);
  else if (word === "info" || SKIPPED.has(word)) group.into = "nothing";
  else if (word === "title" || word === "author") group.into = word;
  else if (word === "v" && group.into === "text" && number !== "0") group.into = "nothing";
}

/** One-byte code pages; multi-byte ones are written with \\u beside by every program since 1997. */
function decoderOf(codePage: number): (byte: number) => string {
  return (byte) => decodeAs(Uint8Array.of(byte), `windows-${codePage}`);
}
