import { ConnectorError } from "../kit/index.ts";
import { githubAddresses } from "./addresses.ts";
import type { GithubContext } from "./api.ts";
import { describe } from "./repositories/repositories.ts";
import type { Repository } from "./schema.ts";

/** Where an address leads: a repository, and the id of something in it behind the repository's own. */
interface Place {
  fullName: string;
  key: string;
  /** A branch and a path in one, as addresses of files have it: a branch may hold slashes. */
  file?: string[];
  /** The number of the thread that it hangs from. */
  thread?: number;
}

/** The native id behind any address of this service, or behind `owner/repo`, `owner/repo#12`, `owner/repo:docs/a.md`. */
export async function locate(ctx: GithubContext, text: string): Promise<string | undefined> {
  const place = placeOf(ctx, text.trim());
  if (place === undefined) return undefined;
  const repository = await find(ctx, place.fullName);
  if (repository === undefined) return undefined;
  const key = place.file === undefined ? place.key : fileKey(ctx, repository, place.file);
  const id = `${repository.id}${key}`;
  if (place.thread !== undefined) ctx.api.rememberThread(id, place.thread);
  return id;
}

async function find(ctx: GithubContext, fullName: string): Promise<Repository | undefined> {
  const wanted = fullName.toLowerCase();
  for (const repository of [...ctx.api.repositories.values(), ...ctx.api.visited.values()])
    if (repository.full_name.toLowerCase() === wanted) return repository;
  try {
    const found = await describe(ctx, fullName);
    ctx.api.visited.set(String(found.id), found);
    return found;
  } catch (thrown) {
    if (ConnectorError.from(thrown).kind === "not_found") return undefined;
    throw thrown;
  }
}

function placeOf(ctx: GithubContext, text: string): Place | undefined {
  const short = /^([\w.-]+\/[\w.-]+?)(?:\.git)?(?:#(\d+)|:([^\s].*)|@(.+))?$/.exec(text);
  if (short !== null) {
    const [, fullName = "", number, path, tag] = short;
    if (tag !== undefined) return { fullName, key: `@${tag}` };
    return { fullName, key: number !== undefined ? `#${number}` : path !== undefined ? `:${path}` : "" };
  }
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return undefined;
  const parts = url.pathname
    .split("/")
    .filter((part) => part !== "")
    .map(decoded);
  const hosts = hostsOf(ctx.config.baseUrl);
  if (url.host === hosts.raw) return rawFile(parts);
  if (url.host === hosts.api.host && url.pathname.startsWith(hosts.api.prefix)) {
    const below = parts.slice(hosts.api.prefix.split("/").filter(Boolean).length);
    const place = apiPlace(below);
    if (place !== undefined || hosts.api.host !== hosts.site) return place;
  }
  return url.host === hosts.site || url.host === `www.${hosts.site}` ? sitePlace(parts, url.hash) : undefined;
}

/** Hosts of the pages, the interface and the raw files of a source. */
function hostsOf(baseUrl: string | undefined): { site: string; raw: string; api: { host: string; prefix: string } } {
  const { api, web } = githubAddresses(baseUrl);
  const site = new URL(web).host;
  const { host, pathname } = new URL(`${api}/`);
  return {
    site,
    raw: site === "github.com" ? "raw.githubusercontent.com" : `raw.${site}`,
    api: { host, prefix: pathname },
  };
}

function rawFile([owner, repo, ...file]: string[]): Place | undefined {
  const plain = file[0] === "refs" && file[1] === "heads" ? file.slice(2) : file;
  return owner && repo && plain.length > 1 ? { fullName: `${owner}/${repo}`, key: "", file: plain } : undefined;
}

/** `/repos/acme/docs/issues/12` and its kin. */
function apiPlace([root, owner, repo, ...rest]: string[]): Place | undefined {
  if (root !== "repos" || !owner || !repo) return undefined;
  const fullName = `${owner}/${repo}`;
  const [kind, second, third] = rest;
  if (kind === undefined) return { fullName, key: "" };
  if ((kind === "issues" || kind === "pulls") && second === "comments" && isNumber(third))
    return { fullName, key: kind === "issues" ? `#issuecomment-${third}` : `#discussion_r${third}` };
  if (kind === "pulls" && rest[2] === "reviews" && isNumber(rest[3]))
    return { fullName, key: `#pullrequestreview-${rest[3]}`, thread: Number(second) };
  if ((kind === "issues" || kind === "pulls" || kind === "discussions") && isNumber(second))
    return { fullName, key: `#${second}` };
  if (kind === "releases" && isNumber(second)) return { fullName, key: `#release-${second}` };
  if (kind === "contents" && second !== undefined) return { fullName, key: `:${rest.slice(1).join("/")}` };
  return kind === "readme" ? { fullName, key: ":README.md" } : undefined;
}

const SITE_WORDS = new Set([
  "orgs",
  "settings",
  "search",
  "notifications",
  "marketplace",
  "topics",
  "sponsors",
  "login",
]);

/** `/acme/docs/issues/12#issuecomment-3` and its kin. */
function sitePlace([owner, repo, kind, ...rest]: string[], hash: string): Place | undefined {
  if (!owner || !repo || SITE_WORDS.has(owner)) return undefined;
  const fullName = `${owner}/${repo.replace(/\.git$/, "")}`;
  const [first] = rest;
  if (kind === undefined || (kind === "tree" && rest.length === 1)) return { fullName, key: "" };
  if (["issues", "pull", "pulls", "discussions"].includes(kind) && isNumber(first))
    return { fullName, key: remarkKey(kind, hash) ?? `#${first}`, thread: Number(first) };
  if (["blob", "tree", "raw", "blame", "edit"].includes(kind) && rest.length > 1) {
    const plain = rest[0] === "refs" && rest[1] === "heads" ? rest.slice(2) : rest;
    return { fullName, key: "", file: plain };
  }
  if (kind === "releases" && first === "tag" && rest.length > 1)
    return { fullName, key: `@${rest.slice(1).join("/")}` };
  if (kind === "wiki") return { fullName, key: `.wiki:${rest.join("/") || "Home"}` };
  return undefined;
}

/** What the part behind `#` names. */
function remarkKey(kind: string, hash: string): string | undefined {
  const mark = /^#(issuecomment-|pullrequestreview-|discussion_r|discussioncomment-|r)(\d+)$/.exec(hash);
  if (mark === null) return undefined;
  const [, name, id] = mark;
  if (name === "r") return kind === "pull" ? `#discussion_r${id}` : undefined; // as written below /files
  return `#${name}${id}`;
}

/**
 * Cuts the branch off. A branch may hold slashes: the one that is followed is tried first, then one part is taken for the
 * branch. The id of a file has no branch, so only its path counts.
 */
function fileKey(ctx: GithubContext, repository: Repository, parts: string[]): string {
  const written = parts.join("/");
  for (const branch of [ctx.config.branch, repository.default_branch, "HEAD"])
    if (branch && written.startsWith(`${branch}/`)) return `:${written.slice(branch.length + 1)}`;
  return `:${parts.slice(1).join("/")}`;
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,15}$/.test(text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
