/**
 * Google's Markdown as a person would write it: without the pictures, which are megabytes of letters that mean nothing to
 * anybody, without the names of headings, and without backslashes that change nothing. Code stays as it is.
 */
export function plainMarkdown(markdown: string): string {
  return markdown
    .replaceAll(/^\[image\d+\]: *<data:[^>]*>\s*$/gm, "")
    .split(/(^```[\s\S]*?^```|`[^`\n]*`)/m)
    .map((part, at) => (at % 2 === 1 ? part : withoutSigns(part)))
    .join("")
    .trimEnd();
}

function withoutSigns(prose: string): string {
  return prose
    .replaceAll(/!\[([^\]]*)\]\[image\d+\]/g, (_, words: string) => words)
    .replaceAll(/^(#{1,6} .*?) +\{#[^}]*\}$/gm, "$1")
    .replaceAll(
      /(^[ \t]*\d*)?\\([.+=-])/gm,
      (whole, begins: string | undefined, sign: string) => (begins === undefined ? sign : whole), // at its beginning a line would become a list
    );
}
