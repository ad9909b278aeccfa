import { posix } from "node:path";
import { type Folder, foldersOf } from "./folders.ts";
import type { OpenRoot } from "./roots.ts";

interface Named {
  path: string;
  /** The path without regard to capitals and Unicode form. */
  key: string;
}

/**
 * Finds the item that a link means, vault-wide and as Obsidian does: the exact path, then the path beside the note, then
 * the end of a path, capitals and Unicode form aside.
 *
 * A name that only one file has is answered as that bare name, not as the file's path: items carry their name as an alias,
 * so the link still leads there after the file moved to another folder, although the linking note was not read again.
 * A name that several files share, or that another root may have too, is answered as the path of the best one. A name that no file has is answered as it was
 * written: it may be another note's alias, or a note that comes later, and leads there as soon as one is stored.
 */
export class NameIndex {
  readonly #root: OpenRoot;
  readonly #follow: boolean;
  #names: Names | undefined;

  constructor(root: OpenRoot, follow: boolean) {
    this.#root = root;
    this.#follow = follow;
  }

  /** The id or alias that a wikilink target means, written in the note at `from`. */
  resolve(target: string, from: string): string {
    const wanted = target.replace(/^\/+/, "");
    return this.#found(wanted, from) ?? wanted;
  }

  /** The id or alias that a relative link means, written in the note at `from`; undefined when it leads out of the root. */
  resolvePath(target: string, from: string): string | undefined {
    const folder = target.startsWith("/") ? "" : posix.dirname(from);
    const path = posix.join(folder, target.replace(/^\/+/, ""));
    if (path === ".." || path.startsWith("../") || path === ".") return undefined;
    const key = folded(path);
    const exact = this.#called(path).find((one) => one.key === key || one.key === `${key}.md`);
    if (exact !== undefined) return this.#root.prefix + exact.path;
    return this.#found(target.replace(/^(?:\.{0,2}\/)+/, ""), from) ?? this.#root.prefix + path;
  }

  #found(wanted: string, from: string): string | undefined {
    const byName = this.#called(wanted);
    const key = folded(wanted);
    const fitting = wanted.includes("/") ? byName.filter((one) => endsWithPath(one.key, key)) : byName;
    const best = bestOf(fitting, key, from);
    if (best === undefined) return undefined;
    return byName.length === 1 && this.#root.prefix === "" ? aliasOf(best) : this.#root.prefix + best;
  }

  #called(path: string): Named[] {
    this.#names ??= namesIn(foldersOf(this.#root, this.#follow, undefined, () => {}));
    const name = folded(path.slice(path.lastIndexOf("/") + 1));
    const { numbers, all } = this.#names;
    const found = numbers.get(name) ?? numbers.get(`${name}.md`) ?? [];
    return (typeof found === "number" ? [found] : found).map((number) => named(all, number));
  }
}

/**
 * Every name of a root, some hundred bytes each although there may be a million: what is equal in the files of a folder
 * is kept once, and paths are put together when they are asked for.
 */
interface Names {
  /** A name without regard to capitals and Unicode form, to the number of its file, or the numbers. */
  numbers: Map<string, number | number[]>;
  all: AllFiles;
}

/** By number of the file. */
interface AllFiles {
  names: string[];
  folders: string[];
}

function namesIn(folders: Iterable<Folder>): Names {
  const numbers: Names["numbers"] = new Map();
  const all: AllFiles = { names: [], folders: [] };
  for (const folder of folders) {
    for (const { name } of folder.files) {
      const number = all.names.push(name) - 1;
      all.folders.push(folder.path);
      const key = folded(name);
      const same = numbers.get(key);
      if (same === undefined) numbers.set(key, number);
      else if (typeof same === "number") numbers.set(key, [same, number]);
      else same.push(number);
    }
  }
  return { numbers, all };
}

function named({ names, folders }: AllFiles, number: number): Named {
  const path = `${folders[number]}${names[number]}`;
  return { path, key: folded(path) };
}

/** The alias that an item carries: a note's name without its extension, else the whole name. */
function aliasOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return /\.(?:md|markdown|mdx|qmd)$/i.test(name) ? name.slice(0, name.lastIndexOf(".")) : name;
}

function endsWithPath(path: string, wanted: string): boolean {
  return [wanted, `${wanted}.md`].some((end) => path === end || path.endsWith(`/${end}`));
}

/** The exact path, else the one beside the linking note, else the shortest. */
function bestOf(named: Named[], wanted: string, from: string): string | undefined {
  const beside = folded(from.slice(0, from.lastIndexOf("/") + 1)) + wanted;
  for (const exact of [wanted, beside]) {
    const hit = named.find((one) => one.key === exact || one.key === `${exact}.md`);
    if (hit !== undefined) return hit.path;
  }
  let best = named[0]?.path;
  for (const { path } of named) if (path.length < (best as string).length) best = path;
  return best;
}

function folded(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
