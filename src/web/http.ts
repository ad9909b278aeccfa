import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ConnectorError } from "../model/index.ts";
import { refuse } from "./answer.ts";
import { type HooksOptions, hooksEndpoint } from "./hooks.ts";
import { type Identity, LOCAL, recogniser, type Token } from "./identity.ts";
import { type LegacySse, legacySse } from "./legacy-sse.ts";
import { mcpEndpoint } from "./mcp-endpoint.ts";
import { type Borders, bordersOf, callerOf, isFromHere, isLoopback, trespass } from "./origin.ts";
import { RateLimit, REFUSAL_RATE, REQUEST_RATE } from "./rate.ts";
import type { Room } from "./room.ts";

const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const MOST_CONNECTIONS = 256;
const LEAVE_MS = 2000;
const NO_TOKEN = "A bearer token of this server is needed.";

export interface HttpOptions {
  /** Address to bind; loopback unless tokens are given. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  tokens: readonly Token[];
  /** Names under which the server may be reached, beside its own address. */
  hosts: readonly string[];
  /** Web origins whose pages may call and read. */
  origins: readonly string[];
  legacySse: boolean;
  version: string;
  roomOf: (identity: Identity) => Room;
  /** What takes the deliveries of a tenant's source; left out, no deliveries are taken. */
  hookOf?: HooksOptions["hookOf"];
  onProblem: (message: string) => void;
}

export interface HttpDoor {
  /** Address of the MCP endpoint. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves MCP over Streamable HTTP. Throws `config` when others could reach it without a token, or the port is taken. */
export async function openHttp(options: HttpOptions): Promise<HttpDoor> {
  if (options.tokens.length === 0 && !isLoopback(options.host)) throw openToAll(options.host);
  const rooms = new Map<string, Room>();
  const roomOf = (identity: Identity) => {
    const room = rooms.get(identity.key) ?? options.roomOf(identity);
    rooms.set(identity.key, room);
    return room;
  };
  const endpoint = mcpEndpoint(roomOf, options.onProblem);
  const sse = options.legacySse ? await legacySse(roomOf) : undefined;
  const routes = routesOf(endpoint.handle, sse);
  const hooks = options.hookOf && hooksEndpoint({ hookOf: options.hookOf, onProblem: options.onProblem });
  const borders = bordersOf(options.host, options.hosts, options.origins);
  const admit = gatekeeper(options, borders);

  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS }, async (request, response) => {
    try {
      await answer(request, response);
    } catch (error) {
      options.onProblem(error instanceof Error ? error.message : "a request failed");
      if (!response.headersSent) refuse(response, 500, "Internal error", { code: -32603 });
      else response.destroy();
    }
  });
  server.maxConnections = MOST_CONNECTIONS;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    const route = routes.get(path);
    if (!admit.borders(request, response)) return;
    if (path === "/health") return health(request, response, options.version);
    if (hooks && path.startsWith("/hooks/")) return hooks(request, response, path);
    if (!route) return refuse(response, 404, "Not found. MCP is served at /mcp.");
    const identity = admit.identity(request, response);
    if (identity) await route(request, response, identity);
  }

  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const name = options.host.includes(":") ? `[${options.host}]` : options.host;
  return {
    port,
    url: `http://${name}:${port}/mcp`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await endpoint.close();
      await sse?.close();
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), LEAVE_MS);
      await closed;
      clearTimeout(late);
    },
  };
}

type Route = (request: IncomingMessage, response: ServerResponse, identity: Identity) => Promise<void>;

function routesOf(mcp: Route, sse: LegacySse | undefined): Map<string, Route> {
  const routes = new Map([["/mcp", mcp]]);
  if (sse) routes.set("/sse", sse.open).set("/messages", sse.post);
  return routes;
}

/** Decides who gets in: right address, right page, right token, not too often. */
function gatekeeper({ tokens }: HttpOptions, limits: Borders) {
  const recognise = recogniser(tokens);
  const [requests, refusals] = [new RateLimit(REQUEST_RATE), new RateLimit(REFUSAL_RATE)];
  const slowDown = (response: ServerResponse, seconds: number) =>
    refuse(response, 429, "Too many requests.", { headers: { "retry-after": String(seconds) } });
  return {
    /** False when the request was answered here. */
    borders(request: IncomingMessage, response: ServerResponse): boolean {
      const why = trespass(request, limits);
      if (why !== undefined) {
        refuse(response, 403, why);
        return false;
      }
      return !crossOrigin(request, response, limits);
    },
    identity(request: IncomingMessage, response: ServerResponse): Identity | undefined {
      const address = callerOf(request);
      const refused = refusals.waits(address);
      if (refused > 0) return void slowDown(response, refused);
      const identity = recognise(request.headers.authorization);
      const isStranger = identity === LOCAL && !isFromHere(request);
      if (!identity || isStranger) {
        refusals.take(address);
        const challenge = { "www-authenticate": 'Bearer realm="headwater"' };
        const why = isStranger ? "Only this machine is served until server.http.token is set." : NO_TOKEN;
        return void refuse(response, 401, why, { headers: challenge });
      }
      // Without tokens only programs of this machine get here.
      const wait = identity === LOCAL ? 0 : requests.take(identity.key);
      if (wait > 0) return void slowDown(response, wait);
      return identity;
    },
  };
}

/** Lets pages of the configured origins read answers; true when the request was only the browser asking beforehand. */
function crossOrigin(request: IncomingMessage, response: ServerResponse, { origins }: Borders): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !origins.has(origin.toLowerCase())) return false;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-expose-headers", "mcp-session-id, www-authenticate, retry-after");
  response.setHeader("vary", "origin");
  if (request.method !== "OPTIONS") return false;
  response.setHeader("access-control-allow-methods", "GET, POST, DELETE");
  response.setHeader(
    "access-control-allow-headers",
    "authorization, content-type, accept, last-event-id, mcp-session-id, mcp-protocol-version, mcp-method, mcp-name",
  );
  response.writeHead(204).end();
  return true;
}

function health(request: IncomingMessage, response: ServerResponse, version: string): void {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  if (request.method !== "GET" && request.method !== "HEAD")
    refuse(response, 405, "Use GET here.", { headers: { allow: "GET, HEAD" } });
  else response.writeHead(200, headers).end(JSON.stringify({ status: "ok", version }));
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?", 1)[0]!;
}

async function listen(server: Server, { host, port }: HttpOptions): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
    const why = taken ? "another program uses it" : "this machine does not allow it";
    throw new ConnectorError("config", `headwater cannot listen on ${host}:${port}: ${why}.`, {
      hint: "Choose another address: headwater serve --http 127.0.0.1:7801",
      cause,
    });
  }
}

function openToAll(host: string): ConnectorError {
  return new ConnectorError("config", `Others could reach headwater on ${host}, and no token protects it.`, {
    hint: "Set server.http.token in the configuration, or listen on this machine only: headwater serve --http 127.0.0.1:7800",
  });
}
