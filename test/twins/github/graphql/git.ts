import type { Commit, TreeEntry } from "../../git/objects.ts";
import type { Call } from "../exchange.ts";
import type { Repository } from "../repository.ts";
import { nodeId } from "../world.ts";
import { repositoryObject } from "./repository.ts";

/** Longer texts are cut. */
const TEXT_LIMIT = 512_000;

export function refObject(call: Call, repository: Repository, name: string): object | null {
  const commit = repository.git.commits.get(repository.git.refs.get(name) ?? "");
  if (commit === undefined) return null;
  const [kind, ...rest] = name.split("/");
  return {
    __typename: "Ref",
    id: nodeId("REF", `${repository.id}:${name}`),
    name: rest.join("/"),
    prefix: `refs/${kind}/`,
    target: () => commitObject(call, repository, commit),
    repository: () => repositoryObject(call, repository),
  };
}

/** What `object(expression:)` and `object(oid:)` find: a commit, `branch:path`, or anything by its sha. */
export function gitObject(
  call: Call,
  repository: Repository,
  args: { expression?: string; oid?: string },
): object | null {
  const { git, settings } = repository;
  const wanted = args.oid ?? args.expression ?? "";
  const colon = args.oid === undefined ? wanted.indexOf(":") : -1;
  const commit = git.resolve(colon === -1 ? wanted : wanted.slice(0, colon), settings.defaultBranch);
  if (colon !== -1) {
    if (commit === undefined) return null;
    const path = wanted.slice(colon + 1);
    if (path === "") return treeObject(call, repository, commit.tree, "");
    return entryAt(call, repository, commit, path)?.object() ?? null;
  }
  if (commit !== undefined) return commitObject(call, repository, commit);
  return blobOrTree(call, repository, wanted, "");
}

function blobOrTree(call: Call, repository: Repository, sha: string, path: string): object | null {
  if (repository.git.trees.has(sha)) return treeObject(call, repository, sha, path);
  return repository.git.blobs.has(sha) ? blobObject(repository, sha) : null;
}

function commitObject(call: Call, repository: Repository, commit: Commit): object {
  return {
    __typename: "Commit",
    id: nodeId("C", commit.sha),
    oid: commit.sha,
    abbreviatedOid: commit.sha.slice(0, 7),
    message: commit.message,
    messageHeadline: commit.message.split("\n")[0],
    committedDate: commit.at,
    authoredDate: commit.at,
    url: `${call.links.html}/${repository.fullName}/commit/${commit.sha}`,
    tree: () => treeObject(call, repository, commit.tree, ""),
    file: ({ path }: { path: string }) => entryAt(call, repository, commit, path) ?? null,
  };
}

function entryAt(call: Call, repository: Repository, commit: Commit, path: string) {
  let entries = repository.git.trees.get(commit.tree) ?? [];
  let found: TreeEntry | undefined;
  for (const name of path.split("/")) {
    found = entries.find((entry) => entry.name === name);
    if (found === undefined) return undefined;
    entries = repository.git.trees.get(found.sha) ?? [];
  }
  return found === undefined ? undefined : entryObject(call, repository, found, path);
}

function entryObject(call: Call, repository: Repository, entry: TreeEntry, path: string) {
  const type = { "40000": "tree", "160000": "commit" }[entry.mode] ?? "blob";
  return {
    __typename: "TreeEntry",
    name: entry.name,
    path,
    mode: Number.parseInt(entry.mode, 8),
    type,
    oid: entry.sha,
    size: repository.git.blobs.get(entry.sha)?.length ?? 0,
    extension: /\.[^.]+$/.exec(entry.name)?.[0] ?? "",
    object: () => blobOrTree(call, repository, entry.sha, path),
  };
}

function treeObject(call: Call, repository: Repository, sha: string, path: string): object {
  const entries = repository.git.trees.get(sha) ?? [];
  const below = path === "" ? "" : `${path}/`;
  return {
    __typename: "Tree",
    id: nodeId("T", sha),
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    entries: () => entries.map((entry) => entryObject(call, repository, entry, below + entry.name)),
  };
}

function blobObject(repository: Repository, sha: string): object {
  const bytes = repository.git.blobs.get(sha) as Buffer;
  const isBinary = bytes.includes(0);
  return {
    __typename: "Blob",
    id: nodeId("B", sha),
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    byteSize: bytes.length,
    isBinary,
    isTruncated: !isBinary && bytes.length > TEXT_LIMIT,
    text: isBinary ? null : bytes.subarray(0, TEXT_LIMIT).toString("utf8"),
  };
}
