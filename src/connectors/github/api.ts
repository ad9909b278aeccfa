import type { Context } from "../kit/index.ts";
import type { GithubConfig } from "./options.ts";
import type { Repository } from "./schema.ts";

/** What an open source remembers while its process runs. */
export class GithubApi {
  /** As the newest listing described them, by their id. */
  readonly repositories = new Map<string, Repository>();
  /** Streams that the last sync of a repository found closed to this credential, by the repository's id. */
  readonly refused = new Map<string, Set<string>>();
}

export type GithubContext = Context<GithubConfig, GithubApi>;
