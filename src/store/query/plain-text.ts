/**
 * A piece of Markdown as one line of plain text: links and images by their words, no emphasis, headings, quotes, fences,
 * table borders, tags or Obsidian's `^block-ids`; no control characters, no invisible or direction-changing ones; no asterisk, since ** marks
 * what was found. Meant for passages, not for whole documents.
 */
export function plainText(markdown: string): string {
  return markdown
    .replace(/\r\n?/g, "\n")
    .replace(/^[^\S\n]*(?:```|~~~)[^\n]*$/gm, "")
    .replace(/^[^\S\n]*\|?[^\S\n]*:?-{3,}[-:|\s]*$/gm, "")
    .replace(/^[^\S\n]{0,3}#{1,6}[^\S\n]+/gm, "")
    .replace(/^[^\S\n]*(?:>[^\S\n]?){1,8}/gm, "")
    .replace(/^[^\S\n]*[-*+][^\S\n]+(?:\[[ xX]\][^\S\n]+)?/gm, "• ")
    .replace(/(?:^|[^\S\n])\^(?=[\d-]{0,60}[A-Za-z])[A-Za-z0-9-]{2,60}[^\S\n]*$/gm, "")
    .replace(/^[^\s[\]()]{0,200}\]\([^()\s]{0,400}\)/, "")
    .replace(
      /!?\[\[([^[\]|\n]{0,300})(?:\|([^[\]\n]{0,300}))?\]\]/g,
      (_, target: string, words?: string) => words ?? target,
    )
    .replace(/!?\[\[(?:[^[\]|\n]{0,300}\|)?([^[\]|\n]{0,300})$/, "$1")
    .replace(/!?\[([^[\]\n]{0,300})\]\([^()\n]{0,400}\)/g, "$1")
    .replace(/\[([^[\]\n]{1,300})\]\([^()\n]{0,400}$/, "$1")
    .replace(/\[([^[\]\n]{1,300})\]\[[^[\]\n]{0,100}\]/g, "$1")
    .replace(/<\/?[a-z][a-z0-9]{0,12}(?:\s[^<>\n]{0,200})?\/?>/gi, " ")
    .replace(/\\([\\`*_{}[\]()#+.!|~>-])/g, (_, sign: string) => (sign === "*" ? "∗" : sign))
    .replace(/`+/g, "")
    .replace(/~~/g, "")
    .replace(/\*{2,}/g, "")
    .replace(/(?<![\p{L}\p{N}*])\*(?=\S)|(?<=\S)\*(?![\p{L}\p{N}*])/gu, "")
    .replace(/\*/g, "∗")
    .replace(/(?<![\p{L}\p{N}_])_{1,2}(?=\S)|(?<=\S)_{1,2}(?![\p{L}\p{N}_])/gu, "")
    .replace(/\s?\|\s?/g, " | ")
    .replace(/[\u202A-\u202E\u2066-\u2069\uFEFF]|[\u{E0000}-\u{E007F}]/gu, "")
    .replace(/[\p{Cc}\s]+/gu, " ")
    .replace(/(?:^| )\|(?= \||$)/g, "")
    .replace(/^ ?\| | \| ?$/g, "")
    .trim()
    .replace(/\p{Cs}/gu, "\uFFFD");
}
