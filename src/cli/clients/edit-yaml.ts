import { type Document, isMap, isNode, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from "yaml";
import type { Editor, KeyPath, Tree } from "./editor.ts";
import type { Entry } from "./entry.ts";
import { lineEndOf, lineStart, nextLine, spliced, withLastLineEnd } from "./layout.ts";

const LONG_LINES = { lineWidth: 0 };

/**
 * YAML. An entry's lines are put in and taken out as text, so that others' lines stay as they are; the library's own
 * writer, which lays out the whole file anew, is the second choice.
 */
export const YAML_EDITOR: Editor = {
  read(text) {
    const document = parsed(text);
    const tree = document.toJS() ?? {};
    if (typeof tree !== "object" || Array.isArray(tree)) throw new SyntaxError("not a YAML map");
    return tree as Tree;
  },

  put(text, path, entry) {
    const document = parsed(text);
    const byLines = putLines(text, document, path, entry);
    document.setIn(path, document.createNode({ ...entry }));
    return [byLines, written(text, document)];
  },

  drop(text, path) {
    const document = parsed(text);
    const byLines = dropLines(text, document, path);
    document.deleteIn(path);
    return [byLines, written(text, document)];
  },
};

function parsed(text: string): Document.Parsed {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw document.errors[0];
  return document;
}

function written(text: string, document: Document): string {
  return document.toString(LONG_LINES).replace(/\r?\n/g, lineEndOf(text));
}

function putLines(text: string, document: Document, path: KeyPath, entry: Entry): string {
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const holder = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const inner = path.slice(depth).reduceRight<unknown>((value, key) => ({ [key]: value }), entry);
    if (isMap(holder) && !holder.flow && holder.items.length > 0) {
      const existing = pairOf(holder, path[depth] as string);
      return existing ? replaced(text, holder, existing, inner) : inserted(text, holder, inner);
    }
  }
  const tree = path.reduceRight<unknown>((value, key) => ({ [key]: value }), entry);
  return withLastLineEnd(text) + lines(text, tree, "");
}

function inserted(text: string, holder: YAMLMap, tree: unknown): string {
  const last = holder.items.at(-1) as Pair;
  const end = endOf(text, last);
  const before = withLastLineEnd(text.slice(0, end));
  return before + lines(text, tree, indentOf(text, holder)) + text.slice(end);
}

function replaced(text: string, holder: YAMLMap, pair: Pair, tree: unknown): string {
  return spliced(text, lineStart(text, startOf(pair)), endOf(text, pair), lines(text, tree, indentOf(text, holder)));
}

function dropLines(text: string, document: Document, path: KeyPath): string {
  const holder = (path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)) as YAMLMap;
  const pair = pairOf(holder, path.at(-1) as string) as Pair;
  const rest = spliced(text, lineStart(text, startOf(pair)), endOf(text, pair));
  if (holder.items.length > 1 || path.length === 1) return rest;
  // A map whose last entry goes would say nothing at all.
  const outer = (path.length === 2 ? document.contents : document.getIn(path.slice(0, -2), true)) as YAMLMap;
  const key = pairOf(outer, path.at(-2) as string)?.key;
  const colon = text.indexOf(":", isNode(key) ? (key.range?.[1] ?? 0) : 0) + 1;
  return spliced(rest, colon, colon, " {}");
}

function pairOf(holder: YAMLMap, name: string): Pair | undefined {
  return holder.items.find(({ key }) => isScalar(key) && key.value === name);
}

function startOf({ key }: Pair): number {
  return isNode(key) ? (key.range?.[0] ?? 0) : 0;
}

/** Where the line after a pair's last line begins. */
function endOf(text: string, { key, value }: Pair): number {
  const end = isNode(value) ? value.range?.[1] : isNode(key) ? key.range?.[1] : 0;
  const at = end ?? 0;
  return at > 0 && text[at - 1] === "\n" ? at : nextLine(text, at);
}

function indentOf(text: string, holder: YAMLMap): string {
  const start = startOf(holder.items[0] as Pair);
  return text.slice(lineStart(text, start), start);
}

function lines(text: string, tree: unknown, indent: string): string {
  return stringify(tree, LONG_LINES)
    .replace(/^(?=.)/gm, indent)
    .replaceAll("\n", lineEndOf(text));
}
