import { createHash } from "node:crypto";

export type ObjectKind = "blob" | "tree" | "commit";

/** The name that git gives an object: SHA-1 over its kind, its length and its bytes. */
export function shaOf(kind: ObjectKind, bytes: Buffer): string {
  return createHash("sha1").update(`${kind} ${bytes.length}\0`).update(bytes).digest("hex");
}

/** One line of a tree. Modes: 100644 file, 100755 program, 120000 link, 160000 submodule, 40000 folder. */
export interface TreeEntry {
  name: string;
  mode: string;
  sha: string;
}

/** The bytes of a tree, its entries in git's order: folders as if their names ended with a slash. */
export function treeBytes(entries: readonly TreeEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const { mode, name, sha } of entries) parts.push(Buffer.from(`${mode} ${name}\0`), Buffer.from(sha, "hex"));
  return Buffer.concat(parts);
}

export function inTreeOrder(a: TreeEntry, b: TreeEntry): number {
  return Buffer.compare(sortName(a), sortName(b));
}

function sortName({ name, mode }: TreeEntry): Buffer {
  return Buffer.from(mode === "40000" ? `${name}/` : name);
}

export interface Person {
  name: string;
  email: string;
}

export interface Commit {
  sha: string;
  tree: string;
  parents: string[];
  author: Person;
  message: string;
  /** ISO 8601, whole seconds. */
  at: string;
}

export function commitBytes({ tree, parents, author, message, at }: Omit<Commit, "sha">): Buffer {
  const who = `${author.name} <${author.email}> ${Math.floor(Date.parse(at) / 1000)} +0000`;
  const lines = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), `author ${who}`, `committer ${who}`];
  return Buffer.from(`${lines.join("\n")}\n\n${message}\n`);
}
