import type { IncomingMessage, ServerResponse } from "node:http";
import type { Transport } from "@modelcontextprotocol/server";
import { ConnectorError } from "../model/index.ts";
import { refuse } from "./answer.ts";
import { readBody } from "./body.ts";
import type { Identity } from "./identity.ts";
import type { Room } from "./room.ts";

const MOST_STREAMS = 64;

/** The pair of addresses of revision 2024-11-05 (`GET /sse`, `POST /messages`), for clients that know nothing newer. */
export interface LegacySse {
  open(request: IncomingMessage, response: ServerResponse, identity: Identity): Promise<void>;
  post(request: IncomingMessage, response: ServerResponse, identity: Identity): Promise<void>;
  close(): Promise<void>;
}

/** Throws `config` when the optional package is not installed. */
export async function legacySse(roomOf: (identity: Identity) => Room): Promise<LegacySse> {
  const { SSEServerTransport } = await loadTransport();
  const streams = new Map<string, { transport: InstanceType<typeof SSEServerTransport>; owner: string }>();
  return {
    async open(request, response, identity) {
      if (request.method !== "GET") return refuse(response, 405, "Use GET here.", { headers: { allow: "GET" } });
      if (streams.size >= MOST_STREAMS) return refuse(response, 503, "Too many streams are open.");
      const transport = new SSEServerTransport("/messages", response);
      streams.set(transport.sessionId, { transport, owner: identity.key });
      response.once("close", () => streams.delete(transport.sessionId));
      await roomOf(identity)
        .lasting()
        .connect(transport as unknown as Transport);
    },
    async post(request, response, identity) {
      if (request.method !== "POST") return refuse(response, 405, "Use POST here.", { headers: { allow: "POST" } });
      const id = new URL(request.url ?? "", "http://localhost").searchParams.get("sessionId") ?? "";
      const stream = streams.get(id);
      if (stream?.owner !== identity.key) return refuse(response, 404, "Session not found: open /sse again.");
      const body = await readBody(request);
      if ("status" in body) return refuse(response, body.status, body.message, { code: body.code });
      try {
        await stream.transport.handleMessage(body.json as never);
        response.writeHead(202).end("Accepted");
      } catch {
        refuse(response, 400, "The body is no JSON-RPC message.", { code: -32600 });
      }
    },
    async close() {
      await Promise.all([...streams.values()].map(({ transport }) => transport.close()));
      streams.clear();
    },
  };
}

async function loadTransport() {
  try {
    return await import("@modelcontextprotocol/server-legacy/sse");
  } catch (cause) {
    throw new ConnectorError("config", "--legacy-sse needs a package that is not installed.", {
      hint: "npm install @modelcontextprotocol/server-legacy@2.3.1",
      cause,
    });
  }
}
