import type { App } from "../app.ts";
import { ConnectorError } from "../model/index.ts";
import { mistakeText } from "../sources/mistakes.ts";
import { plainLine } from "../sources/plain-text.ts";
import { logOf, openAppFor, type Session } from "./session.ts";

interface ServeOptions {
  http?: unknown;
  legacySse?: unknown;
  schedule?: unknown;
  toolProfile?: unknown;
}

/** `headwater serve`: MCP over stdio until the client leaves, or over HTTP until told to stop. */
export async function serve(given: Session, opts: ServeOptions): Promise<undefined> {
  const session: Session = { ...given, log: logOf(given.globals, "info") };
  if (opts.legacySse === true && opts.http === undefined) {
    throw new ConnectorError("usage", "--legacy-sse is a form of HTTP.", {
      hint: "Write: headwater serve --http --legacy-sse",
    });
  }
  const [app, server] = await Promise.all([openAppFor(session), import("../server.ts")]);
  for (const mistake of [...app.config.mistakes, ...app.config.warnings]) {
    session.log.warn("config.doubted", { says: mistakeText(mistake) });
  }
  const options = {
    log: (line: string) => session.log.info("server.told", { line: plainLine(line) }),
    ...(typeof opts.schedule === "boolean" && { schedule: opts.schedule }),
    ...(opts.toolProfile !== undefined && { profile: opts.toolProfile as "standard" | "per-source" }),
    ...(session.globals.tenant !== undefined && { tenant: session.globals.tenant }),
  };
  if (opts.http !== undefined) await openServerTokens(app);
  if (opts.http === undefined) await server.serveStdio(app, options);
  else
    await server.serveHttp(app, {
      ...options,
      ...(typeof opts.http === "string" && { listen: opts.http }),
      legacySse: opts.legacySse === true,
      onReady: (url) => session.terminal.note(`headwater serves MCP at ${url}. Stop with Ctrl+C.`),
    });
  return undefined;
}

/** The server's own tokens may be kept encrypted or elsewhere; too short a one opens nothing. */
async function openServerTokens({ config, secrets }: App): Promise<void> {
  for (const holder of [config.server.http, ...config.server.http.tokens]) {
    if (holder.token === undefined) continue;
    holder.token = await secrets.openText(holder.token);
    if (holder.token.length >= 16) continue;
    throw new ConnectorError("config", "A token of server.http is shorter than 16 characters.", {
      hint: "Keep a longer one: headwater secrets set <name>",
    });
  }
}
