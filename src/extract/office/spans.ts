/** A stretch of text in one look. */
export interface Span {
  text: string;
  bold: boolean;
  italic: boolean;
  struck: boolean;
  link: string | undefined;
}

/** Spans as inline Markdown; neighbours of the same look share their marks. `plain` drops bold (headings). */
export function renderSpans(spans: Span[], plain: boolean): string {
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    const blank = span.text.trim() === "";
    if (last !== undefined && last.link === span.link && (blank || sameLook(last, span))) last.text += span.text;
    else if (span.text !== "") merged.push({ ...span });
  }
  let text = "";
  for (let index = 0; index < merged.length; ) {
    const link = merged[index]!.link;
    let inner = "";
    do {
      inner += marked(merged[index]!, plain);
      index++;
    } while (index < merged.length && merged[index]!.link === link);
    text += link === undefined ? inner : linked(inner, link);
  }
  return text;
}

function sameLook(left: Span, right: Span): boolean {
  return left.bold === right.bold && left.italic === right.italic && left.struck === right.struck;
}

function marked(span: Span, plain: boolean): string {
  let mark = "";
  if (span.bold && !plain) mark += "**";
  if (span.italic && !plain) mark += "*";
  if (span.struck) mark = `~~${mark}`;
  return mark === "" ? span.text : around(span.text, mark, [...mark].reverse().join(""));
}

function linked(text: string, link: string): string {
  const target = link
    .replace(/[\s<>]/g, encodeURIComponent)
    .replaceAll("(", "%28")
    .replaceAll(")", "%29");
  return around(text, "[", `](${target})`);
}

/** Marks stand close to the words, blanks outside. */
function around(text: string, before: string, after: string): string {
  const words = text.trim();
  if (words === "") return text;
  const start = text.indexOf(words);
  return text.slice(0, start) + before + words + after + text.slice(start + words.length);
}
