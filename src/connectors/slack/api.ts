import type { z } from "zod";
import type { Answer, ConnectorError, Context } from "../kit/index.ts";
import { hasUser, USER } from "./auth.ts";
import type { Walked } from "./cursor.ts";
import type { Identity } from "./identity.ts";
import type { SlackConfig } from "./options.ts";
import type { Person } from "./people.ts";
import type { Channel } from "./schema.ts";
import type { slackService } from "./service.ts";
import type { Workspace } from "./workspaces.ts";

const MOST_KEPT = 5_000;

/** What an open source remembers while its process runs. */
export class SlackApi {
  /** Those that are followed, as the newest listing described them, by their id. */
  readonly channels = new Map<string, Channel>();
  /** Those that somebody mentioned or asked for. */
  readonly visited = new Map<string, Channel>();
  /** What the options ask for and Slack does not list: private channels without their scope, names that nobody has. */
  missed: { name: string; error: ConnectorError }[] = [];
  /** Slack turned out to let this app ask once a minute only. */
  isPaced = false;
  readonly people = new Map<string, Promise<Person | undefined>>();
  /** Who the tokens are, by realm. */
  readonly identities = new Map<string, Promise<Identity>>();
  groups: Promise<ReadonlyMap<string, string>> | undefined;
  /** By realm. */
  readonly workspaces = new Map<string, Promise<Workspace[]>>();
  /** Set once the token turned out to lack the right to people's names: everybody keeps their id. */
  peopleAreClosed = false;
  readonly #walks = new WeakMap<AbortSignal, Map<string, Walked>>();

  /** What the operation that this signal stops has met so far, by channel. */
  walkedBy(signal: AbortSignal): Map<string, Walked> {
    const known = this.#walks.get(signal) ?? new Map<string, Walked>();
    this.#walks.set(signal, known);
    return known;
  }
}

export type SlackContext = Context<SlackConfig, SlackApi>;

/** Adds to a bounded cache; the oldest goes. */
export function remember<T>(cache: Map<string, T>, key: string, value: T): T {
  cache.set(key, value);
  if (cache.size > MOST_KEPT) cache.delete(cache.keys().next().value as string);
  return value;
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface How {
  bucket?: keyof (typeof slackService)["buckets"] & string;
  realm?: string | undefined;
}

function request(method: string, query: Query, { bucket, realm }: How) {
  return { url: `/${method}`, query, ...(bucket !== undefined && { bucket }), ...(realm !== undefined && { realm }) };
}

/** Calls a method that reads. */
export function call<T>(
  ctx: SlackContext,
  method: string,
  query: Query,
  schema: z.ZodType<T>,
  how: How = {},
): Promise<Answer<T>> {
  return ctx.http.json(request(method, query, how), schema);
}

/** The pages of a list, by the cursor that each names. */
export async function* callPages<T extends { response_metadata?: string | undefined }>(
  ctx: SlackContext,
  method: string,
  query: Query,
  schema: z.ZodType<T>,
  how: How = {},
): AsyncGenerator<T> {
  const first = request(method, query, how);
  const next = ({ body }: Answer<T>) =>
    body.response_metadata ? { ...first, query: { ...query, cursor: body.response_metadata } } : undefined;
  for await (const { body } of ctx.http.pages(first, schema, next)) yield body;
}

/** Direct messages are read as the person where a person's token is at hand, everything else as the app. */
export function realmOf({ config }: SlackContext, channel: Pick<Channel, "is_im" | "is_mpim">): string | undefined {
  return (channel.is_im || channel.is_mpim) && hasUser(config) ? USER : undefined;
}
