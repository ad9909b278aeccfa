import type { IncomingHttpHeaders } from "node:http";
import type { Answered } from "../faults.ts";
import type { GoogleAccounts } from "../google/accounts.ts";
import { Refusal } from "../google/refusal.ts";
import type { Question } from "../listen.ts";
import { type Call, mayReadContent, type Reply, type Route } from "./call.ts";
import { ROUTES, shaped } from "./routes.ts";

/** A request that the twin has met. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** As the description names it; undefined for what is not Drive's. */
  route: string | undefined;
  params: Record<string, string>;
  status: number;
}

export type Settings = Omit<
  Call,
  "params" | "query" | "body" | "headers" | "asker" | "people" | "origin" | "scopes"
> & {
  accounts: GoogleAccounts;
  /** Whoever sits at the browser. */
  atBrowser: string;
  /** The project has the interface switched off. */
  disabled: boolean;
};

const PREFIX = "/drive/v3";
const EVERYWHERE = ["alt", "fields", "key", "quotaUser"];

/** From a request to an answer. What the description does not know is refused and remembered. */
export class DriveService {
  readonly requests: SeenRequest[] = [];
  readonly refusals: string[] = [];
  watch: (route: Route, status: number, body: unknown, partial: boolean) => void = () => {};
  readonly #settings: () => Settings;

  constructor(settings: () => Settings) {
    this.#settings = settings;
  }

  async answer(question: Question, origin: string): Promise<Answered> {
    const seen: SeenRequest = { ...question, route: undefined, params: {}, status: 0 };
    this.requests.push(seen);
    const settings = this.#settings();
    const answered =
      (await settings.accounts.answer(question, origin, settings.atBrowser)) ??
      this.#drive(question, origin, seen, settings);
    seen.status = answered.status;
    return answered;
  }

  #drive(question: Question, origin: string, seen: SeenRequest, settings: Settings): Answered {
    const { pathname, searchParams: query } = new URL(question.url, origin);
    try {
      const principal = settings.accounts.principal(question.headers.authorization);
      if (principal === undefined) throw new Refusal(401, "authError", "Invalid Credentials");
      if (settings.disabled)
        throw new Refusal(
          403,
          "accessNotConfigured",
          "Google Drive API has not been used in project 104512345678 before or it is disabled.",
          "usageLimits",
        );
      if (!principal.scopes.some((scope) => scope.includes("/auth/drive")))
        throw new Refusal(
          403,
          "insufficientPermissions",
          "Insufficient Permission: Request had insufficient authentication scopes.",
        );
      const { headers, body } = question;
      const call: Call = {
        ...settings,
        people: settings.accounts.people,
        asker: principal.person,
        scopes: principal.scopes,
        origin,
        query,
        headers,
        body,
        params: {},
      };
      if (pathname === "/feeds/download/documents/export/Export") return this.#exportLink(call);
      const route = this.#route(question, pathname, query, seen);
      if (route.content) mayReadContent(call);
      const reply = route.answer({ ...call, params: seen.params });
      return this.#finish(route, reply, query);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return json(error.status, error.body());
    }
  }

  #route(question: Question, pathname: string, query: URLSearchParams, seen: SeenRequest): Route {
    for (const route of pathname.startsWith(`${PREFIX}/`) ? ROUTES : []) {
      const names: string[] = [];
      const pattern = route.template.replace(/\{(\w+)\}/g, (_, name: string) => {
        names.push(name);
        return "([^/]+)";
      });
      const match = new RegExp(`^${pattern}$`).exec(pathname.slice(PREFIX.length));
      if (match === null || route.method !== question.method) continue;
      seen.route = route.template;
      seen.params = Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(match[at + 1] as string)]));
      const unknown = [...query.keys()].filter((name) => !route.query.includes(name) && !EVERYWHERE.includes(name));
      if (unknown.length === 0) return route;
      this.refusals.push(`${question.method} ${pathname}: no such parameter ${unknown.join(", ")}`);
      throw new Refusal(400, "invalidParameter", `Invalid parameter: ${unknown.join(", ")}`);
    }
    this.refusals.push(`${question.method} ${pathname}: no such route`);
    throw new Refusal(404, "notFound", "Not Found");
  }

  /** As docs.google.com does it, which knows no cap. */
  #exportLink(call: Call): Answered {
    mayReadContent(call);
    const file = call.world.files.get(call.query.get("id") ?? "");
    const mime = call.query.get("exportFormat") ?? "";
    const bytes = file?.exports.get(mime);
    if (file === undefined || bytes === undefined || !call.world.canRead(call.asker, file)) return json(404, {});
    if (call.contentOrigin !== undefined)
      return {
        status: 302,
        headers: { location: `${call.contentOrigin}${call.sign(file)}?as=${encodeURIComponent(mime)}` },
        body: Buffer.alloc(0),
      };
    return { status: 200, headers: { "content-type": mime }, body: bytes };
  }

  #finish(route: Route, reply: Reply, query: URLSearchParams): Answered {
    if ("bytes" in reply) return { status: 200, headers: { "content-type": reply.mime }, body: reply.bytes };
    if ("location" in reply) return { status: 302, headers: { location: reply.location }, body: Buffer.alloc(0) };
    if ("nothing" in reply) return { status: 204, headers: {}, body: Buffer.alloc(0) };
    this.watch(route, 200, reply.json, false);
    return json(200, shaped(route, reply.json, query.get("fields")) as object);
  }
}

function json(status: number, body: object): Answered {
  const headers = { "content-type": "application/json; charset=UTF-8", "cache-control": "private, max-age=0" };
  return { status, headers, body: Buffer.from(JSON.stringify(body)) };
}
