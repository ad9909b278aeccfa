import type { IncomingMessage, ServerResponse } from "node:http";
import {
  createMcpHandler,
  InMemoryServerEventBus,
  isInitializeRequest,
  isLegacyRequest,
  type LegacyHttpHandler,
  legacyStatelessFallback,
  type McpHttpHandler,
} from "@modelcontextprotocol/server";
import { refuse, sendWeb, webRequest } from "./answer.ts";
import { readBody } from "./body.ts";
import type { Identity } from "./identity.ts";
import type { Room } from "./room.ts";
import { Sessions } from "./sessions.ts";

const MOST_LISTENING = 128;

/** One address for every client: 2026-07-28 without sessions, the 2025 era with sessions, and the 2025 era without. */
export interface McpEndpoint {
  handle(request: IncomingMessage, response: ServerResponse, identity: Identity): Promise<void>;
  close(): Promise<void>;
}

interface Legs {
  room: Room;
  modern: McpHttpHandler;
  sessionless: LegacyHttpHandler;
}

export function mcpEndpoint(roomOf: (identity: Identity) => Room, onProblem: (message: string) => void): McpEndpoint {
  const sessions = new Sessions();
  const opened = new Map<string, Legs>();
  const onerror = (error: Error) => onProblem(error.message);

  function legsOf(identity: Identity): Legs {
    const known = opened.get(identity.key);
    if (known) return known;
    const room = roomOf(identity);
    const bus = new InMemoryServerEventBus(onerror);
    const modern = createMcpHandler(room.factory, { legacy: "reject", onerror, bus, maxSubscriptions: MOST_LISTENING });
    room.tell({
      wanted: () => bus.listenerCount > 0,
      updated: (uri) => modern.notify.resourceUpdated(uri),
      listChanged: () => modern.notify.resourcesChanged(),
      toolsChanged: () => modern.notify.toolsChanged(),
      promptsChanged: () => modern.notify.promptsChanged(),
    });
    const legs = { room, modern, sessionless: legacyStatelessFallback(room.factory, onerror) };
    opened.set(identity.key, legs);
    return legs;
  }

  async function post(request: IncomingMessage, response: ServerResponse, identity: Identity): Promise<void> {
    const body = await readBody(request);
    if ("status" in body) {
      const headers: Record<string, string> = body.status === 413 ? { connection: "close" } : {};
      return refuse(response, body.status, body.message, { code: body.code, headers });
    }
    const { room, modern, sessionless } = legsOf(identity);
    const web = webRequest(request, response);
    const options = { parsedBody: body.json };
    if (!(await isLegacyRequest(web, body.json))) return sendWeb(response, await modern.fetch(web, options));
    if (request.headers["mcp-session-id"] !== undefined) return inSession(request, response, identity, body.json);
    if (isInitializeRequest(body.json)) return sessions.open(identity, room, request, response, body.json);
    return sendWeb(response, await sessionless(web, options));
  }

  async function inSession(request: IncomingMessage, response: ServerResponse, identity: Identity, body?: unknown) {
    const session = sessions.find(String(request.headers["mcp-session-id"]), identity);
    if (!session) return refuse(response, 404, "Session not found: initialize again.", { code: -32001 });
    return sessions.handle(session, request, response, body);
  }

  return {
    async handle(request, response, identity) {
      if (request.method === "POST") return post(request, response, identity);
      const sessionful = request.method === "GET" || request.method === "DELETE";
      if (sessionful && request.headers["mcp-session-id"] !== undefined) return inSession(request, response, identity);
      // 405, not 404: clients that try a bare GET first then go on with POST.
      refuse(response, 405, "Use POST here; GET and DELETE need a session.", {
        headers: { allow: "POST, GET, DELETE" },
      });
    },
    async close() {
      await Promise.all([...opened.values()].map(({ modern }) => modern.close()));
      await sessions.close();
    },
  };
}
