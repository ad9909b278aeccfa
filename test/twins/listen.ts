import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Answered, Faults } from "./faults.ts";

export interface Question {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** Serves a twin on a free port of 127.0.0.1, behind its fault layer. What the twin throws is answered as 500 and kept. */
export class Listener {
  readonly errors: unknown[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(
    faults: Faults,
    answer: (question: Question, origin: string) => Promise<Answered>,
  ): Promise<Listener> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const listener = new Listener(server);
    server.on("request", async (request, response) => {
      const question = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: await bodyOf(request),
      };
      const about = { method: question.method, path: question.url, origin: listener.origin };
      try {
        await faults.serve(about, response, () => answer(question, listener.origin));
      } catch (error) {
        listener.errors.push(error);
        if (!response.headersSent) response.writeHead(500, { "x-twin-error": "1" });
        response.end(String(error));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return listener;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What is done with a connection that asks to become a WebSocket. */
  onUpgrade(take: (request: IncomingMessage, stream: Duplex) => void): void {
    this.#server.on("upgrade", take);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
