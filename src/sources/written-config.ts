import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { ConfigMistake, KeyPath } from "./mistakes.ts";

/** The file as its author wrote it, and where each key stands. */
export interface WrittenConfig {
  values: unknown;
  mistakes: ConfigMistake[];
  /** 1-based line of the deepest part of the path that is written. */
  lineOf(path: KeyPath): number | undefined;
}

/** YAML 1.2 to plain values; syntax mistakes are reported with their line instead of thrown. */
export function readYaml(text: string, file: string): WrittenConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const line = (offset: number) => lines.linePos(offset).line;
  const mistakes = document.errors.map((error) => ({
    file,
    line: line(error.pos[0]),
    key: "",
    message: `this is not valid YAML: ${yamlProblem(error.code, error.message)}`,
  }));
  const values =
    mistakes.length > 0 ? undefined : valuesOf(() => document.toJS({ maxAliasCount: 100 }), file, mistakes);
  return {
    values,
    mistakes: mistakes.filter((mistake, index) => mistakes.findIndex((one) => one.line === mistake.line) === index),
    lineOf: (path) => offsetOf(document.contents, path, line),
  };
}

function valuesOf(read: () => unknown, file: string, mistakes: ConfigMistake[]): unknown {
  try {
    return read();
  } catch {
    mistakes.push({ file, key: "", message: "this is not valid YAML: its aliases unfold to too much." });
    return undefined;
  }
}

function yamlProblem(code: string, message: string): string {
  if (/must be sufficiently indented and end with/.test(message)) return "a [ or { is not closed.";
  if (code === "DUPLICATE_KEY") return "a key stands here twice in the same place. Keep one of them.";
  if (code === "TAB_AS_INDENT") return "a tab is used to indent. Use spaces.";
  if (code === "BAD_INDENT") return "the indentation does not fit the lines above.";
  if (code === "MISSING_CHAR" && /quote/i.test(message)) return "a quotation mark is not closed.";
  return `${(message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "").replace(/\.$/, "")}.`;
}

function offsetOf(root: unknown, path: KeyPath, line: (offset: number) => number): number | undefined {
  let node = root;
  let found = startOf(root);
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part),
      );
      if (!pair) break;
      found = startOf(pair.key) ?? found;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      found = startOf(node) ?? found;
    } else break;
  }
  return found === undefined ? undefined : line(found);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | undefined)?.range?.[0];
}
