import { parse, stringify } from "smol-toml";
import type { Editor, KeyPath, Tree } from "./editor.ts";
import { lineEndOf, lineStart, nextLine, spliced, withLastLineEnd } from "./layout.ts";
import { tomlStatements } from "./toml-statements.ts";

/** TOML, edited as text: its writers keep no comments. */
export const TOML_EDITOR: Editor = {
  read: (text) => parse(text, { integersAsBigInt: "asNeeded" }) as Tree,

  put(text, path, entry) {
    const eol = lineEndOf(text);
    const rest = withLastLineEnd(withoutStatements(text, path));
    const tree = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), entry);
    const table = withLastLineEnd(stringify(tree as Tree).trim()).replaceAll("\n", eol);
    return [rest === "" ? table : `${rest}${/(^|\n)\r?\n$/.test(rest) ? "" : eol}${table}`];
  },

  drop: (text, path) => [withoutStatements(text, path)],
};

/** Without the lines that say something at or below the path, and without the blank line above each run of them. */
function withoutStatements(text: string, path: KeyPath): string {
  const ours = tomlStatements(text).filter(({ keys }) => path.every((key, depth) => keys[depth] === key));
  return ours.reduceRight((rest, { from, to }) => {
    const start = lineStart(text, from);
    const end = nextLine(text, to);
    const above = lineStart(text, start - 1);
    const blankAbove = start > 0 && text.slice(above, start).trim() === "";
    const blankBelow = rest.slice(end).trim() === "" || /^[ \t]*\r?\n/.test(rest.slice(end));
    return spliced(rest, blankAbove && blankBelow ? above : start, end);
  }, text);
}
