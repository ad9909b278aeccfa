import type { IncomingHttpHeaders } from "node:http";
import type { Answered } from "../faults.ts";
import { Refused, type Tier } from "./call.ts";
import { METHODS } from "./methods.ts";
import type { Token } from "./model.ts";
import type { World } from "./world.ts";

/** One call as it came, for tests that count. */
export interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The Web API method; "file" for a download. */
  name: string;
  args: Readonly<Record<string, string>>;
  token: string;
  at: number;
  status: number;
  /** The error that was answered. */
  error: string | undefined;
  route: string | undefined;
  params: Readonly<Record<string, string>>;
}

const PER_MINUTE: Readonly<Record<Tier, number>> = { 1: 1, 2: 20, 3: 50, 4: 100, search: 10 };

export interface Regime {
  pageCap: number;
  historyCap: number;
  /** History and replies once a minute. */
  paced: boolean;
  /** Answer 429 above the tiers. The documentation allows some bursts; a good client never needs them. */
  strict: boolean;
  /** What `Retry-After` says; undefined: nothing. */
  retryAfter: string | undefined;
}

/** The Web API: finds the method, checks token, arguments, scope and tier, and answers as documented. */
export class Service {
  readonly seen: Seen[] = [];
  /** Calls of what does not exist: each is an error of the client. */
  readonly refusals: string[] = [];
  /** Calls above the documented tier, as "conversations.history: 51 in a minute". */
  readonly overruns: string[] = [];
  readonly regime: Regime = { pageCap: 1000, historyCap: 999, paced: false, strict: true, retryAfter: "30" };
  readonly #world: World;
  readonly #spent = new Map<string, number[]>();

  constructor(world: World) {
    this.#world = world;
  }

  answer(
    request: { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer },
    origin: string,
    socketUrl: () => string,
  ): Answered {
    const url = new URL(request.url, origin);
    const name = /^\/api\/([\w.]+)$/.exec(url.pathname)?.[1] ?? (url.pathname.startsWith("/files-pri/") ? "file" : "");
    const args = argumentsOf(request, url);
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const at = this.#world.now().getTime();
    const seen: Seen = {
      ...request,
      name,
      args: Object.fromEntries(args),
      token: bearer,
      at,
      status: 200,
      error: undefined,
      route: name === "file" ? undefined : `/${name}`,
      params: {},
    };
    this.seen.push(seen);
    const token = this.#world.tokens.get(bearer);
    if (name === "file") return this.#download(url, token, seen);
    const method = METHODS[name];
    if (method === undefined) return this.#unknown(seen, `${request.method} ${request.url}`);
    for (const key of args.keys()) if (!method.args.includes(key)) this.refusals.push(`${name} has no argument ${key}`);
    if (args.has("token")) this.refusals.push(`${name}: a token in the arguments`);
    if (method.post && request.method !== "POST") this.refusals.push(`${name} wants a POST`);
    const over = this.#overTier(name, method.tier, bearer, at);
    if (over) {
      seen.status = 429;
      const after = this.regime.retryAfter;
      return json(429, { ok: false, error: "ratelimited" }, after === undefined ? {} : { "retry-after": after });
    }
    try {
      const call = {
        world: this.#world,
        token: this.#prove(token, method.kinds),
        args,
        origin,
        pageCap: this.regime.pageCap,
        historyCap: this.regime.historyCap,
        socketUrl,
      };
      if (method.wantsTeam && call.token.isOfOrganization && !args.has("team_id"))
        throw new Refused("missing_argument");
      for (const needed of method.scopes?.(call) ?? [])
        if (!call.token.scopes.has(needed))
          throw new Refused("missing_scope", { needed, provided: [...call.token.scopes].join(",") });
      return json(200, { ok: true, ...method.answer(call) }, { "x-oauth-scopes": [...call.token.scopes].join(",") });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      seen.error = error.message;
      return json(
        200,
        { ok: false, error: error.message, ...error.more },
        token ? { "x-oauth-scopes": [...token.scopes].join(",") } : {},
      );
    }
  }

  #prove(token: Token | undefined, kinds: readonly Token["kind"][] = ["bot", "user"]): Token {
    if (token === undefined) throw new Refused("invalid_auth");
    if (token.revoked) throw new Refused("token_revoked");
    if (token.expiresAt !== undefined && token.expiresAt <= this.#world.now().getTime())
      throw new Refused("token_expired");
    if (!kinds.includes(token.kind)) throw new Refused("not_allowed_token_type");
    return token;
  }

  /** A download without the right to it shows the page to sign in, with status 200. */
  #download(url: URL, token: Token | undefined, seen: Seen): Answered {
    const [, id = ""] = /^\/files-pri\/\w+-(F\w+)\//.exec(url.pathname) ?? [];
    const file = this.#world.files.get(id);
    if (file === undefined)
      return { status: 404, headers: { "content-type": "text/html" }, body: Buffer.from("<p>Not found</p>") };
    if (token === undefined || token.revoked || !token.scopes.has("files:read")) {
      seen.error = "login page";
      return {
        status: 200,
        headers: { "content-type": "text/html; charset=utf-8" },
        body: Buffer.from("<!doctype html><title>Sign in | Slack</title>"),
      };
    }
    if (file.isCanvas) {
      const body = Buffer.from(`<div class="quip-canvas-content">${file.content}</div>`);
      return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body };
    }
    return { status: 200, headers: { "content-type": file.mimetype }, body: file.content };
  }

  #unknown(seen: Seen, what: string): Answered {
    this.refusals.push(`there is no ${what}`);
    seen.error = "unknown_method";
    return json(200, { ok: false, error: "unknown_method" });
  }

  /** Calls of one method by one token in the last minute, against its tier. */
  #overTier(name: string, tier: Tier, token: string, at: number): boolean {
    const paced = this.regime.paced && (name === "conversations.history" || name === "conversations.replies");
    const most = paced ? 1 : PER_MINUTE[tier];
    const key = `${name} ${token}`;
    const recent = (this.#spent.get(key) ?? []).filter((one) => one > at - 60_000);
    recent.push(at);
    this.#spent.set(key, recent);
    if (recent.length <= most) return false;
    this.overruns.push(`${name}: ${recent.length} in a minute`);
    if (!this.regime.strict) return false;
    recent.pop();
    return true;
  }
}

function argumentsOf(
  request: { method: string; headers: IncomingHttpHeaders; body: Buffer },
  url: URL,
): Map<string, string> {
  const args = new Map(url.searchParams);
  if (request.method !== "POST" || request.body.length === 0) return args;
  const text = request.body.toString("utf8");
  if (request.headers["content-type"]?.startsWith("application/json"))
    for (const [name, value] of Object.entries(JSON.parse(text) as object)) args.set(name, String(value));
  else for (const [name, value] of new URLSearchParams(text)) args.set(name, value);
  return args;
}

export function json(status: number, body: object, headers: Record<string, string> = {}): Answered {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}
