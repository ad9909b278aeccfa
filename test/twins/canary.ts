import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that must never learn a secret: it writes down every header that reaches it. */
export class Canary {
  readonly heard: { method: string; url: string; headers: IncomingHttpHeaders }[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on the given loopback address; another address is another origin. */
  static async open(host = "127.0.0.1"): Promise<Canary> {
    const server = createServer();
    const canary = new Canary(server);
    server.on("request", (request, response) => {
      canary.heard.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers });
      response.writeHead(200, { "content-type": "application/json" }).end("[]");
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return canary;
  }

  get url(): string {
    const { address, port, family } = this.#server.address() as AddressInfo;
    return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
  }

  /** Whether any of the words came by, in a header or in an address. */
  knows(...secrets: string[]): boolean {
    const all = JSON.stringify(this.heard);
    return secrets.some((secret) => all.includes(secret));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
