import type { Tree } from "./schema.ts";
import type { Selection } from "./selection.ts";

/** A regular file of a commit. */
export interface TreeFile {
  path: string;
  /** Of the blob. */
  sha: string;
  /** Bytes. */
  size: number;
}

/** What differs between two commits, as far as the options take it. */
export interface TreeChanges {
  /** New and changed files, in the order of their paths. */
  files: TreeFile[];
  /** Paths that were taken and hold nothing to take any more. */
  gone: string[];
  /** Bytes of all files of the newer commit, taken or not; undefined when not all of it was looked at. */
  allBytes: number | undefined;
  /** Folders that GitHub does not list whole. */
  cut: string[];
}

/** One tree by the sha of a commit or a tree. */
export type ReadTree = (sha: string, recursive: boolean) => Promise<Tree>;

/**
 * Compares two commits by the trees themselves, which tells the truth after any force-push. Usually one request a
 * commit; a tree that comes truncated (above 100,000 entries or 7 MB, 2026-11) is walked folder by folder, where folders
 * that are equal, or that the options do not reach, are passed over.
 */
export async function compareTrees(
  read: ReadTree,
  selection: Selection,
  before: string | undefined,
  after: string | undefined,
): Promise<TreeChanges> {
  const walk = new TreeWalk(read, selection);
  await walk.compare("", before, after);
  return walk.changes();
}

class TreeWalk {
  readonly #read: ReadTree;
  readonly #selection: Selection;
  readonly #files = new Map<string, TreeFile>();
  readonly #gone = new Set<string>();
  readonly #cut: string[] = [];
  #allBytes: number | undefined = 0;

  constructor(read: ReadTree, selection: Selection) {
    this.#read = read;
    this.#selection = selection;
  }

  changes(): TreeChanges {
    const files = [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    const gone = [...this.#gone].filter((path) => !this.#files.has(path));
    return { files, gone, allBytes: this.#allBytes, cut: this.#cut };
  }

  async compare(folder: string, before: string | undefined, after: string | undefined): Promise<void> {
    if (before === after) return;
    const [old, fresh] = await this.#both(before, after, true);
    if (old?.truncated || fresh?.truncated) return this.#compareByFolder(folder, before, after);
    this.#take(folder, old, fresh);
  }

  async #compareByFolder(folder: string, before: string | undefined, after: string | undefined): Promise<void> {
    this.#allBytes = undefined;
    const [old, fresh] = await this.#both(before, after, false);
    if (old?.truncated || fresh?.truncated) this.#cut.push(folder === "" ? "/" : folder);
    this.#take(folder, old, fresh);
    const [left, right] = [foldersOf(old), foldersOf(fresh)];
    for (const name of new Set([...left.keys(), ...right.keys()])) {
      const below = inside(folder, name);
      if (this.#selection.reaches(below)) await this.compare(below, left.get(name), right.get(name));
    }
  }

  #both(before: string | undefined, after: string | undefined, recursive: boolean) {
    const one = (sha: string | undefined) => (sha === undefined ? undefined : this.#read(sha, recursive));
    return Promise.all([one(before), one(after)]);
  }

  #take(folder: string, old: Tree | undefined, fresh: Tree | undefined): void {
    const known = new Map<string, string>();
    for (const file of filesOf(folder, old)) if (this.#selection.takesPath(file.path)) known.set(file.path, file.sha);
    for (const file of filesOf(folder, fresh)) {
      if (this.#allBytes !== undefined) this.#allBytes += file.size;
      if (!this.#selection.takes(file)) continue;
      if (known.get(file.path) !== file.sha) this.#files.set(file.path, file);
      known.delete(file.path);
    }
    for (const path of known.keys()) this.#gone.add(path);
  }
}

/** Regular files alone: links (120000) name other files, submodules (160000) are other repositories. */
function* filesOf(folder: string, tree: Tree | undefined): Generator<TreeFile> {
  for (const { path, mode, type, sha, size } of tree?.tree ?? [])
    if (type === "blob" && mode.startsWith("100")) yield { path: inside(folder, path), sha, size: size ?? 0 };
}

function foldersOf(tree: Tree | undefined): Map<string, string> {
  const folders = (tree?.tree ?? []).filter((entry) => entry.type === "tree");
  return new Map(folders.map((entry) => [entry.path, entry.sha]));
}

function inside(folder: string, path: string): string {
  return folder === "" ? path : `${folder}/${path}`;
}
