import type { LookupFunction } from "node:net";
import type { Readable } from "node:stream";
import type { z } from "zod";

/**
 * How a connector asks a service over HTTP. Base address, credentials, limits, waiting, repeating, redirects, deadlines
 * and size caps are its business; a connector says what it wants and what the answer must look like.
 * Everything it throws is a ConnectorError that names no secret and no query string.
 */
export interface Http {
  /** Asks for JSON and checks it; an answer of another shape is `bad_response`. */
  json<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<Answer<T>>;
  /** As `json`, with `If-None-Match`; undefined when nothing changed since the answer that carried this `etag`. */
  changed<T>(request: HttpRequest, etag: string | undefined, schema: z.ZodType<T>): Promise<Answer<T> | undefined>;
  /** Text, decoded by its charset. */
  text(request: HttpRequest): Promise<Answer<string>>;
  /** Bytes as they come; the stream fails when a cap or a deadline is passed. */
  stream(request: HttpRequest): Promise<Answer<Readable>>;
  /**
   * A list, page by page. While the caller works on one page the next is already on its way. `next` names the request
   * that continues it, by default the address of `Link: rel="next"`. The same request twice, or another origin, is `bad_response`.
   */
  pages<T>(
    first: HttpRequest,
    schema: z.ZodType<T>,
    next?: (answer: Answer<T>) => HttpRequest | undefined,
  ): AsyncGenerator<Answer<T>>;
  /** A GraphQL query, safe to repeat; errors in the answer go through `explain` of the service. `data` is checked. */
  graphql<T>(query: GraphqlQuery, schema: z.ZodType<T>): Promise<Answer<T>>;
  /** A WebSocket to an address that the service gave (`wss:`); no credential travels with it. */
  socket(url: string): Promise<Socket>;
  /**
   * For a driver that opens its own connections, to mail or a database: what it has to look up the server's name with. It
   * answers only addresses that this source may reach. Throws `config` when the host is itself an address it may not.
   */
  lookup(host: string): LookupFunction;
}

/** A live connection, kept awake and watched over. */
export interface Socket {
  /** What comes, in its order. Ends when either side closes; throws `unavailable` when the line breaks. */
  readonly texts: AsyncGenerator<string>;
  send(text: string): void;
  close(): void;
}

export interface HttpRequest {
  /** Below the base address (`/repos/acme/docs`), or a whole address. */
  url: string;
  /** Undefined values are left out; a list repeats its name. */
  query?: Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>;
  method?: "GET" | "HEAD" | "POST";
  /** An object travels as JSON, URLSearchParams as a form, bytes as they are. */
  body?: object | URLSearchParams | Uint8Array;
  headers?: Readonly<Record<string, string>>;
  /** This POST only reads, so that it may be repeated. GET and HEAD always may. */
  reads?: boolean;
  /** Which credential, where a source has several (an app has one per owner that installed it). */
  realm?: string;
  /** Send no credential: an address that was signed beforehand. */
  anonymous?: boolean;
  /** The service's limit that this counts against; by default "default". */
  bucket?: string;
  /** How much of the bucket it takes; by default 1. */
  cost?: number;
  /**
   * The answer is kept between runs with its ETag and asked for conditionally: when nothing changed the kept one is
   * answered. For small descriptions that each run begins with, not for feeds, whose ETag belongs into the cursor.
   */
  keep?: boolean;
  /** Cap on the decompressed body. By default 32 MB for JSON and text, 1 GB for streams. */
  maxBytes?: number;
  /** Until the last byte. By default 60 s for JSON and text, 10 minutes for streams. */
  timeoutMs?: number;
}

export interface GraphqlQuery {
  /** By default `/graphql`. */
  url?: string;
  query: string;
  variables?: Readonly<Record<string, unknown>>;
  realm?: string;
  /** By default "graphql" where the service names such a bucket. */
  bucket?: string;
  cost?: number;
  /** Fields that may be refused without failing the query: errors under these paths leave null behind and are answered. */
  optional?: readonly string[];
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  /** Where the answer came from in the end, after redirects. */
  readonly url: string;
  readonly etag: string | undefined;
  /** The address of `Link: rel="next"`. */
  readonly next: string | undefined;
  /** True when a kept answer was confirmed. */
  readonly kept: boolean;
  /** Refusals of optional GraphQL fields: path and the service's type of error. */
  readonly refused: readonly { path: string; type: string }[];
}

/** A refusal as it came, for `explain` only: it may hold the service's words, so it is never shown or logged. */
export interface HttpFailure {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it was JSON, else the first 64 KB of text. */
  readonly body: unknown;
  /** Of the host that refused, such as "https://api.github.com". */
  readonly origin: string;
  /** Path without query. */
  readonly path: string;
  readonly method: string;
}
