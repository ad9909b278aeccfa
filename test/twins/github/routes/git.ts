import type { Commit, TreeEntry } from "../../git/objects.ts";
import { type Call, notFound, Refusal, type Reply, type Route } from "../exchange.ts";
import { paged } from "../paging.ts";
import { base64Lines, gitCommitShape, treeEntryShape } from "../shapes/git.ts";
import { nodeId } from "../world.ts";

const AT = "/repos/{owner}/{repo}/git";
const NEEDS = ["contents"];
/** More bytes are answered by no route but the archive. */
export const BLOB_LIMIT = 100 * 1024 * 1024;

/** The answer of the git routes while nothing was pushed. */
export function notEmpty(call: Call): void {
  if (call.repository.git.empty) throw new Refusal(409, "Git Repository is empty.");
}

export function commitOf(call: Call, name: string): Commit | undefined {
  return call.repository.git.resolve(name, call.repository.settings.defaultBranch);
}

function refShape(call: Call, name: string, sha: string) {
  const at = `${call.links.api}/repos/${call.repository.fullName}/git`;
  return {
    ref: `refs/${name}`,
    node_id: nodeId("REF", `${call.repository.id}:${name}`),
    url: `${at}/refs/${name.split("/").map(encodeURIComponent).join("/")}`,
    object: { sha, type: "commit", url: `${at}/commits/${sha}` },
  };
}

function tree(call: Call): Reply {
  notEmpty(call);
  const { git } = call.repository;
  const asked = call.params.tree_sha as string;
  const commit = commitOf(call, asked);
  const sha = commit?.tree ?? asked;
  const entries = git.trees.get(sha);
  if (entries === undefined) throw notFound();
  // Any value turns it on, "0" and "false" too.
  const deep = call.query.get("recursive") !== null;
  const { treeLimit } = call.repository;
  const lines: string[] = [];
  const walk = (list: readonly TreeEntry[], below: string): void => {
    for (const entry of list) {
      if (lines.length > treeLimit) return;
      const path = below + entry.name;
      lines.push(JSON.stringify(treeEntryShape(call.links, call.repository, entry, path)));
      if (deep && entry.mode === "40000") walk(git.trees.get(entry.sha) ?? [], `${path}/`);
    }
  };
  walk(entries, "");
  const truncated = lines.length > treeLimit;
  const url = `${call.links.api}/repos/${call.repository.fullName}/git/trees/${sha}`;
  const body = `{"sha":"${sha}","url":"${url}","tree":[${lines.slice(0, treeLimit).join(",")}],"truncated":${truncated}}`;
  return { status: 200, body };
}

/** The bytes as they are, for who asked for the raw media type. */
export function rawReply(bytes: Buffer): Reply {
  return { status: 200, body: bytes, headers: { "content-type": "application/vnd.github.raw+json; charset=utf-8" } };
}

function blob(call: Call): Reply {
  const { git } = call.repository;
  const sha = call.params.file_sha as string;
  const bytes = git.blobs.get(sha);
  if (bytes === undefined) throw notFound();
  if (bytes.length > BLOB_LIMIT) throw new Refusal(403, "This API returns blobs up to 100 MB in size.");
  if (call.media === "raw") return rawReply(bytes);
  return {
    status: 200,
    body: {
      sha,
      node_id: nodeId("B", sha),
      size: bytes.length,
      url: `${call.links.api}/repos/${call.repository.fullName}/git/blobs/${sha}`,
      content: base64Lines(bytes),
      encoding: "base64",
    },
  };
}

export const gitRoutes: readonly Route[] = [
  { method: "GET", template: `${AT}/trees/{tree_sha}`, query: ["recursive"], needs: NEEDS, answer: tree },
  { method: "GET", template: `${AT}/blobs/{file_sha}`, needs: NEEDS, answer: blob },
  {
    method: "GET",
    template: `${AT}/commits/{commit_sha}`,
    needs: NEEDS,
    answer(call) {
      notEmpty(call);
      const commit = call.repository.git.commits.get(call.params.commit_sha as string);
      if (commit === undefined) throw notFound();
      return { status: 200, body: gitCommitShape(call.links, call.repository, commit) };
    },
  },
  {
    method: "GET",
    template: `${AT}/ref/{ref}`,
    needs: NEEDS,
    answer(call) {
      notEmpty(call);
      const name = call.params.ref as string;
      const sha = call.repository.git.refs.get(name);
      if (sha === undefined) throw notFound();
      return { status: 200, body: refShape(call, name, sha) };
    },
  },
  {
    method: "GET",
    template: `${AT}/matching-refs/{ref}`,
    paged: true,
    needs: NEEDS,
    answer(call) {
      notEmpty(call);
      const found = [...call.repository.git.refs].filter(([name]) => name.startsWith(call.params.ref as string));
      return paged(call, found, ([name, sha]) => JSON.stringify(refShape(call, name, sha)));
    },
  },
];
