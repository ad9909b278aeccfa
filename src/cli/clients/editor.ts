import type { Entry } from "./entry.ts";

export type KeyPath = readonly string[];

/** What a file of any format says. */
export type Tree = { [key: string]: unknown };

/** Changes one entry in the text of a file and leaves every other character as it is. */
export interface Editor {
  /** What the text says, a map; an empty one for an empty text. Throws when it says nothing a program could read. */
  read(text: string): Tree;
  /** Texts with the entry at the path, in place of what stood there, the best first; maps on the way are made. */
  put(text: string, path: KeyPath, entry: Entry): string[];
  /** Texts without what stands at the path, the best first. */
  drop(text: string, path: KeyPath): string[];
}

/** What stands at the path. */
export function valueAt(tree: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((at, key) => (isTree(at) && Object.hasOwn(at, key) ? at[key] : undefined), tree);
}

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
