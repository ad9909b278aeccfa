import { z } from "zod";
import { ConnectorError, type Entry, type HttpRequest } from "../../kit/index.ts";
import { installations } from "../account/installations.ts";
import { githubAddresses } from "../addresses.ts";
import { type GithubContext, inRepository, isApp, isLoggedIn } from "../api.ts";
import { Repository } from "../schema.ts";
import { accessTo } from "./access.ts";

const Page = z.array(Repository);
const InstalledPage = z.object({ repositories: z.array(Repository) });

/** The repositories that the options name, as they are now; each is remembered by its id. */
export async function* repositoriesOf(ctx: GithubContext): AsyncGenerator<Repository> {
  const seen = new Set<number>();
  for await (const found of chosen(ctx)) {
    if (seen.has(found.id)) continue;
    seen.add(found.id);
    ctx.api.repositories.set(String(found.id), found);
    yield found;
  }
  for (const id of ctx.api.repositories.keys()) if (!seen.has(Number(id))) ctx.api.repositories.delete(id);
  ctx.api.isListed = true;
}

/** As containers: the id is the number, which stays when a repository gets another name. */
export async function* listRepositories(ctx: GithubContext): AsyncGenerator<Entry> {
  for await (const repository of repositoriesOf(ctx)) {
    yield {
      id: String(repository.id),
      name: repository.full_name,
      holds: "items",
      kind: "repository",
      url: repository.html_url,
      access: await accessTo(ctx, repository),
      ...(repository.updated_at && { updatedAt: repository.updated_at }),
    };
  }
}

async function* chosen(ctx: GithubContext): AsyncGenerator<Repository> {
  const { config } = ctx;
  const named = namedRepositories(config);
  if (named.length > 0) {
    yield* eachByName(ctx, named);
    return;
  }
  for await (const repository of allOf(ctx)) {
    if (repository.archived && !config.includeArchived) continue;
    if (repository.fork && !config.includeForks) continue;
    yield repository;
  }
}

/** `owner/repo` as written, also of addresses. */
export function namedRepositories(config: GithubContext["config"]): string[] {
  const { owner, repo, repositories } = config;
  const alone = repo === undefined ? [] : [repo.includes("/") || owner === undefined ? repo : `${owner}/${repo}`];
  return [...alone, ...repositories].map((name) =>
    name
      .trim()
      .replace(/^https?:\/\/[^/]+\//i, "")
      .replace(/\.git$|\/+$/g, ""),
  );
}

/**
 * Those that are written one by one. One that is not there is left out, and so vanishes if it was followed; one that was
 * known and is refused now stays, so that its own sync says why.
 */
async function* eachByName(ctx: GithubContext, names: string[]): AsyncGenerator<Repository> {
  const missed: typeof ctx.api.missed = [];
  const { described } = ctx.api.doneBy(ctx.signal);
  for (const name of names) {
    const known = described.get(name.toLowerCase());
    const found = known === undefined ? await find(ctx, name) : { repository: known };
    if ("error" in found) missed.push({ name, error: found.error });
    else {
      described.set(name.toLowerCase(), found.repository);
      yield found.repository;
    }
  }
  described.clear();
  ctx.api.missed = missed;
  const [first] = missed;
  if (first !== undefined && missed.length === names.length) throw first.error;
  for (const { error } of missed) ctx.log.warn("repository.missed", { why: error.message });
}

async function find(ctx: GithubContext, name: string): Promise<{ repository: Repository } | { error: ConnectorError }> {
  if (!/^[\w.-]+\/[\w.-]+$/.test(name)) return { error: unreadable(ctx, name) };
  const key = `repository:${name.toLowerCase()}`;
  try {
    const repository = await describe(ctx, name);
    await ctx.memory.set(key, { id: repository.id, full_name: repository.full_name });
    return { repository };
  } catch (thrown) {
    const error = ConnectorError.from(thrown);
    if (error.kind === "not_found") return { error: notFound(ctx, name, error) };
    const known = await ctx.memory.get(key);
    if (error.kind === "permission" && known !== undefined) return { repository: fromMemory(known, name) };
    if (error.kind === "permission") return { error };
    throw error;
  }
}

/** A repository by `owner/repo`; a renamed one comes under its new name. */
export async function describe(ctx: GithubContext, name: string): Promise<Repository> {
  const [owner = "", repo = ""] = name.split("/");
  const url = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repo)}`;
  const answer = await ctx.http.json({ url, realm: owner, keep: true }, Repository);
  return answer.body;
}

/** The same repository as it is at this moment, under whatever name. */
export async function describeAgain(ctx: GithubContext, repository: Repository): Promise<Repository> {
  const answer = await ctx.http.json({ ...inRepository(repository, ""), keep: true }, Repository);
  const { repositories, visited } = ctx.api;
  const id = String(answer.body.id);
  (repositories.has(id) ? repositories : visited).set(id, answer.body);
  return answer.body;
}

/** A repository by its number. Throws `not_found`. */
export async function repositoryById(ctx: GithubContext, id: string): Promise<Repository> {
  const known = ctx.api.repositories.get(id) ?? ctx.api.visited.get(id);
  if (known !== undefined) return known;
  for await (const repository of repositoriesOf(ctx)) if (String(repository.id) === id) return repository;
  throw new ConnectorError("not_found", `No repository with the number ${id} is followed by ${ctx.source}.`, {
    hint: `See the repositories: headwater list ${ctx.source}`,
  });
}

async function* allOf(ctx: GithubContext): AsyncGenerator<Repository> {
  const { config } = ctx;
  const owner = config.organization ?? config.owner;
  if (owner !== undefined) {
    yield* ofOwner(ctx, owner);
    return;
  }
  if (isApp(config)) {
    for (const realm of await installations(ctx)) {
      const request = { url: "/installation/repositories", query: { per_page: 100 }, realm, keep: true };
      for await (const page of ctx.http.pages(request, InstalledPage)) yield* page.body.repositories;
    }
    return;
  }
  if (!isLoggedIn(config)) throw nothingNamed(ctx);
  yield* pagesOf(ctx, { url: "/user/repos", query: { per_page: 100, sort: "full_name" }, keep: true });
}

/** An organization's, else a user's: the name alone does not tell which it is. */
async function* ofOwner(ctx: GithubContext, owner: string): AsyncGenerator<Repository> {
  const name = encodeURIComponent(owner);
  const request = { query: { per_page: 100, sort: "full_name" }, realm: owner, keep: true };
  try {
    yield* pagesOf(ctx, { ...request, url: `/orgs/${name}/repos` });
  } catch (thrown) {
    if (ConnectorError.from(thrown).kind !== "not_found") throw thrown;
    yield* pagesOf(ctx, { ...request, url: `/users/${name}/repos` });
  }
}

async function* pagesOf(ctx: GithubContext, request: HttpRequest): AsyncGenerator<Repository> {
  for await (const page of ctx.http.pages(request, Page)) {
    if (page.headers.get("x-github-sso")?.startsWith("partial-results")) ctx.api.isPartial = true;
    yield* page.body;
  }
}

/** Without a token there is no "all you can reach". */
function nothingNamed({ source }: GithubContext): ConnectorError {
  return new ConnectorError("config", `${source} names no repository and has no token.`, {
    hint: "Name public ones under repositories, such as [acme/docs], or put a token into accessToken: headwater config edit",
  });
}

function notFound(ctx: GithubContext, name: string, cause: ConnectorError): ConnectorError {
  return new ConnectorError(
    "not_found",
    `GitHub shows no repository ${name}: it is not there, or you have no access.`,
    { hint: whyHidden(ctx), cause },
  );
}

/** GitHub hides what it does not show. */
function whyHidden({ config }: GithubContext): string {
  const { web } = githubAddresses(config.baseUrl);
  const way = `Is it written right? A private repository is hidden`;
  if (!isLoggedIn(config)) return `${way} from those without a token: put one into accessToken.`;
  if (isApp(config)) return `${way} from a GitHub App until it is installed there.`;
  return `${way} from tokens that were not given it: add it at ${web}/settings/personal-access-tokens.`;
}

function unreadable(ctx: GithubContext, name: string): ConnectorError {
  return new ConnectorError("config", `"${name}" is no repository: write owner/name, such as acme/docs.`, {
    hint: `Correct it: headwater config edit, then headwater test ${ctx.source}`,
  });
}

/** Enough to be listed. */
function fromMemory(known: unknown, name: string): Repository {
  const { id, full_name } = z.object({ id: z.number(), full_name: z.string().default(name) }).parse(known);
  const [login = "", short = ""] = full_name.split("/");
  return Repository.parse({
    id,
    full_name,
    name: short,
    owner: { login },
    html_url: `https://github.com/${full_name}`,
    private: true,
  });
}
