const CODE = /<!-- code (\S+?)(?: from "(.+?)")?(?: until "(.+)")? -->\n[\s\S]*?<!-- end of code -->/g;
const COUNT = /<!-- lines of (\S+?) -->\d*<!-- end of lines -->/g;

/** The example lies among the tests; a connector that follows the guide lies where connectors do. */
const MOVED = [
  ["../../../src/connectors/kit/index.ts", "../kit/index.ts"],
  ["../../twins/", "./"],
  ['"../connector.ts"', '"../contract/connector.ts"'],
  ['"../workplace.ts"', '"../contract/workplace.ts"'],
  ['"./fieldnotes.ts"', '"../../src/connectors/fieldnotes/index.ts"'],
  ['"./fieldnotes-twin.ts"', '"../twins/fieldnotes.ts"'],
];

/**
 * A page with the code that its marks name, as it is in the tree. A piece begins at the first line that begins with the
 * words of `from` (else at the top of the file) and ends before that of `until`, else before the next piece of the same file.
 */
export function fillCode(page, read) {
  const marks = [...page.matchAll(CODE)];
  return page
    .replace(CODE, (whole, path, from, until, at) => {
      const next = marks.find((mark) => mark.index > at && mark[1] === path);
      const head = whole.slice(0, whole.indexOf("\n"));
      const code = MOVED.reduce(
        (text, [here, there]) => text.replaceAll(here, there),
        cut(read(path), from, until ?? next?.[2]),
      );
      return `${head}\n\`\`\`ts\n${code}\n\`\`\`\n<!-- end of code -->`;
    })
    .replace(COUNT, (_whole, path) => `<!-- lines of ${path} -->${linesOfCode(read(path))}<!-- end of lines -->`);
}

function cut(text, from, until) {
  const lines = text.trimEnd().split("\n");
  const start = from === undefined ? 0 : lineWith(lines, from, 0);
  const end = until === undefined ? lines.length : lineWith(lines, until, start + 1);
  return lines.slice(start, end).join("\n").trimEnd();
}

function lineWith(lines, words, after) {
  const at = lines.findIndex((line, index) => index >= after && line.trimStart().startsWith(words));
  if (at < 0) throw new Error(`No line of the example begins with ${JSON.stringify(words)}.`);
  return at;
}

function linesOfCode(text) {
  return text.split("\n").filter((line) => line.trim() !== "" && !/^\s*(\/\/|\/?\*)/.test(line)).length;
}
