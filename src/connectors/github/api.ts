import type { Context, HttpRequest } from "../kit/index.ts";
import type { GithubConfig } from "./options.ts";
import type { Repository } from "./schema.ts";

const MOST_THREADS = 2_000;

/** What an open source remembers while its process runs. */
export class GithubApi {
  /** Those that are followed, as the newest listing described them, by their id. */
  readonly repositories = new Map<string, Repository>();
  /** Set once a listing came to its end: then these are all that are followed. */
  isListed = false;
  /** Those that only an address led to, by their id. */
  readonly visited = new Map<string, Repository>();
  /** Streams that the last sync of a repository found closed to this credential, by the repository's id. */
  readonly refused = new Map<string, ReadonlySet<string>>();
  /** Numbers of the threads that labels, state and includeBots let in, by the repository's id; none when all are in. */
  readonly threads = new Map<string, Set<number>>();
  /** Set once the service turned out to have no GraphQL. */
  withoutGraphql = false;
  readonly #threadOf = new Map<string, number>();

  /** GitHub finds reviews, and comments on discussions, by their thread only: addresses and news name it. */
  rememberThread(id: string, number: number): void {
    this.#threadOf.set(id, number);
    if (this.#threadOf.size > MOST_THREADS) this.#threadOf.delete(this.#threadOf.keys().next().value as string);
  }

  threadOf(id: string): number | undefined {
    return this.#threadOf.get(id);
  }
}

export type GithubContext = Context<GithubConfig, GithubApi>;

/** A request below a repository, with the credential that can read it. */
export function inRepository(repository: Repository, path: string, query?: HttpRequest["query"]): HttpRequest {
  const [owner, name] = [repository.owner.login, repository.name].map(encodeURIComponent);
  return { url: `/repos/${owner}/${name}${path}`, realm: repository.owner.login, ...(query && { query }) };
}

/** Whether anybody is logged in: GraphQL answers nobody else. */
export function isLoggedIn(config: GithubConfig): boolean {
  return config.accessToken !== undefined || config.privateKey !== undefined || config.clientId !== undefined;
}

/** Whether a GitHub App asks, which has a credential for each account that installed it. */
export function isApp(config: GithubConfig): boolean {
  return config.accessToken === undefined && config.privateKey !== undefined;
}

export function hasGraphql(ctx: GithubContext): boolean {
  return isLoggedIn(ctx.config) && !ctx.api.withoutGraphql;
}
