import { type Call, invalid, Refusal, type Reply, type Route } from "../exchange.ts";
import { choice, sortedBy } from "../filters.ts";
import type { Issue } from "../model.ts";
import { paged } from "../paging.ts";
import type { Repository } from "../repository.ts";
import { encodePath } from "../shapes/git.ts";
import { issueShape } from "../shapes/issue.ts";
import { listedRepository } from "../shapes/repository.ts";
import { canSee } from "../tokens.ts";

/** No search shows more results, however many there are. */
const SHOWN = 1000;
/** Larger files are not in the index. */
const INDEXED_BYTES = 384 * 1024;

interface Query {
  words: string[];
  /** Qualifiers such as `repo` to their values. */
  qualifiers: Map<string, string[]>;
}

const KNOWN = /^(repo|org|user|is|type|state|label|author|path|extension|filename)$/;

function parse(call: Call): Query {
  const q = call.query.get("q") ?? "";
  if (q.trim() === "") throw invalid("Validation Failed");
  if (q.length > 256) throw invalid("The search is longer than 256 characters.");
  const words: string[] = [];
  const qualifiers = new Map<string, string[]>();
  for (const [part] of q.matchAll(/(?:[^\s"]|"[^"]*")+/g)) {
    const [name = "", ...rest] = part.split(":");
    const value = rest.join(":").replaceAll('"', "");
    if (rest.length > 0 && KNOWN.test(name)) qualifiers.set(name, [...(qualifiers.get(name) ?? []), value]);
    else words.push(part.replaceAll('"', "").toLowerCase());
  }
  return { words: words.filter((word) => word !== ""), qualifiers };
}

/** The repositories that the query names, or all that the asker sees. Naming one that cannot be seen is an error. */
function scope(call: Call, { qualifiers }: Query): Repository[] {
  const owners = [...(qualifiers.get("org") ?? []), ...(qualifiers.get("user") ?? [])].map((name) =>
    name.toLowerCase(),
  );
  const names = (qualifiers.get("repo") ?? []).map((name) => name.toLowerCase());
  const seen = [...call.world.repositories.values()].filter((one) => canSee(call.principal, one));
  const missing = names.some((name) => !seen.some((one) => one.fullName.toLowerCase() === name));
  if (missing || owners.some((name) => !call.world.accounts.has(name))) {
    throw invalid(
      "The listed users and repositories cannot be searched either because the resources do not exist or you do not have permission to view them.",
    );
  }
  if (names.length + owners.length === 0) return seen;
  return seen.filter(
    (one) => names.includes(one.fullName.toLowerCase()) || owners.includes(one.owner.login.toLowerCase()),
  );
}

function matchesIssue(issue: Issue, { words, qualifiers }: Query): boolean {
  const text = `${issue.title}\n${issue.body ?? ""}`.toLowerCase();
  const kinds = [
    ...(qualifiers.get("is") ?? []),
    ...(qualifiers.get("type") ?? []),
    ...(qualifiers.get("state") ?? []),
  ];
  const fits = (kind: string) => {
    if (kind === "issue") return issue.pull === null;
    if (kind === "pr" || kind === "pull-request") return issue.pull !== null;
    if (kind === "merged") return issue.pull?.mergedAt != null;
    return kind === "open" || kind === "closed" ? issue.state === kind : true;
  };
  const labels = [...issue.labels].map((label) => label.name.toLowerCase());
  return (
    words.every((word) => text.includes(word)) &&
    kinds.every(fits) &&
    (qualifiers.get("label") ?? []).every((label) => labels.includes(label.toLowerCase())) &&
    (qualifiers.get("author") ?? []).every((login) => issue.user.login.toLowerCase() === login.toLowerCase())
  );
}

export interface SearchState {
  /** The service ran out of time: what it shows may not be all. */
  incomplete: boolean;
}

function results<T>(
  call: Call,
  state: SearchState,
  found: readonly T[],
  render: (item: T) => string,
  more = "",
): Reply {
  const size = Math.min(100, Number(call.query.get("per_page") ?? 30) || 30);
  const page = Number(call.query.get("page") ?? 1) || 1;
  if ((page - 1) * size >= SHOWN) throw invalid("Only the first 1000 search results are available");
  const wrap = (items: string) =>
    `{"total_count":${found.length},"incomplete_results":${state.incomplete},${more}"items":${items}}`;
  return paged(call, found.slice(0, SHOWN), render, { wrap });
}

function issues(call: Call, state: SearchState): Reply {
  const query = parse(call);
  const kinds = [...(query.qualifiers.get("is") ?? []), ...(query.qualifiers.get("type") ?? [])];
  const { principal } = call;
  const strict = principal.kind === "token" && principal.token.kind !== "classic" && principal.token.kind !== "oauth";
  if (strict && !kinds.some((kind) => /^(issue|pr|pull-request)$/.test(kind))) {
    throw invalid("Query must include 'is:issue' or 'is:pull-request'");
  }
  const found = scope(call, query).flatMap((repository) =>
    [...repository.threads.values()]
      .filter((issue) => matchesIssue(issue, query))
      .map((issue) => ({ repository, issue })),
  );
  const sort = choice(call, "sort", ["created", "updated", "comments", "best"], "best");
  const descending = choice(call, "order", ["asc", "desc"], "desc") === "desc";
  const key = ({ issue }: { issue: Issue }) => {
    if (sort === "created") return issue.createdAt;
    return sort === "comments" ? String(issue.comments).padStart(9, "0") : issue.updatedAt;
  };
  return results(
    call,
    state,
    sortedBy(found, key, descending),
    ({ repository, issue }) => JSON.stringify({ ...issueShape(call.links, repository, issue, call.version), score: 1 }),
    '"search_type":"lexical",',
  );
}

function code(call: Call, state: SearchState): Reply {
  if (call.principal.kind === "anonymous") throw new Refusal(401, "Requires authentication");
  const query = parse(call);
  if (query.words.length === 0) throw invalid("The search must contain a word to look for.");
  const found = scope(call, query).flatMap((repository) => {
    const { git, settings } = repository;
    const head = git.refs.get(`heads/${settings.defaultBranch}`);
    if (head === undefined) return [];
    return [...git.files(head)].flatMap(([path, { sha }]) => {
      const bytes = git.blobs.get(sha);
      if (bytes === undefined || bytes.length >= INDEXED_BYTES || bytes.includes(0)) return [];
      const text = `${path}\n${bytes.toString("utf8")}`;
      return fitsFile(query, path) && query.words.every((word) => text.toLowerCase().includes(word))
        ? [{ repository, path, sha, head, text }]
        : [];
    });
  });
  return results(call, state, found, (one) => JSON.stringify(codeShape(call, query, one)));
}

function fitsFile({ qualifiers }: Query, path: string): boolean {
  const name = path.split("/").at(-1) as string;
  return (
    (qualifiers.get("path") ?? []).every((folder) => path.startsWith(folder.replace(/^\//, ""))) &&
    (qualifiers.get("extension") ?? []).every((one) => name.endsWith(`.${one}`)) &&
    (qualifiers.get("filename") ?? []).every((one) => name.includes(one))
  );
}

function codeShape(
  call: Call,
  { words }: Query,
  {
    repository,
    path,
    sha,
    head,
    text,
  }: { repository: Repository; path: string; sha: string; head: string; text: string },
) {
  const api = `${call.links.api}/repositories/${repository.id}`;
  const at = text.toLowerCase().indexOf(words[0] as string);
  const fragment = text.slice(Math.max(0, at - 60), at + 120);
  const url = `${api}/contents/${encodePath(path)}?ref=${head}`;
  return {
    name: path.split("/").at(-1),
    path,
    sha,
    url,
    git_url: `${api}/git/blobs/${sha}`,
    html_url: `${call.links.html}/${repository.fullName}/blob/${head}/${encodePath(path)}`,
    repository: listedRepository(call.links, repository),
    score: 1,
    ...(call.media === "text" && {
      text_matches: [{ object_url: url, object_type: "FileContent", property: "content", fragment, matches: [] }],
    }),
  };
}

export function searchRoutes(state: SearchState): readonly Route[] {
  const query = ["q", "sort", "order"];
  return [
    {
      method: "GET",
      template: "/search/issues",
      query: [...query, "advanced_search"],
      paged: true,
      resource: "search",
      answer: (call) => issues(call, state),
    },
    {
      method: "GET",
      template: "/search/code",
      query,
      paged: true,
      resource: "code_search",
      answer: (call) => code(call, state),
    },
    {
      method: "GET",
      template: "/search/repositories",
      query,
      paged: true,
      resource: "search",
      answer(call) {
        const parsed = parse(call);
        const found = scope(call, parsed).filter((one) =>
          parsed.words.every((word) =>
            `${one.fullName} ${one.settings.description ?? ""}`.toLowerCase().includes(word),
          ),
        );
        return results(call, state, found, (one) => JSON.stringify({ ...listedRepository(call.links, one), score: 1 }));
      },
    },
  ];
}
