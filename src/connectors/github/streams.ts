import { z } from "zod";
import type { Changes, Entry, Fetched } from "../kit/index.ts";
import type { GithubContext } from "./api.ts";
import type { GithubConfig } from "./options.ts";
import type { Repository } from "./schema.ts";

/** The streams of a repository, in the order in which a sync walks them. */
export const STREAM_NAMES = [
  "repository",
  "code",
  "labelNames",
  "issues",
  "pulls",
  "comments",
  "reviewComments",
  "discussions",
  "releases",
  "wiki",
] as const;
export type StreamName = (typeof STREAM_NAMES)[number];

/** Where each stream of one repository stands; a stream is missing until it has run. */
export const GithubCursor = z.object({
  v: z.literal(1),
  /** Each checked by its stream: a state that no longer parses makes that stream begin anew. */
  streams: z.partialRecord(z.enum(STREAM_NAMES), z.json()),
  /** Closed to the credential when they were last asked for. */
  refused: z.array(z.enum(STREAM_NAMES)).optional(),
});
export type GithubCursor = z.output<typeof GithubCursor>;

/** One kind of thing in a repository, followed by its own means. */
export interface Stream<State = unknown> {
  readonly name: StreamName;
  /** For sentences: "Discussions". */
  readonly title: string;
  /** The permission of a fine-grained token that it needs: "Discussions: read". */
  readonly permission: string;
  readonly state: z.ZodType<State>;
  /** False: nothing of it is followed, because the options or the repository's own settings leave it out. */
  applies(config: GithubConfig, repository: Repository): boolean;
  /**
   * Everything, or what changed since `from.state`. Throws as Http does: `permission` means refused and never stops the
   * other streams; a feature that is switched off is no error, the stream is just empty. A page may be left out where
   * neither it nor the state says anything new.
   */
  pages(ctx: GithubContext, repository: Repository, from: StreamFrom<State>): AsyncGenerator<StreamPage<State>>;
  /** The ids of all its items, cheaply; `ids` of the connector is these one after the other. */
  ids(ctx: GithubContext, repository: Repository): AsyncGenerator<string[]>;
  /** What `list` shows of it inside its repository, live and newest first where that is possible. */
  entries(ctx: GithubContext, repository: Repository): AsyncGenerator<Entry>;
  /**
   * One item, fresh. `key` is its id behind the repository's: "#12", ":docs/guide.md", "#release-7", ".wiki:Home.md".
   * `thread` is the number of what it hangs from, where that is known. Undefined: the key has not the form of this
   * stream's ids. Throws `not_found` when there is no such item.
   */
  fetch(ctx: GithubContext, repository: Repository, key: string, thread?: number): Promise<Fetched> | undefined;
}

export interface StreamFrom<State> {
  /** Missing: from the beginning. */
  state?: State;
  /** Hard lower bound of history, ISO 8601, if the user set one. */
  since?: string;
}

export interface StreamPage<State> extends Changes {
  /** Plain JSON; committed with the page. */
  state: State;
  /** Streams that have to begin anew, because of something that moved no time. */
  anew?: StreamName[];
  /** This walk cannot prove absence. */
  incomplete?: { why: string };
}
