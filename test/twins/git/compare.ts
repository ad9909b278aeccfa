import type { FileEntry, GitRepository } from "./git-repository.ts";
import type { Commit } from "./objects.ts";

export interface FileChange {
  path: string;
  status: "added" | "removed" | "modified" | "renamed";
  previous?: string;
  /** Of the new content; of the old one where it was removed. */
  sha: string;
  additions: number;
  deletions: number;
}

export interface Comparison {
  status: "ahead" | "behind" | "diverged" | "identical";
  base: Commit;
  mergeBase: Commit;
  /** Oldest first: what the head has and the base has not. */
  ahead: Commit[];
  behindBy: number;
  files: FileChange[];
}

/** What `base...head` shows: the commits of head alone, and the files since both parted. Undefined: nothing in common. */
export function compare(git: GitRepository, base: Commit, head: Commit): Comparison | undefined {
  const [ofBase, ofHead] = [git.ancestors(base.sha), git.ancestors(head.sha)];
  const mergeBase = git.history(head.sha).find((commit) => ofBase.has(commit.sha));
  if (mergeBase === undefined) return undefined;
  const ahead = git
    .history(head.sha)
    .filter((commit) => !ofBase.has(commit.sha))
    .reverse();
  const behindBy = [...ofBase].filter((sha) => !ofHead.has(sha)).length;
  const sides = `${ahead.length > 0} ${behindBy > 0}`;
  const status = (
    { "false false": "identical", "true false": "ahead", "false true": "behind", "true true": "diverged" } as const
  )[sides] as Comparison["status"];
  const files = changes(git, git.files(mergeBase.sha), git.files(head.sha));
  return { status, base, mergeBase, ahead, behindBy, files };
}

type Files = ReadonlyMap<string, FileEntry>;

/** The difference between two sets of files, with renames as git finds them: the same or half the same lines. */
export function changes(git: GitRepository, before: Files, after: Files): FileChange[] {
  const found: FileChange[] = [];
  const removed = new Map([...before].filter(([path]) => !after.has(path)));
  for (const [path, entry] of after) {
    const old = before.get(path);
    if (old === undefined) found.push(appeared(git, path, entry, removed));
    else if (old.sha !== entry.sha)
      found.push({ path, status: "modified", sha: entry.sha, ...counts(git, old.sha, entry.sha) });
  }
  for (const [path, { sha }] of removed) {
    found.push({ path, status: "removed", sha, additions: 0, deletions: lines(git, sha).length });
  }
  return found.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

/** A new path: a rename where something alike vanished, which is then accounted for. */
function appeared(git: GitRepository, path: string, entry: FileEntry, removed: Map<string, FileEntry>): FileChange {
  const same = [...removed].find(([, old]) => old.sha === entry.sha);
  const alike =
    same ?? (removed.size <= 50 ? [...removed].find(([, old]) => likeness(git, old.sha, entry.sha) >= 0.5) : undefined);
  if (alike === undefined) {
    return { path, status: "added", sha: entry.sha, additions: lines(git, entry.sha).length, deletions: 0 };
  }
  removed.delete(alike[0]);
  return { path, status: "renamed", previous: alike[0], sha: entry.sha, ...counts(git, alike[1].sha, entry.sha) };
}

function likeness(git: GitRepository, from: string, to: string): number {
  const [old, fresh] = [lines(git, from), lines(git, to)];
  const known = new Set(old);
  const kept = fresh.filter((line) => known.has(line)).length;
  return kept / Math.max(1, old.length, fresh.length);
}

function counts(git: GitRepository, from: string, to: string): { additions: number; deletions: number } {
  const [old, fresh] = [new Set(lines(git, from)), new Set(lines(git, to))];
  return {
    additions: [...fresh].filter((line) => !old.has(line)).length,
    deletions: [...old].filter((line) => !fresh.has(line)).length,
  };
}

function lines(git: GitRepository, sha: string): string[] {
  const bytes = git.blobs.get(sha);
  return bytes === undefined || bytes.length === 0 ? [] : bytes.toString("utf8").replace(/\n$/, "").split("\n");
}
