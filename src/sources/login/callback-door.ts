import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LoginClient } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";

/** The page at 127.0.0.1 that a browser returns to. */
export interface CallbackDoor {
  /** Exactly what the service must send the browser to. */
  readonly redirectUri: string;
  close(): Promise<void>;
}

/** What an answer led to; undefined when it does not belong to the login under way. */
export type Outcome = { ok: true } | { ok: false; message: string } | undefined;

/** A browser that begins a request and does not end it is not waited for. */
const SLOWEST_MS = 10_000;

/**
 * Waits on a free port of 127.0.0.1, or a fixed one, for the browser to come back. `receive` is asked about each answer;
 * the page says how it went once that is known. Requests for another host, path or method never reach it.
 */
export async function openCallbackDoor(
  receive: (answer: URLSearchParams) => Promise<Outcome>,
  { redirectPort = 0, redirectHost }: Pick<LoginClient, "redirectPort" | "redirectHost"> = {},
): Promise<CallbackDoor> {
  const server = createServer({ requestTimeout: SLOWEST_MS, headersTimeout: SLOWEST_MS }, (request, response) => {
    void answerTo(request, redirectUri, receive).then(
      ([status, title, text]) => page(response, status, title, text),
      () => page(response, 500, "Something went wrong", "Go back to headwater and see what it says there."),
    );
  });
  server.maxConnections = 16;
  await listen(server, redirectPort);
  const redirectUri = `http://${redirectHost ?? "127.0.0.1"}:${(server.address() as AddressInfo).port}/callback`;
  return {
    redirectUri,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 500).unref();
      }),
  };
}

type Page = readonly [status: number, title: string, text: string];

async function answerTo(
  request: IncomingMessage,
  redirectUri: string,
  receive: (answer: URLSearchParams) => Promise<Outcome>,
): Promise<Page> {
  const wanted = new URL(redirectUri);
  const [path = "", query = ""] = (request.url ?? "").split(/\?(.*)/s);
  if (request.headers.host !== wanted.host || path !== wanted.pathname || request.method !== "GET") {
    return [404, "There is nothing here", "This page only waits for a login to come back."];
  }
  const outcome = await receive(new URLSearchParams(query));
  if (outcome === undefined) {
    return [400, "This is not the login that headwater waits for", "Go back to headwater and follow the newest link."];
  }
  if (outcome.ok) return [200, "You are logged in", "headwater may read now. You can close this page."];
  return [400, "The login did not work", outcome.message];
}

function page(response: ServerResponse, status: number, title: string, text: string): void {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>headwater</title><h1>${escaped(title)}</h1><p>${escaped(text)}</p></html>\n`;
  response
    .writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      connection: "close",
    })
    .end(body);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new ConnectorError(
          "unavailable",
          `The login must come back to port ${port} of this machine, which is in use.`,
          {
            hint: "Close the other program, or log in without a browser on this machine: --no-browser",
            cause: error,
          },
        ),
      );
    });
    server.listen({ host: "127.0.0.1", port, exclusive: true }, resolve);
  });
}
