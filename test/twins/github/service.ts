import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Answered } from "../faults.ts";
import { type Call, notFound, Refusal, type Reply, type Route } from "./exchange.ts";
import type { Limits, Resource } from "./limits.ts";
import type { Links } from "./links.ts";
import type { Repository } from "./repository.ts";
import { Router } from "./router.ts";
import { ANONYMOUS, canSee, mayRead, type Principal, type Tokens } from "./tokens.ts";
import type { World } from "./world.ts";

export interface Incoming {
  method: string;
  /** Path and query, with `/api/v3` where it came that way. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** One request as it was met, for tests that count. */
export interface Seen extends Incoming {
  /** Template of the route; undefined when there is none. */
  route: string | undefined;
  /** What stood in the places of the template. */
  params: Readonly<Record<string, string>>;
  conditional: boolean;
  status: number;
  /** The repository asked about, by its present name. */
  repository: string | undefined;
}

/** Which spelling of the interface is served. Enterprise Server knows one version of it; very old ones know none. */
export type Flavour = "dotcom" | "enterprise" | "old-enterprise";

const VERSIONS: Record<Flavour, readonly string[]> = {
  dotcom: ["2022-11-28", "2026-03-10"],
  enterprise: ["2022-11-28"],
  "old-enterprise": [],
};

const NO_AGENT =
  "Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.\n";

export interface ServiceParts {
  world: World;
  tokens: Tokens;
  limits: Limits;
  flavour: Flavour;
  pageCap: number;
  largeList: number;
  routes: readonly Route[];
  /** Proves an app by its signed statement. */
  appOf(jwt: string): Promise<Principal | undefined>;
}

/** From a request to an answer, in the order in which the service looks at things. */
export class Service {
  readonly requests: Seen[] = [];
  /** Requests for what the service does not have: each is an error of the client. */
  readonly refusals: string[] = [];
  /** Sees every answer, for the check against the vendor's description. */
  watch: (route: Route, reply: Answered, call: Call) => void = () => {};
  readonly #parts: ServiceParts;
  readonly #router: Router;
  #underWay = 0;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.#router = new Router(parts.routes);
  }

  async answer(incoming: Incoming, origin: string): Promise<Answered> {
    const seen: Seen = {
      ...incoming,
      route: undefined,
      params: {},
      repository: undefined,
      status: 0,
      conditional: false,
    };
    seen.conditional = incoming.headers["if-none-match"] !== undefined;
    this.requests.push(seen);
    this.#underWay += 1;
    try {
      const answered = await this.#answer(incoming, origin, seen);
      seen.status = answered.status;
      return answered;
    } finally {
      this.#underWay -= 1;
    }
  }

  async #answer(incoming: Incoming, origin: string, seen: Seen): Promise<Answered> {
    const { pathname, searchParams } = new URL(incoming.url, origin);
    const prefix = /^\/api\/v3(?=\/|$)/.test(pathname) ? "/api/v3" : "";
    const path = pathname.slice(prefix.length).replace(/^\/api\/graphql$/, "/graphql");
    const links: Links = { api: origin + prefix, html: origin };
    if (!incoming.headers["user-agent"]) return plain(403, NO_AGENT);
    let principal: Principal = ANONYMOUS;
    try {
      const version = this.#version(incoming.headers);
      principal = await this.#principal(incoming.headers);
      return await this.#route({ incoming, path, query: searchParams, links, principal, version }, seen);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#finish(error.reply(), principal, seen.route === undefined ? "core" : undefined, incoming.headers);
    }
  }

  #version(headers: IncomingHttpHeaders): string {
    const asked = headers["x-github-api-version"];
    const known = VERSIONS[this.#parts.flavour];
    if (asked === undefined) return known[0] ?? "2022-11-28";
    if (known.includes(asked as string)) return asked as string;
    throw new Refusal(400, `The X-GitHub-Api-Version header value "${asked}" is not supported.`);
  }

  async #principal(headers: IncomingHttpHeaders): Promise<Principal> {
    const { authorization } = headers;
    if (authorization === undefined) return ANONYMOUS;
    const value = /^(?:bearer|token)\s+(\S+)$/i.exec(authorization)?.[1];
    if (value === undefined) throw new Refusal(401, "Bad credentials");
    const token = this.#parts.tokens.find(value);
    if (token !== undefined) return { kind: "token", token };
    const app = value.split(".").length === 3 ? await this.#parts.appOf(value) : undefined;
    if (app === undefined) throw new Refusal(401, "Bad credentials");
    return app;
  }

  async #route(
    about: Pick<Call, "path" | "query" | "links" | "principal" | "version"> & { incoming: Incoming },
    seen: Seen,
  ): Promise<Answered> {
    const { incoming, principal } = about;
    const { named, path } = this.#byNumber(about.path);
    const method = incoming.method === "HEAD" ? "GET" : incoming.method;
    const found = this.#router.find(method, path);
    if (found === undefined) {
      this.refusals.push(`${incoming.method} ${about.path}: no such route`);
      throw new Refusal(404, "Not Found", { "x-twin-refused": "route" });
    }
    seen.route = found.route.template;
    seen.params = found.params;
    this.#checkQuery(found.route, about.query, about.path);
    const resource = found.route.resource ?? "core";
    if (resource !== "none") {
      this.#parts.limits.checkSecondary(principal, this.#underWay);
      // GraphQL tells about its limit in its own words.
      if (resource !== "graphql") this.#parts.limits.check(principal, resource);
    }
    const repository = found.params.repo === undefined ? undefined : this.#repository(about, found.params, named);
    seen.repository = repository?.fullName;
    if (repository !== undefined) this.#permit(principal, repository, found.route);
    const call: Call = {
      ...about,
      world: this.#parts.world,
      method,
      path,
      params: found.params,
      headers: incoming.headers,
      body: incoming.body,
      media: /application\/vnd\.github\.(?:v3\.)?(\w+)/.exec(incoming.headers.accept ?? "")?.[1] ?? "",
      pageCap: this.#parts.pageCap,
      largeList: this.#parts.largeList,
      repository: repository as Repository,
    };
    const reply = await found.route.answer(call);
    const answered = this.#finish(
      reply,
      principal,
      resource === "none" ? undefined : resource,
      incoming.headers,
      found.route,
    );
    this.watch(found.route, answered, call);
    return answered;
  }

  /** `/repositories/7/issues` and `/organizations/7/repos` are the spellings of links: numbers instead of names. */
  #byNumber(path: string): { path: string; named: boolean } {
    const match = /^\/(repositories|organizations)\/(\d+)(\/.*)?$/.exec(path);
    if (match === null) return { path, named: true };
    const id = Number(match[2]);
    if (match[1] === "organizations") {
      const account = [...this.#parts.world.accounts.values()].find((one) => one.id === id);
      if (account === undefined) throw notFound();
      return { path: `/orgs/${account.login}${match[3] ?? ""}`, named: false };
    }
    const repository = this.#parts.world.repositories.get(id);
    if (repository === undefined) throw notFound();
    return { path: `/repos/${repository.fullName}${match[3] ?? ""}`, named: false };
  }

  #checkQuery(route: Route, query: URLSearchParams, path: string): void {
    const known = new Set([...(route.query ?? []), ...(route.paged ? ["page", "per_page", "after"] : [])]);
    const unknown = [...query.keys()].filter((name) => !known.has(name));
    if (unknown.length === 0) return;
    this.refusals.push(`${route.method} ${path}: no such parameter ${unknown.join(", ")}`);
    throw new Refusal(400, `Unknown parameters: ${unknown.join(", ")}`, { "x-twin-refused": "parameter" });
  }

  /** The repository, if the asker may know of it; what has a new name is redirected to its number. */
  #repository(
    about: Pick<Call, "path" | "query" | "links" | "principal">,
    params: Record<string, string>,
    named: boolean,
  ): Repository {
    const { world } = this.#parts;
    const name = `${params.owner}/${params.repo}`;
    const present = world.find(name);
    const repository = present ?? world.repositories.get(world.formerNames.get(name.toLowerCase()) ?? -1);
    if (repository === undefined || !canSee(about.principal, repository)) throw notFound();
    if (present === undefined && named) {
      const rest = about.path.replace(/^\/repos\/[^/]+\/[^/]+/, "");
      const query = about.query.size === 0 ? "" : `?${about.query}`;
      const location = `${about.links.api}/repositories/${repository.id}${rest}${query}`;
      throw new Refusal(301, "Moved Permanently", { location }, { url: location });
    }
    return repository;
  }

  #permit(principal: Principal, repository: Repository, route: Route): void {
    const { owner, settings } = repository;
    if (owner.sso && principal.kind === "token" && !principal.token.authorizedFor.has(owner)) {
      throw new Refusal(
        403,
        "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
        {
          "x-github-sso": `required; url=https://github.com/orgs/${owner.login}/sso?authorization_request=AZSCKtL4U8yX1H3sCQIVnVgmjmon5fWxks5YrqhJgah0b2tlbl9pZM4EuMz4`,
        },
      );
    }
    if (settings.blocked) {
      throw new Refusal(
        451,
        "Repository access blocked",
        {},
        { block: { reason: "dmca", created_at: repository.updatedAt } },
      );
    }
    const needs = route.needs ?? [];
    if (mayRead(principal, repository, needs)) return;
    const who =
      principal.kind === "token" && principal.token.kind === "installation" ? "integration" : "personal access token";
    throw new Refusal(403, `Resource not accessible by ${who}`, accepted(needs));
  }

  /** Headers of every answer, the ETag, and 304 when the asker has it already. */
  #finish(
    reply: Reply,
    principal: Principal,
    resource: Resource | undefined,
    asked: IncomingHttpHeaders,
    route?: Route,
  ): Answered {
    const { limits, flavour } = this.#parts;
    const { body = "" } = reply;
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    const etag = `W/"${createHash("sha256").update(bytes).digest("hex")}"`;
    const conditional = reply.status === 200 && route?.method === "GET";
    const same = conditional && (asked["if-none-match"] ?? "").split(",").some((one) => weak(one) === weak(etag));
    const free = same && principal.kind !== "anonymous";
    if (resource !== undefined && resource !== "graphql" && limits.enabled && !free) limits.spend(principal, resource);
    const headers = {
      "content-type": "application/json; charset=utf-8",
      "cache-control":
        principal.kind === "anonymous" ? "public, max-age=60, s-maxage=60" : "private, max-age=60, s-maxage=60",
      vary: "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding",
      "x-github-media-type": "github.v3; format=json",
      "x-github-request-id": `${(this.requests.length * 7919).toString(16).toUpperCase()}:TWIN`,
      ...(flavour !== "old-enterprise" && {
        "x-github-api-version-selected": asked["x-github-api-version"] ?? "2022-11-28",
      }),
      ...(conditional && { etag }),
      ...scopesOf(principal, route?.needs ?? []),
      ...(resource !== undefined && limits.headers(principal, resource)),
      ...reply.headers,
    } as Record<string, string>;
    return same ? { status: 304, headers, body: Buffer.alloc(0) } : { status: reply.status, headers, body: bytes };
  }
}

function weak(etag: string): string {
  return etag.trim().replace(/^W\//, "");
}

/** What the token has and what the route would accept, each kind of token in its own header. */
function scopesOf(principal: Principal, needs: readonly string[]): Record<string, string> {
  if (principal.kind !== "token") return {};
  const { token } = principal;
  const expiry = token.expiresAt?.replace("T", " ").replace("Z", " UTC");
  const expires: Record<string, string> =
    expiry === undefined ? {} : { "github-authentication-token-expiration": expiry };
  if (token.permissions !== undefined || token.kind === "fine-grained") return { ...accepted(needs), ...expires };
  return {
    "x-oauth-scopes": token.scopes.join(", "),
    "x-accepted-oauth-scopes": needs.length === 0 ? "" : "repo",
    ...expires,
  };
}

function accepted(needs: readonly string[]): Record<string, string> {
  const wanted = needs.length === 0 ? ["metadata"] : needs;
  return { "x-accepted-github-permissions": wanted.map((name) => `${name}=read`).join("; ") };
}

function plain(status: number, text: string): Answered {
  return { status, headers: { "content-type": "text/html; charset=utf-8" }, body: Buffer.from(text) };
}
