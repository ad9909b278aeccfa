import { createScanner, type Node, type ParseError, parse, parseTree } from "jsonc-parser";
import type { Editor, KeyPath } from "./editor.ts";
import { beginsLine, indentAt, lineEndOf, lineStart, nextLine, spliced, trimmedEnd } from "./layout.ts";

const COMMA = 5;
const END = 17;
const LENIENT = { allowTrailingComma: true, disallowComments: false };

/** JSON with comments and trailing commas, as editors allow it. */
export const JSON_EDITOR: Editor = {
  read(text) {
    if (text.trim() === "") return {};
    const errors: ParseError[] = [];
    const tree = parse(text, errors, LENIENT);
    if (errors.length > 0 || typeof tree !== "object" || tree === null || Array.isArray(tree))
      throw new SyntaxError("not a JSON object");
    return tree;
  },

  put(text, path, entry) {
    if (text.trim() === "") return [`${JSON.stringify(nested(path, entry), null, 2)}\n`];
    let at = rootOf(text);
    for (const [depth, key] of path.entries()) {
      const property = propertyOf(at, key);
      if (!property) return [inserted(text, at, key, nested(path.slice(depth + 1), entry))];
      at = property.children?.[1] as Node;
    }
    const value = isOneLine(text) ? inOneLine(text, entry) : inLines(text, entry, indentAt(text, at.offset));
    return [spliced(text, at.offset, at.offset + at.length, value)];
  },

  drop(text, path) {
    let holder = rootOf(text);
    for (const key of path.slice(0, -1)) holder = propertyOf(holder, key)?.children?.[1] as Node;
    return [dropped(text, holder, propertyOf(holder, path.at(-1) as string) as Node)];
  },
};

function rootOf(text: string): Node {
  return parseTree(text, [], LENIENT) as Node;
}

/** The last of its name: that one counts. */
function propertyOf(object: Node, key: string): Node | undefined {
  return object.children?.findLast((property) => property.children?.[0]?.value === key);
}

function nested(keys: KeyPath, value: unknown): unknown {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

/** A new last property. What stood there keeps its place, comments too. */
function inserted(text: string, object: Node, key: string, value: unknown): string {
  const last = object.children?.at(-1);
  const close = object.offset + object.length - 1;
  if (isOneLine(text) && !(object.offset === rootOf(text).offset && !last)) {
    const property = inOneLine(text, { [key]: value }).replace(/^\{\s*|\s*\}$/g, "");
    if (!last) return spliced(text, object.offset + 1, close, property);
    const gap = isMinified(text) ? "," : ", ";
    return spliced(text, endOf(last), commaAfter(text, endOf(last), close) ?? endOf(last), gap + property);
  }
  return insertedLines(text, object, last, JSON.stringify(key), value);
}

function insertedLines(text: string, object: Node, last: Node | undefined, key: string, value: unknown): string {
  const eol = lineEndOf(text);
  const close = object.offset + object.length - 1;
  const outer = indentAt(text, object.offset);
  const indent = last && beginsLine(text, last.offset) ? indentAt(text, last.offset) : outer + unitOf(text);
  const end = trimmedEnd(text, close);
  const line = `${eol}${indent}${key}: ${inLines(text, value, indent)}`;
  const isBare = !last && end === object.offset + 1;
  const closing = isBare || !text.slice(end, close).includes("\n") ? eol + outer : text.slice(end, close);
  if (!last) return spliced(text, end, close, line + closing);
  const trailing = commaAfter(text, endOf(last), close);
  if (trailing !== undefined) return spliced(text, end, end, `${line},`);
  return spliced(spliced(text, end, end, line), endOf(last), endOf(last), ",");
}

function dropped(text: string, object: Node, property: Node): string {
  const from = property.offset;
  const to = endOf(property);
  const close = object.offset + object.length - 1;
  const comma = commaAfter(text, to, close);
  if (comma !== undefined) {
    const restIsBlank = text.slice(comma, nextLine(text, comma)).trim() === "";
    if (beginsLine(text, from) && restIsBlank) return spliced(text, lineStart(text, from), nextLine(text, comma));
    const gap = /^[ \t]*/.exec(text.slice(comma))?.[0].length ?? 0;
    return spliced(text, from, comma + gap);
  }
  const siblings = object.children ?? [];
  const previous = siblings[siblings.indexOf(property) - 1];
  if (!previous) {
    const isAlone = trimmedEnd(text, from) === object.offset + 1 && text.slice(to, close).trim() === "";
    return isAlone ? spliced(text, object.offset + 1, close) : spliced(text, trimmedEnd(text, from), to);
  }
  const before = commaAfter(text, endOf(previous), from) as number;
  const without = spliced(text, trimmedEnd(text, from), to);
  return spliced(without, before - 1, before);
}

/** The offset after the next comma, if one comes before the end. */
function commaAfter(text: string, from: number, end: number): number | undefined {
  const scanner = createScanner(text.slice(0, end), true);
  scanner.setPosition(from);
  for (let token = scanner.scan() as number; token !== END; token = scanner.scan() as number)
    if (token === COMMA) return scanner.getPosition();
  return undefined;
}

function endOf(node: Node): number {
  return node.offset + node.length;
}

function inLines(text: string, value: unknown, indent: string): string {
  return JSON.stringify(value, null, unitOf(text)).replaceAll("\n", lineEndOf(text) + indent);
}

/** JSON's strings hold no line ends, so those that are there only lay it out. */
function inOneLine(text: string, value: unknown): string {
  return isMinified(text) ? JSON.stringify(value) : JSON.stringify(value, null, 1).replace(/\n\s*/g, " ");
}

function isOneLine(text: string): boolean {
  return !text.trim().includes("\n");
}

function isMinified(text: string): boolean {
  return !/[:,{]\s/.test(text.trim());
}

/** One step of indentation: that of the first indented line. */
function unitOf(text: string): string {
  return /\n([ \t]+)"/.exec(text)?.[1] ?? "  ";
}
