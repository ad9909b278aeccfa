import type { Comparison } from "./schema.ts";

/** GitHub lists at most this many files of a comparison, and says so nowhere (2026-11). */
const MOST_FILES = 300;
const MOST_COMMITS = 250;

/** What happened to the files between two commits. */
export interface FileChanges {
  /** Paths that came or changed. */
  changed: string[];
  /** Paths at which nothing is left. */
  gone: string[];
}

/**
 * What a comparison proves; undefined when it cannot be trusted: the newer commit is not simply further on the same line
 * (after a force-push or a reset the list of files is that of another base, or empty), or the list may have been cut off.
 */
export function changesOf(comparison: Comparison): FileChanges | undefined {
  if (comparison.status === "identical") return { changed: [], gone: [] };
  const { files } = comparison;
  if (comparison.status !== "ahead" || files === undefined) return undefined;
  if (files.length >= MOST_FILES || comparison.total_commits >= MOST_COMMITS) return undefined;
  const [changed, gone] = [new Set<string>(), new Set<string>()];
  for (const file of files) {
    if (file.status === "removed") gone.add(file.filename);
    else if (file.status !== "unchanged") changed.add(file.filename);
    if (file.status !== "renamed") continue;
    if (file.previous_filename === undefined) return undefined;
    gone.add(file.previous_filename);
  }
  // A file may leave a path to which another one comes in the same step: what is there now counts.
  return { changed: [...changed], gone: [...gone].filter((path) => !changed.has(path)) };
}
