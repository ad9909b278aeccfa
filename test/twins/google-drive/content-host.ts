import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Another host, to which downloads are led by addresses that prove themselves. It writes down what it is told. */
export class ContentHost {
  readonly heard: { url: string; headers: IncomingHttpHeaders }[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(bytesOf: (path: string) => { bytes: Buffer; mime: string } | undefined): Promise<ContentHost> {
    const server = createServer();
    const host = new ContentHost(server);
    server.on("request", (request, response) => {
      host.heard.push({ url: request.url ?? "", headers: request.headers });
      const found = bytesOf(request.url ?? "");
      if (found === undefined) return response.writeHead(403).end();
      return response
        .writeHead(200, { "content-type": found.mime, "content-length": found.bytes.length })
        .end(found.bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return host;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
