import { isDeepStrictEqual } from "node:util";
import { ConnectorError } from "../../model/index.ts";
import type { Format } from "./client.ts";
import { JSON_EDITOR } from "./edit-json.ts";
import { TOML_EDITOR } from "./edit-toml.ts";
import { YAML_EDITOR } from "./edit-yaml.ts";
import { type Editor, isTree, type KeyPath, type Tree, valueAt } from "./editor.ts";
import type { Entry } from "./entry.ts";

const EDITORS: Readonly<Record<Format, Editor>> = { json: JSON_EDITOR, toml: TOML_EDITOR, yaml: YAML_EDITOR };

/** What the file says. Throws `config` when it cannot be read; such a file is never written. */
export function readTree(format: Format, text: string, file: string): Tree {
  try {
    return EDITORS[format].read(withoutMark(text));
  } catch (cause) {
    throw new ConnectorError("config", `${file} is not valid ${format.toUpperCase()}, so it was left as it is.`, {
      hint: "Correct it in an editor, then repeat this command. --print shows what to write by hand.",
      cause,
    });
  }
}

/** The text with the entry. Throws `config` rather than answer a text that says anything else. */
export function withEntry(format: Format, text: string, file: string, path: KeyPath, entry: Entry): string {
  const wanted = readTree(format, text, file);
  let at: Tree = wanted;
  for (const key of path.slice(0, -1)) {
    const inner = Object.hasOwn(at, key) ? at[key] : {};
    if (!isTree(inner)) throw cannotEdit(file, `${path.slice(0, -1).join(".")} is not a map of servers there`);
    setOwn(at, key, inner);
    at = inner;
  }
  setOwn(at, path.at(-1) as string, { ...entry });
  return checked(format, text, file, wanted, (bare) => EDITORS[format].put(bare, path, entry));
}

/** The text without what stands at the path, and without the maps above it that `emptied` names and nothing is left in. */
export function withoutEntry(format: Format, text: string, file: string, path: KeyPath, emptied = 0): string {
  const wanted = readTree(format, text, file);
  const holder = valueAt(wanted, path.slice(0, -1)) as Tree;
  delete holder[path.at(-1) as string];
  const rest = checked(format, text, file, wanted, (bare) => EDITORS[format].drop(bare, path));
  if (emptied === 0 || Object.keys(holder).length > 0 || path.length < 2) return rest;
  if (valueAt(readTree(format, rest, file), path.slice(0, -1)) === undefined) return rest;
  return withoutEntry(format, rest, file, path.slice(0, -1), emptied - 1);
}

/** The first of the edited texts that says what was wanted and nothing else. The byte order mark stays. */
function checked(format: Format, text: string, file: string, wanted: Tree, edit: (bare: string) => string[]): string {
  const bare = withoutMark(text);
  const right = edit(bare).find((edited) => says(format, edited, wanted));
  if (right !== undefined) return text.slice(0, text.length - bare.length) + right;
  throw cannotEdit(file, "it is written in a form that headwater does not edit");
}

function says(format: Format, text: string, wanted: Tree): boolean {
  try {
    const tree = EDITORS[format].read(text);
    return format === "toml" ? isDeepStrictEqual(pruned(tree), pruned(wanted)) : isDeepStrictEqual(tree, wanted);
  } catch {
    return false;
  }
}

/** TOML's tables appear and vanish with what is in them. */
function pruned(value: unknown): unknown {
  if (!isTree(value)) return value;
  const kept = Object.entries(value)
    .map(([key, inner]) => [key, pruned(inner)] as const)
    .filter(([, inner]) => !(isTree(inner) && Object.keys(inner).length === 0));
  return Object.fromEntries(kept);
}

/** As an own property, whatever the name: `__proto__` too. */
function setOwn(tree: Tree, key: string, value: unknown): void {
  Object.defineProperty(tree, key, { value, enumerable: true, configurable: true, writable: true });
}

function cannotEdit(file: string, why: string): ConnectorError {
  return new ConnectorError("config", `${file} was left as it is: ${why}.`, {
    hint: "Write the entry by hand; --print shows it.",
  });
}

function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
