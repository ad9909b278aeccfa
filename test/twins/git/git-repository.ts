import { type Commit, commitBytes, inTreeOrder, type ObjectKind, shaOf, type TreeEntry, treeBytes } from "./objects.ts";

/** Text, bytes, null for removal, or an entry with a mode of its own (a link's target, a submodule's commit). */
export type Change = string | Buffer | null | { mode: "100755" | "120000" | "160000"; content: string };

export interface CommitText {
  /** By default `main`. */
  branch?: string;
  /** Paths to their new content. */
  files?: Record<string, Change>;
  message?: string;
  author?: string;
  at?: string;
  /** Starts from this commit instead of the branch's tip: a force-push. Null: from nothing. */
  onto?: string | null;
  /** Second parent of a merge. */
  merges?: string;
}

export interface FileEntry {
  mode: string;
  sha: string;
}

/** git's object model in memory: names are computed as git does, so that real git reads what is written out. */
export class GitRepository {
  readonly blobs = new Map<string, Buffer>();
  readonly trees = new Map<string, TreeEntry[]>();
  readonly commits = new Map<string, Commit>();
  /** `heads/main`, `tags/v1` to commits. */
  readonly refs = new Map<string, string>();
  /** Paths of each commit, in git's order. */
  readonly #files = new Map<string, Map<string, FileEntry>>();
  readonly #now: () => string;

  constructor(now: () => string) {
    this.#now = now;
  }

  get empty(): boolean {
    return this.refs.size === 0;
  }

  commit(text: CommitText): Commit {
    const branch = text.branch ?? "main";
    const parent = text.onto === undefined ? this.refs.get(`heads/${branch}`) : (text.onto ?? undefined);
    const files = new Map(parent === undefined ? [] : this.files(parent));
    for (const [path, change] of Object.entries(text.files ?? {})) this.#apply(files, path, change);
    const name = text.author ?? "Marta Quill";
    const about = {
      tree: this.#writeTree(files),
      parents: [parent, text.merges].filter((sha): sha is string => sha !== undefined),
      author: { name, email: `${name.toLowerCase().replaceAll(" ", ".")}@example.org` },
      message: text.message ?? "Change some pages",
      at: text.at ?? this.#now(),
    };
    const sha = shaOf("commit", commitBytes(about));
    const commit = { sha, ...about };
    this.commits.set(sha, commit);
    this.#files.set(sha, files);
    this.refs.set(`heads/${branch}`, sha);
    return commit;
  }

  /** The commits are gone, as after the service has swept what no branch leads to. */
  sweep(): void {
    const reachable = new Set([...this.refs.values()].flatMap((sha) => [...this.ancestors(sha)]));
    for (const sha of this.commits.keys()) if (!reachable.has(sha)) this.commits.delete(sha);
  }

  /** A full or unique short sha, a branch, a tag, or a whole `refs/…`; HEAD is the given branch. */
  resolve(name: string, head: string): Commit | undefined {
    if (name === "HEAD") return this.resolve(head, head);
    const ref =
      this.refs.get(`heads/${name}`) ?? this.refs.get(`tags/${name}`) ?? this.refs.get(name.replace(/^refs\//, ""));
    if (ref !== undefined) return this.commits.get(ref);
    if (!/^[0-9a-f]{7,40}$/.test(name)) return undefined;
    if (name.length === 40) return this.commits.get(name);
    return [...this.commits.values()].find((commit) => commit.sha.startsWith(name));
  }

  files(sha: string): ReadonlyMap<string, FileEntry> {
    const files = this.#files.get(sha);
    if (files === undefined) throw new Error(`There is no commit ${sha}.`);
    return files;
  }

  /** The commit and all before it. */
  ancestors(sha: string): Set<string> {
    const found = new Set<string>();
    const open = [sha];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(...(this.commits.get(next)?.parents ?? []));
    }
    return found;
  }

  /** Newest first, a child before its parents. */
  history(sha: string): Commit[] {
    const all = [...this.ancestors(sha)].flatMap((one) => this.commits.get(one) ?? []);
    const order = new Map([...this.commits.keys()].map((one, at) => [one, at]));
    return all.sort((a, b) => (order.get(b.sha) as number) - (order.get(a.sha) as number));
  }

  /** Every object as git stores it, for writing a repository to disk. */
  *objects(): Generator<{ kind: ObjectKind; sha: string; bytes: Buffer }> {
    for (const [sha, bytes] of this.blobs) yield { kind: "blob", sha, bytes };
    for (const [sha, entries] of this.trees) yield { kind: "tree", sha, bytes: treeBytes(entries) };
    for (const [sha, commit] of this.commits) yield { kind: "commit", sha, bytes: commitBytes(commit) };
  }

  #apply(files: Map<string, FileEntry>, path: string, change: Change): void {
    if (change === null) {
      files.delete(path);
      return;
    }
    const moded = typeof change === "object" && !Buffer.isBuffer(change);
    if (moded && change.mode === "160000") {
      files.set(path, { mode: change.mode, sha: change.content });
      return;
    }
    const bytes = Buffer.isBuffer(change) ? change : Buffer.from(moded ? change.content : change);
    const sha = shaOf("blob", bytes);
    this.blobs.set(sha, bytes);
    files.set(path, { mode: moded ? change.mode : "100644", sha });
  }

  /** Writes the trees of all folders and answers the root's name. */
  #writeTree(files: ReadonlyMap<string, FileEntry>): string {
    const root: Folder = { entries: [], folders: new Map() };
    for (const [path, { mode, sha }] of files) {
      const parts = path.split("/");
      const name = parts.pop() as string;
      let folder = root;
      for (const part of parts) folder = inside(folder, part);
      folder.entries.push({ name, mode, sha });
    }
    return this.#writeFolder(root);
  }

  #writeFolder(folder: Folder): string {
    const below = [...folder.folders].map(([name, one]) => ({ name, mode: "40000", sha: this.#writeFolder(one) }));
    const entries = [...folder.entries, ...below].sort(inTreeOrder);
    const sha = shaOf("tree", treeBytes(entries));
    this.trees.set(sha, entries);
    return sha;
  }
}

interface Folder {
  entries: TreeEntry[];
  folders: Map<string, Folder>;
}

function inside(folder: Folder, name: string): Folder {
  let found = folder.folders.get(name);
  if (found === undefined) {
    found = { entries: [], folders: new Map() };
    folder.folders.set(name, found);
  }
  return found;
}
