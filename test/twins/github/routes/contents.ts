import type { Commit, TreeEntry } from "../../git/objects.ts";
import { type Call, notFound, Refusal, type Reply, type Route } from "../exchange.ts";
import { base64Lines, encodePath } from "../shapes/git.ts";
import { BLOB_LIMIT, commitOf, rawReply } from "./git.ts";

const AT = "/repos/{owner}/{repo}";
const NEEDS = ["contents"];
/** Larger files come without their content, unless the raw form is asked for. */
const INLINE_LIMIT = 1024 * 1024;
/** Folders show no more entries. */
const FOLDER_LIMIT = 1000;

interface Found {
  path: string;
  entry: TreeEntry;
}

function commitAsked(call: Call): Commit {
  const { git, settings } = call.repository;
  if (git.empty) throw new Refusal(404, "This repository is empty.");
  const ref = call.query.get("ref") ?? settings.defaultBranch;
  const commit = commitOf(call, ref);
  if (commit === undefined) throw new Refusal(404, `No commit found for the ref ${ref}`);
  return commit;
}

function at(call: Call, commit: Commit, path: string): Found {
  const { git } = call.repository;
  let entry: TreeEntry = { name: "", mode: "40000", sha: commit.tree };
  for (const name of path.split("/").filter((part) => part !== "")) {
    const next = git.trees.get(entry.sha)?.find((one) => one.name === name);
    if (next === undefined) throw notFound();
    entry = next;
  }
  return { path, entry };
}

function common(call: Call, { path, entry }: Found) {
  const ref = call.query.get("ref") ?? call.repository.settings.defaultBranch;
  const api = `${call.links.api}/repos/${call.repository.fullName}`;
  const folder = entry.mode === "40000";
  const url = `${api}/contents/${encodePath(path)}?ref=${encodeURIComponent(ref)}`;
  const git = `${api}/git/${folder ? "trees" : "blobs"}/${entry.sha}`;
  const html = `${call.links.html}/${call.repository.fullName}/${folder ? "tree" : "blob"}/${encodePath(ref)}/${encodePath(path)}`;
  const download = folder
    ? null
    : `${call.links.html}/${call.repository.fullName}/raw/${encodePath(ref)}/${encodePath(path)}`;
  return {
    name: entry.name,
    path,
    sha: entry.sha,
    size: folder ? 0 : (call.repository.git.blobs.get(entry.sha)?.length ?? 0),
    url,
    html_url: html,
    git_url: git,
    download_url: download,
    type: { "40000": "dir", "120000": "symlink", "160000": "submodule" }[entry.mode] ?? "file",
    _links: { self: url, git, html },
  };
}

function file(call: Call, found: Found): Reply {
  const bytes = call.repository.git.blobs.get(found.entry.sha);
  const about = common(call, found);
  if (bytes === undefined) return { status: 200, body: { ...about, submodule_git_url: about.git_url } };
  if (bytes.length > BLOB_LIMIT) {
    throw new Refusal(403, "This API returns blobs up to 100 MB in size.", {}, { errors: [{ code: "too_large" }] });
  }
  if (call.media === "raw") return rawReply(bytes);
  if (found.entry.mode === "120000") return { status: 200, body: { ...about, target: bytes.toString("utf8") } };
  const inline = bytes.length <= INLINE_LIMIT;
  const content = inline ? { content: base64Lines(bytes), encoding: "base64" } : { content: "", encoding: "none" };
  return { status: 200, body: { ...about, ...content } };
}

function contents(call: Call): Reply {
  const commit = commitAsked(call);
  const found = at(call, commit, (call.params.path ?? "").replace(/\/$/, ""));
  if (found.entry.mode !== "40000") return file(call, found);
  const below = found.path === "" ? "" : `${found.path}/`;
  const entries = (call.repository.git.trees.get(found.entry.sha) ?? [])
    .slice(0, FOLDER_LIMIT)
    .map((entry) => common(call, { path: below + entry.name, entry }));
  if (call.media === "object") return { status: 200, body: { ...common(call, found), entries } };
  // Submodules are called files here, for old times' sake.
  return { status: 200, body: entries.map((one) => (one.type === "submodule" ? { ...one, type: "file" } : one)) };
}

/** The README that the service shows: of `.github`, then of the root, then of `docs`. */
function readme(call: Call): Reply {
  const commit = commitAsked(call);
  for (const folder of [".github/", "", "docs/"]) {
    const paths = [...call.repository.git.files(commit.sha).keys()].filter((path) => path.startsWith(folder));
    const names = paths.filter((path) => /^readme(\.[^/]+)?$/i.test(path.slice(folder.length))).sort(byPreference);
    if (names[0] !== undefined) return file(call, at(call, commit, names[0]));
  }
  throw notFound();
}

/** Markdown before anything else, a bare README last. */
function byPreference(a: string, b: string): number {
  const rank = (path: string) => (/\.(md|markdown)$/i.test(path) ? 0 : path.includes(".") ? 1 : 2);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

export const contentRoutes: readonly Route[] = [
  { method: "GET", template: `${AT}/contents/{path}`, query: ["ref"], needs: NEEDS, answer: contents },
  { method: "GET", template: `${AT}/contents`, query: ["ref"], needs: NEEDS, answer: contents },
  { method: "GET", template: `${AT}/contents/`, query: ["ref"], needs: NEEDS, answer: contents },
  { method: "GET", template: `${AT}/readme`, query: ["ref"], needs: NEEDS, answer: readme },
];
