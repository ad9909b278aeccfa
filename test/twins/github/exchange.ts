import type { IncomingHttpHeaders } from "node:http";
import type { Links } from "./links.ts";
import type { Repository } from "./repository.ts";
import type { Principal } from "./tokens.ts";
import type { World } from "./world.ts";

/** A request as a route sees it: who asks, about which repository, in which spelling of the interface. */
export interface Call {
  readonly world: World;
  readonly method: string;
  /** Without `/api/v3`, as it was asked. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly principal: Principal;
  readonly links: Links;
  /** The X-GitHub-Api-Version in force. */
  readonly version: string;
  /** The media type after `application/vnd.github.`, without `+json`: "raw", "html" …; empty for the plain one. */
  readonly media: string;
  /** Lists never carry more, whatever `per_page` says. */
  readonly pageCap: number;
  /** Lists longer than this are walked by opaque cursors. */
  readonly largeList: number;
  /** Present on routes below a repository. */
  readonly repository: Repository;
}

export interface Reply {
  status: number;
  /** An object to be written as JSON, JSON that is written already, or bytes. */
  body?: object | string | Buffer;
  headers?: Record<string, string>;
}

/** One documented route. `template` is spelled as in the vendor's description. */
export interface Route {
  method: "GET" | "POST";
  template: string;
  /** Query parameters it knows besides those for paging. */
  query?: readonly string[];
  /** Whether it is walked page by page. */
  paged?: boolean;
  /** Repository permissions of which one is needed, beside `metadata`. */
  needs?: readonly string[];
  /** The rate limit it counts against, by default "core". */
  resource?: "core" | "search" | "code_search" | "graphql" | "none";
  /** Routes that no credential is asked for. */
  open?: boolean;
  answer(call: Call): Reply | Promise<Reply>;
}

/** A refusal, thrown by whoever finds the reason. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly more: object;

  constructor(status: number, message: string, headers: Record<string, string> = {}, more: object = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.more = more;
  }

  reply(): Reply {
    const documentation = "https://docs.github.com/rest";
    const body = { message: this.message, documentation_url: documentation, status: String(this.status), ...this.more };
    return { status: this.status, headers: this.headers, body };
  }
}

export function notFound(): Refusal {
  return new Refusal(404, "Not Found");
}

export function invalid(message: string): Refusal {
  return new Refusal(422, message);
}
