import type { ErrorDetail, ErrorKind } from "../../../model/index.ts";
import type { Clock, Logger } from "../define.ts";
import type { Http, HttpFailure } from "./http.ts";

/** What the HTTP layer must know of a service. */
// biome-ignore lint/suspicious/noExplicitAny: as Connector, each service is typed by its connector.
export interface HttpService<Config = any> {
  /** Without a slash at its end. */
  baseUrl(config: Config): string;
  /**
   * Other origins of the same service, such as "https://files.example.com". They get the credential too where a request
   * names one of them itself; where an answer leads, never.
   */
  readonly origins?: readonly string[];
  /** Sent with every request to the base address's origin; `User-Agent` is always there. */
  headers?(config: Config): Readonly<Record<string, string>>;
  /** The ways in; the first that applies to the options is taken. The first of all is the recommended one. */
  readonly auth: readonly AuthMethod<Config>[];
  /** The service's limits by name; "default" holds for requests that name none. */
  readonly buckets: Readonly<Record<string, Bucket>> & { readonly default: Bucket };
  /** What an answer tells of its bucket. Without it `Retry-After` alone is obeyed. */
  allowance?(answer: { status: number; headers: Headers }, now: Date): Allowance | undefined;
  /** Puts a refusal into words where the status alone says too little or the wrong thing. */
  explain?(failure: HttpFailure): Explanation | undefined;
}

/** One limit. Shared by everything in this process that uses the same credential. */
export interface Bucket {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Cost that may be spent in any minute; undefined: the service does not say, and tells when it is too much. */
  readonly perMinute?: number;
}

export interface Allowance {
  /** What is left in the window; at 0 the bucket rests until `resetAt`. */
  remaining?: number;
  resetAt?: Date;
  /** Another bucket than the one the request named. */
  bucket?: string;
}

export interface Explanation extends ErrorDetail {
  kind: ErrorKind;
  message: string;
}

/** One way to sign in, whatever the service speaks. */
// biome-ignore lint/suspicious/noExplicitAny: as Connector, each way is typed by its connector.
export interface SignIn<Config = any> {
  /** "token", "app", "oauth", "none". */
  readonly id: string;
  /** "Fine-grained personal access token". */
  readonly title: string;
  /** How a person gets it, one sentence; shown when a credential is refused. */
  readonly howTo: string;
  /** The same where the options say more about it, such as the address of another server. */
  howToFor?(config: Config): string;
  /** Whether the options ask for this way. */
  applies(config: Config): boolean;
  /** Present: `headwater login` can do it in a browser or with a code. */
  login?(config: Config): LoginClient;
  /** Present: no person is needed, the app itself is given tokens for its secret. */
  app?(config: Config): AppClient;
}

/** One way to prove who asks, over HTTP. */
// biome-ignore lint/suspicious/noExplicitAny: as Connector, each method is typed by its connector.
export interface AuthMethod<Config = any> extends SignIn<Config> {
  /** The headers that prove it. Asked anew shortly before `until`, and once when the service refused the kept one. */
  credential(ctx: AuthContext<Config>, realm: string | undefined): Promise<Credential>;
}

export interface AuthContext<Config> {
  readonly source: string;
  readonly config: Config;
  /** The same service, without a credential. */
  readonly http: Http;
  /** Tokens of its login, or of the app itself, fresh; throws `auth` with what to do when there are none. */
  tokens(): Promise<Tokens>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export interface Credential {
  /** Sent to the service's own origins only; never followed to another one, never to http after https. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly until?: number;
}

/** What an authorization server gave. */
export interface Tokens {
  accessToken: string;
  refreshToken?: string;
  /** ISO 8601. */
  expiresAt?: string;
  scope?: string;
}

/** An app that signs in by itself: client credentials, RFC 6749 §4.4. */
export interface AppClient {
  clientId: string;
  clientSecret: string;
  scopes: readonly string[];
  tokenUrl: string;
}

/** The OAuth client behind a login, RFC 6749, 7636 and 8628. */
export interface LoginClient {
  clientId: string;
  clientSecret?: string;
  /** Read-only ones, always. */
  scopes: readonly string[];
  /** Endpoints; those present decide which ways are offered. */
  authorizationUrl?: string;
  tokenUrl: string;
  deviceUrl?: string;
  /** RFC 7009: where a login is withdrawn. */
  revocationUrl?: string;
  /** RFC 9207: how the server names itself in its answers; an answer without it, or from another one, is refused. */
  issuer?: string;
  /** What the scopes allow, in words, shown before the login. */
  allows: string;
  /** Why logins of this service may end by themselves, and what to do against it: shown when one could not be renewed. */
  mayEnd?: string;
  /** A login that nothing renewed for so many days has ended. Syncs renew it; a warning comes before. */
  unusedDays?: number;
  /** Added to the authorization request. */
  extra?: Readonly<Record<string, string>>;
  /** Fixed where the provider insists; else any free port of 127.0.0.1. */
  redirectPort?: number;
  /** How the browser's way back is written where the provider takes no 127.0.0.1. */
  redirectHost?: "localhost";
  /** An answer of the token endpoint, or its refusal, in the form of RFC 6749 where the provider has one of its own. */
  asStandard?(answer: Readonly<Record<string, unknown>>): Record<string, unknown>;
}

/** Small things a connector may keep between runs. They may be lost at any time and never hold a secret. */
export interface Memory {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
}
