import type { ConnectorError, Context, HttpRequest } from "../kit/index.ts";
import type { GithubConfig } from "./options.ts";
import type { Repository } from "./schema.ts";
import type { StreamName } from "./streams.ts";

const MOST_THREADS = 2_000;

/** What an open source remembers while its process runs. */
export class GithubApi {
  /** Those that are followed, as the newest listing described them, by their id. */
  readonly repositories = new Map<string, Repository>();
  /** Set once a listing came to its end: then these are all that are followed. */
  isListed = false;
  /** Those that the options name and nobody could be shown, by the name as written. */
  missed: { name: string; error: ConnectorError }[] = [];
  /** Set once a listing left organizations out that want single sign-on. */
  isPartial = false;
  /** Repositories of which a delivery said that a label or milestone is called otherwise, by their id. */
  readonly renamed = new Set<string>();
  /** Those that only an address led to, by their id. */
  readonly visited = new Map<string, Repository>();
  /** Streams that the last sync of a repository found closed to this credential, by the repository's id. */
  readonly refused = new Map<string, ReadonlySet<string>>();
  /** Numbers of the threads that labels, state and includeBots let in, by the repository's id; none when all are in. */
  readonly threads = new Map<string, Set<number>>();
  /** Set once the service turned out to have no GraphQL. */
  withoutGraphql = false;
  readonly #threadOf = new Map<string, number>();
  readonly #operations = new WeakMap<AbortSignal, Done>();

  /** GitHub finds reviews, and comments on discussions, by their thread only: addresses and news name it. */
  rememberThread(id: string, number: number): void {
    this.#threadOf.set(id, number);
    if (this.#threadOf.size > MOST_THREADS) this.#threadOf.delete(this.#threadOf.keys().next().value as string);
  }

  threadOf(id: string): number | undefined {
    return this.#threadOf.get(id);
  }

  /** What the operation that this signal stops has done so far: tried again after a failure, it does not ask for that twice. */
  doneBy(signal: AbortSignal): Done {
    const known = this.#operations.get(signal);
    if (known !== undefined) return known;
    const done = { described: new Map(), read: new Map() };
    this.#operations.set(signal, done);
    return done;
  }
}

interface Done {
  /** Repositories by the name in the options, in lower case, until all of them are described. */
  readonly described: Map<string, Repository>;
  /** Where streams stood when they were read to their end, by the repository's id. */
  readonly read: Map<string, Map<StreamName, string>>;
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
