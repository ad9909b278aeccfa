import type { FileChange } from "../../git/compare.ts";
import type { Commit, TreeEntry } from "../../git/objects.ts";
import type { Links } from "../links.ts";
import type { Repository } from "../repository.ts";
import { nodeId } from "../world.ts";
import { simpleUser } from "./user.ts";

const UNSIGNED = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

export function gitCommitShape(links: Links, repository: Repository, commit: Commit) {
  const at = `${links.api}/repos/${repository.fullName}/git`;
  const html = `${links.html}/${repository.fullName}/commit`;
  const who = { ...commit.author, date: commit.at };
  return {
    sha: commit.sha,
    node_id: nodeId("C", commit.sha),
    url: `${at}/commits/${commit.sha}`,
    html_url: `${html}/${commit.sha}`,
    author: who,
    committer: who,
    tree: { sha: commit.tree, url: `${at}/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({ sha, url: `${at}/commits/${sha}`, html_url: `${html}/${sha}` })),
    verification: UNSIGNED,
  };
}

/** The commit as lists and comparisons carry it. Its author is an account where one has that name. */
export function commitShape(links: Links, repository: Repository, commit: Commit) {
  const at = `${links.api}/repos/${repository.fullName}`;
  const html = `${links.html}/${repository.fullName}/commit`;
  const login = commit.author.name.toLowerCase().replaceAll(" ", "-");
  const account = repository.world.accounts.get(login);
  const author = account === undefined ? null : simpleUser(links, account);
  const who = { ...commit.author, date: commit.at };
  return {
    sha: commit.sha,
    node_id: nodeId("C", commit.sha),
    commit: {
      author: who,
      committer: who,
      message: commit.message,
      tree: { sha: commit.tree, url: `${at}/git/trees/${commit.tree}` },
      url: `${at}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: UNSIGNED,
    },
    url: `${at}/commits/${commit.sha}`,
    html_url: `${html}/${commit.sha}`,
    comments_url: `${at}/commits/${commit.sha}/comments`,
    author,
    committer: author,
    parents: commit.parents.map((sha) => ({ sha, url: `${at}/commits/${sha}`, html_url: `${html}/${sha}` })),
  };
}

export function fileChangeShape(links: Links, repository: Repository, change: FileChange, head: string) {
  const path = encodePath(change.path);
  const html = `${links.html}/${repository.fullName}`;
  const binary = repository.git.blobs.get(change.sha)?.includes(0) ?? false;
  return {
    sha: change.sha,
    filename: change.path,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: `${html}/blob/${head}/${path}`,
    raw_url: `${html}/raw/${head}/${path}`,
    contents_url: `${links.api}/repos/${repository.fullName}/contents/${path}?ref=${head}`,
    ...(!binary &&
      change.additions + change.deletions > 0 && { patch: `@@ -1,${change.deletions} +1,${change.additions} @@` }),
    ...(change.previous !== undefined && { previous_filename: change.previous }),
  };
}

/** One line of a tree; `path` is below the tree that was asked for. */
export function treeEntryShape(links: Links, repository: Repository, entry: TreeEntry, path: string) {
  const at = `${links.api}/repos/${repository.fullName}/git`;
  if (entry.mode === "160000") return { path, mode: entry.mode, type: "commit", sha: entry.sha };
  const folder = entry.mode === "40000";
  const kind = folder ? "trees" : "blobs";
  return {
    path,
    mode: folder ? "040000" : entry.mode,
    type: folder ? "tree" : "blob",
    sha: entry.sha,
    ...(!folder && { size: repository.git.blobs.get(entry.sha)?.length ?? 0 }),
    url: `${at}/${kind}/${entry.sha}`,
  };
}

export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Base64 with a line break after every 60 characters, as the service writes it. */
export function base64Lines(bytes: Buffer): string {
  return bytes.toString("base64").replace(/.{1,60}/g, "$&\n");
}
