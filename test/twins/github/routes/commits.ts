import { changes, compare, type FileChange } from "../../git/compare.ts";
import type { Commit } from "../../git/objects.ts";
import { type Call, notFound, Refusal, type Reply, type Route } from "../exchange.ts";
import { sinceOf } from "../filters.ts";
import { paged } from "../paging.ts";
import { commitShape, fileChangeShape } from "../shapes/git.ts";
import { commitOf, notEmpty } from "./git.ts";

const AT = "/repos/{owner}/{repo}";
const NEEDS = ["contents"];
/** A comparison shows no more files, on its first page only. */
const FILES_SHOWN = 300;
/** And no more commits, unless it is asked for page by page. */
const COMMITS_SHOWN = 250;

function list(call: Call): Reply {
  notEmpty(call);
  const { git, settings } = call.repository;
  const head = commitOf(call, call.query.get("sha") ?? settings.defaultBranch);
  if (head === undefined) throw notFound();
  const [since, until, path, author] = [
    sinceOf(call),
    ...["until", "path", "author"].map((one) => call.query.get(one)),
  ];
  const found = git
    .history(head.sha)
    .filter((commit) => (!since || commit.at >= since) && (!until || commit.at <= until))
    .filter((commit) => !author || commit.author.name.toLowerCase().replaceAll(" ", "-") === author.toLowerCase())
    .filter(
      (commit) => !path || touched(call, commit).some((one) => one.path === path || one.path.startsWith(`${path}/`)),
    );
  return paged(call, found, (commit) => JSON.stringify(commitShape(call.links, call.repository, commit)));
}

function touched(call: Call, commit: Commit): FileChange[] {
  const { git } = call.repository;
  const [parent] = commit.parents;
  return changes(git, parent === undefined ? new Map() : git.files(parent), git.files(commit.sha));
}

function one(call: Call): Reply {
  notEmpty(call);
  const commit = commitOf(call, call.params.ref as string);
  if (commit === undefined) throw notFound();
  if (call.media === "sha") {
    return { status: 200, body: commit.sha, headers: { "content-type": "application/vnd.github.sha; charset=utf-8" } };
  }
  const all = touched(call, commit);
  const [additions, deletions] = [sum(all, "additions"), sum(all, "deletions")];
  const files = all
    .slice(0, FILES_SHOWN)
    .map((change) => fileChangeShape(call.links, call.repository, change, commit.sha));
  const stats = { additions, deletions, total: additions + deletions };
  return { status: 200, body: { ...commitShape(call.links, call.repository, commit), stats, files } };
}

function sum(all: readonly FileChange[], what: "additions" | "deletions"): number {
  return all.reduce((total, change) => total + change[what], 0);
}

function comparison(call: Call): Reply {
  const basehead = call.params.basehead as string;
  const parts = basehead.split("...");
  const [base, head] = parts.map((name) => commitOf(call, name.replace(/^[^:]*:/, "")));
  if (parts.length !== 2 || base === undefined || head === undefined) throw notFound();
  const found = compare(call.repository.git, base, head);
  if (found === undefined) throw notFound();
  const asked = call.query.has("page") || call.query.has("per_page");
  const size = asked ? Math.min(100, Number(call.query.get("per_page") ?? 30) || 30) : COMMITS_SHOWN;
  const page = Math.max(1, Number(call.query.get("page") ?? 1) || 1);
  const commits = found.ahead.slice((page - 1) * size, page * size);
  const files = page === 1 ? found.files.slice(0, FILES_SHOWN) : [];
  const html = `${call.links.html}/${call.repository.fullName}/compare`;
  const shape = (commit: Commit) => commitShape(call.links, call.repository, commit);
  const spelled = encodeURIComponent(basehead);
  const last = Math.ceil(found.ahead.length / size);
  const url = `${call.links.api}/repos/${call.repository.fullName}/compare/${spelled}`;
  return {
    status: 200,
    ...(page < last && { headers: { link: `<${url}?per_page=${size}&page=${page + 1}>; rel="next"` } }),
    body: {
      url,
      html_url: `${html}/${spelled}`,
      permalink_url: `${html}/${base.sha}...${head.sha}`,
      diff_url: `${html}/${spelled}.diff`,
      patch_url: `${html}/${spelled}.patch`,
      base_commit: shape(base),
      merge_base_commit: shape(found.mergeBase),
      status: found.status,
      ahead_by: found.ahead.length,
      behind_by: found.behindBy,
      total_commits: found.ahead.length,
      commits: commits.map(shape),
      files: files.map((change) => fileChangeShape(call.links, call.repository, change, head.sha)),
    },
  };
}

function branchShape(call: Call, name: string, commit: Commit) {
  const at = `${call.links.api}/repos/${call.repository.fullName}`;
  const spelled = encodeURIComponent(name);
  const protection = `${at}/branches/${spelled}/protection`;
  return {
    name,
    commit: commitShape(call.links, call.repository, commit),
    _links: {
      self: `${at}/branches/${spelled}`,
      html: `${call.links.html}/${call.repository.fullName}/tree/${spelled}`,
    },
    protected: false,
    protection: { enabled: false, required_status_checks: { enforcement_level: "off", contexts: [], checks: [] } },
    protection_url: protection,
  };
}

function branches(call: Call): [string, string][] {
  return [...call.repository.git.refs]
    .filter(([name]) => name.startsWith("heads/"))
    .map(([name, sha]) => [name.slice("heads/".length), sha]);
}

export const commitRoutes: readonly Route[] = [
  {
    method: "GET",
    template: `${AT}/commits`,
    query: ["sha", "path", "author", "since", "until"],
    paged: true,
    needs: NEEDS,
    answer: list,
  },
  { method: "GET", template: `${AT}/commits/{ref}`, paged: true, needs: NEEDS, answer: one },
  { method: "GET", template: `${AT}/compare/{basehead}`, paged: true, needs: NEEDS, answer: comparison },
  {
    method: "GET",
    template: `${AT}/branches`,
    paged: true,
    needs: NEEDS,
    answer: (call) =>
      paged(call, branches(call), ([name, sha]) => {
        const url = `${call.links.api}/repos/${call.repository.fullName}/commits/${sha}`;
        return JSON.stringify({ name, commit: { sha, url }, protected: false });
      }),
  },
  {
    method: "GET",
    template: `${AT}/branches/{branch}`,
    needs: NEEDS,
    answer(call) {
      const name = call.params.branch as string;
      const commit = call.repository.git.commits.get(call.repository.git.refs.get(`heads/${name}`) ?? "");
      if (commit === undefined) throw new Refusal(404, "Branch not found");
      return { status: 200, body: branchShape(call, name, commit) };
    },
  },
];
