import { ConnectorError } from "../../kit/index.ts";
import { type GithubContext, hasGraphql, inRepository } from "../api.ts";
import type { Repository } from "../schema.ts";
import { changesOf } from "./compare.ts";
import type { FileContent } from "./file-content.ts";
import { queryPaths } from "./query-blobs.ts";
import { refusal, type WantedFiles } from "./read-files.ts";
import { Comparison, Tree } from "./schema.ts";
import type { Selection } from "./selection.ts";
import { compareTrees, type TreeFile } from "./walk-tree.ts";

/** Trees come with an address for each of their entries. Bytes. */
const LARGEST_TREE = 128_000_000;
/** Files whose size is not known before they come; each brings up to half a megabyte. */
const PATHS_AT_ONCE = 25;

/** A commit of a branch; without a commit the branch is empty. */
export interface Head {
  branch: string;
  commit?: string | undefined;
}

export interface FilePlan extends WantedFiles {
  /** Paths at which nothing is left to take. */
  gone: string[];
  /** Folders that GitHub does not list whole. */
  cut: string[];
}

/**
 * What to read and what to delete to get from one commit to another. A comparison is taken where it can be trusted and
 * its files can be looked at with one query; else the two trees are compared, which nothing can mislead. Throws
 * `cursor_expired` when the older commit is gone for good, `not_found` when the newer one is.
 */
export async function planFiles(
  ctx: GithubContext,
  repository: Repository,
  selection: Selection,
  from: Head | undefined,
  to: Head,
): Promise<FilePlan> {
  if (from?.commit !== undefined && to.commit !== undefined && from.branch === to.branch && hasGraphql(ctx)) {
    const plan = await planByComparison(ctx, repository, selection, from.commit, to.commit);
    if (plan !== undefined) return plan;
  }
  const changes = await compareTrees(
    (sha, recursive) => readTree(ctx, repository, sha, recursive, from?.commit),
    selection,
    from?.commit,
    to.commit,
  );
  return { ...changes, commit: to.commit ?? "" };
}

async function readTree(
  ctx: GithubContext,
  repository: Repository,
  sha: string,
  recursive: boolean,
  older: string | undefined,
): Promise<Tree> {
  const request = inRepository(repository, `/git/trees/${sha}`, recursive ? { recursive: 1 } : undefined);
  try {
    return (await ctx.http.json({ ...request, maxBytes: LARGEST_TREE }, Tree)).body;
  } catch (error) {
    throw sha === older && isGone(error) ? rewritten(repository) : error;
  }
}

/** GitHub has no such commit any more, or nothing at all in this repository. */
export function isGone(thrown: unknown): boolean {
  const { kind, status } = ConnectorError.from(thrown);
  return kind === "not_found" || status === 409 || status === 422;
}

/** What was stored can not be compared with anything: all has to be walked anew. */
export function rewritten(repository: Repository): ConnectorError {
  return new ConnectorError("cursor_expired", `The files of ${repository.full_name} were rewritten from the ground.`);
}

/** Undefined where it proves too little. */
async function planByComparison(
  ctx: GithubContext,
  repository: Repository,
  selection: Selection,
  from: string,
  to: string,
): Promise<FilePlan | undefined> {
  try {
    // One commit a page: what counts is on the first page, the files of the whole comparison.
    const request = inRepository(repository, `/compare/${from}...${to}`, { per_page: 1 });
    const changes = changesOf((await ctx.http.json(request, Comparison)).body);
    if (changes === undefined) return undefined;
    const taken = changes.changed.filter((path) => selection.takesPath(path)).sort();
    const gone = changes.gone.filter((path) => selection.takesPath(path));
    const files: TreeFile[] = [];
    const contents = new Map<string, FileContent>();
    for (let at = 0; at < taken.length; at += PATHS_AT_ONCE) {
      const found = await queryPaths(ctx, repository, to, taken.slice(at, at + PATHS_AT_ONCE));
      for (const { file, content } of found) {
        if (!selection.takes(file)) continue;
        files.push(file);
        if (content !== undefined) contents.set(file.sha, content);
      }
    }
    const left = new Set(files.map((file) => file.path));
    return { commit: to, files, contents, gone: [...gone, ...taken.filter((path) => !left.has(path))], cut: [] };
  } catch (error) {
    // Gone commits, comparisons that take too long, a service without this query: the trees tell all the same.
    const refused = refusal(error);
    ctx.log.info("comparison.failed", { repository: repository.full_name, kind: refused.kind });
    return undefined;
  }
}
