import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a service gives away what it was sent. */
export type Manner = (request: IncomingMessage, response: ServerResponse, heard: string) => void;

const status =
  (code: number, type: string, headers: Record<string, string> = {}): Manner =>
  (_request, response, heard) => {
    const body = type.includes("json") ? JSON.stringify({ message: `You sent ${heard}`, errors: [heard] }) : heard;
    response.writeHead(code, { "content-type": type, "x-heard": encodeURIComponent(heard), ...headers });
    response.end(type.includes("html") ? `<html><title>${heard}</title><body>${body}</body></html>` : body);
  };

/** Services that repeat a caller's credentials wherever they can: in refusals, pages, redirects and answers of a wrong shape. */
export const MANNERS: Readonly<Record<string, Manner>> = {
  unauthorized: status(401, "application/json"),
  forbidden: status(403, "application/json"),
  missing: status(404, "text/html"),
  broken: status(500, "text/plain"),
  page: status(200, "text/html"),
  shape: status(200, "application/json"),
  busy: status(429, "application/json", { "retry-after": "3600" }),
  moved: (_request, response, heard) => {
    response.writeHead(302, { location: `http://127.0.0.1:9/?token=${encodeURIComponent(heard)}` }).end(heard);
  },
  cut: (request, response, heard) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100000" });
    response.write(`{"login":"${heard}`, () => request.socket.destroy());
  },
};

/** Serves one manner on this machine. Answers its address and how to end it. */
export async function indiscreet(manner: Manner): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const heard = [...Object.values(request.headers), request.url].join(" ");
    request.resume().on("end", () => manner(request, response, heard));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
