import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { NodeStreamableHTTPServerTransport } from "@modelcontextprotocol/node";
import { refuse } from "./answer.ts";
import type { Identity } from "./identity.ts";
import type { Room } from "./room.ts";

const IDLE_MS = 30 * 60_000;
const MOST_SESSIONS = 1000;
const MOST_PER_IDENTITY = 200;
const MOST_STREAMS = 192;

interface Session {
  transport: NodeStreamableHTTPServerTransport;
  owner: string;
  usedAt: number;
  streams: number;
}

/** The sessions of clients of the 2025 era. A session belongs to the token that opened it. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #sweeper = setInterval(() => this.#sweep(), 60_000).unref();
  #streams = 0;

  /** The session of this id, if it is this identity's. To anybody else it does not exist. */
  find(id: string, identity: Identity): Session | undefined {
    const session = this.#sessions.get(id);
    return session?.owner === identity.key ? session : undefined;
  }

  async handle(session: Session, request: IncomingMessage, response: ServerResponse, body?: unknown): Promise<void> {
    session.usedAt = performance.now();
    if (request.method === "GET" && !this.#countStream(session, response)) return;
    await session.transport.handleRequest(request, response, body);
  }

  async open(identity: Identity, room: Room, request: IncomingMessage, response: ServerResponse, body: unknown) {
    const own = [...this.#sessions.values()].filter((session) => session.owner === identity.key).length;
    if (this.#sessions.size >= MOST_SESSIONS || own >= MOST_PER_IDENTITY)
      return refuse(response, 503, "Too many sessions are open.", { headers: { "retry-after": "60" } });
    const transport: NodeStreamableHTTPServerTransport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => {
        this.#sessions.set(id, { transport, owner: identity.key, usedAt: performance.now(), streams: 0 });
      },
    });
    transport.onclose = () => {
      if (transport.sessionId) this.#sessions.delete(transport.sessionId);
    };
    await room.lasting().connect(transport);
    await transport.handleRequest(request, response, body);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    const open = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(open.map(({ transport }) => transport.close()));
  }

  #countStream(session: Session, response: ServerResponse): boolean {
    if (this.#streams >= MOST_STREAMS) {
      refuse(response, 503, "Too many streams are open.", { headers: { "retry-after": "60" } });
      return false;
    }
    this.#streams += 1;
    session.streams += 1;
    response.once("close", () => {
      this.#streams -= 1;
      session.streams -= 1;
      session.usedAt = performance.now();
    });
    return true;
  }

  #sweep(): void {
    for (const [id, session] of this.#sessions) {
      if (session.streams > 0 || performance.now() - session.usedAt < IDLE_MS) continue;
      this.#sessions.delete(id);
      void session.transport.close();
    }
  }
}
