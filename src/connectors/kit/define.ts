import type { Readable } from "node:stream";
import type { z } from "zod";
import type { Draft, Entry, Item } from "../../model/item.ts";
import type { Page, Push } from "../../model/page.ts";
import type { Http, HttpService, Memory, SignIn, Tokens } from "./http/index.ts";
import type { Webhook } from "./webhook.ts";

/** All a connector may touch. No fetch, Date.now, setTimeout, process.env or console beside it. */
export interface Context<Config, Api> {
  /** Id of the source, for log lines only. */
  readonly source: string;
  /** Parsed, secrets resolved. */
  readonly config: Config;
  /** What `connect` returned. */
  readonly api: Api;
  /** The service, where the connector says how it is reached (`Connector.http`). */
  readonly http: Http;
  /** Tokens of its login, or of the app itself, fresh; for drivers that are not HTTP. `refused`: the last one was, so renew it. */
  tokens(refused?: boolean): Promise<Tokens>;
  readonly memory: Memory;
  readonly log: Logger;
  readonly clock: Clock;
  /** Stops this operation. */
  readonly signal: AbortSignal;
}

/** One kind of system. Every optional ability is present or absent, never a flag beside a method. */
// biome-ignore lint/suspicious/noExplicitAny: the engine handles connectors of every shape; defineConnector types each one.
export interface Connector<Config = any, Api = any, Cursor = any> {
  /** The folder name. */
  readonly id: string;
  readonly title: string;
  /** One sentence: what it brings. */
  readonly summary: string;
  /** The vendor documentation it was written from. */
  readonly reference: string;
  /** Every field has describe(); secrets are made by secret(); effect() says what a change of an option means. */
  readonly config: z.ZodObject;
  readonly limits: { readonly concurrency: number };
  /** How its service is reached over HTTP; absent where it speaks something else. */
  readonly http?: HttpService<Config>;
  /** The ways to sign in where it is not HTTP, the recommended one first; a driver of the connector's own does it. */
  readonly auth?: readonly SignIn<Config>[];

  /** A stored cursor that no longer parses means: full pass. */
  readonly cursor: z.ZodType<Cursor>;
  /** One feed for the source, or one per container. */
  readonly scope: "source" | "container";
  /** Tells edits and deletes; tells only edits; or always walks everything. */
  readonly feed: "changes" | "edits" | "listing";

  connect(ctx: Omit<Context<Config, never>, "api">): Api | Promise<Api>;
  close?(api: Api): Promise<void>;
  test(ctx: Context<Config, Api>): Promise<TestAnswer>;
  /** Without a parent: the containers (scope "container" syncs each of them). */
  list(ctx: Context<Config, Api>, parent?: string): AsyncIterable<Entry>;
  sync(ctx: Context<Config, Api>, from: From<Cursor>): AsyncGenerator<Page<Cursor>>;
  /**
   * By native id; `known` is what is stored of it, for services that find a reply by its thread only. Throws `not_found`
   * when the service says there is no such thing.
   */
  fetch(ctx: Context<Config, Api>, id: string, known?: Pick<Item, "parent" | "container">): Promise<Fetched>;

  /** The service's own search. */
  search?(ctx: Context<Config, Api>, query: NativeQuery): Promise<Draft[]>;
  /** A cheap full pass: ids only. */
  ids?(ctx: Context<Config, Api>, from: From<never>): AsyncIterable<string[]>;
  /** Until aborted. The first push, empty if there is no news, comes once it is subscribed: from then on nothing is missed. */
  live?(ctx: Context<Config, Api>, from: From<Cursor>): AsyncGenerator<Push<Cursor>>;
  readonly webhook?: Webhook<Config, Api, Cursor>;
  members?(ctx: Context<Config, Api>): AsyncIterable<{ group: string; users: string[] }>;
  /** The native id behind any address form of the service; undefined when the address is not this source's. */
  locate?(ctx: Context<Config, Api>, url: string): Promise<string | undefined>;
  /** Whether the options, as they are now, still cover a stored item: lets narrowed options prune without a call. */
  covers?(config: Config, item: Pick<Item, "id" | "kind" | "tags" | "container" | "body">): boolean;
}

export interface TestAnswer {
  /** Who or what the credential turned out to be: an account, a folder's real path. */
  account: string;
  /** What this source may read, in words; each stands behind "may read:". */
  granted?: string[];
  /** What it may not read and how to get it. */
  missing?: { what: string; why: string; how: string }[];
  /** How much and how long, in words: requests an hour and what is left of them, when the credential ends. */
  limits?: string[];
  /** Silent narrowing that a person would want to know. */
  warnings?: string[];
}

export interface From<Cursor> {
  container?: string;
  cursor?: Cursor;
  /** Hard lower bound of history, ISO 8601, if the user set one. */
  since?: string;
  /**
   * Only for a `listing` that was stopped, went on at this cursor and comes around to it: what lies behind it was listed just
   * now. One that lists it again is counted twice.
   */
  until?: Cursor;
}

export interface Fetched {
  item: Draft;
  /** Markdown, or bytes that the engine turns into Markdown. */
  content?: { text: string } | { stream: Readable; mime: string; name?: string };
}

export interface NativeQuery {
  text: string;
  container?: string;
  limit: number;
}

export interface Clock {
  now(): Date;
  /** Wakes early when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Event names are `noun.past-verb`; the data never holds a secret or a body. */
export type Logger = Record<"debug" | "info" | "warn", (event: string, data?: object) => void>;

/** Types the parts of a connector against each other; returns it unchanged. */
export function defineConnector<Shape extends z.core.$ZodLooseShape, Api, Cursor>(
  connector: Connector<z.output<z.ZodObject<Shape>>, Api, Cursor> & {
    config: z.ZodObject<Shape>;
    cursor: z.ZodType<Cursor>;
  },
): Connector {
  return connector as unknown as Connector;
}
