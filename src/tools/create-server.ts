import { ProtocolError, ProtocolErrorCode, Server } from "@modelcontextprotocol/server";
import { ConnectorError } from "../model/index.ts";
import { runTool } from "./call.ts";
import { callWithLogin, showsPages } from "./call-with-login.ts";
import { completeArgument } from "./complete.ts";
import type { Desk } from "./desk.ts";
import { forAssistant } from "./hints.ts";
import { getPrompt, LISTED_PROMPTS } from "./prompts.ts";
import { listResources, RESOURCE_TEMPLATES, readResource } from "./resources.ts";
import type { Surface } from "./surface.ts";

const CACHED = { ttlMs: 300_000, cacheScope: "private" } as const;
const FRESH = { ttlMs: 5_000, cacheScope: "private" } as const;
const MOST_WATCHED = 1000;

export interface ServerParts {
  surface: Surface;
  /** Opens on first use; the handshake and the lists do not wait for it. */
  desk: () => Promise<Desk>;
  /** Addresses that a client of the 2025 era subscribed to; kept by the door that holds the connection. */
  watched?: Set<string>;
  /** The client belongs to the person whose sources these are, on this machine: it may be asked to show a login page. */
  personal?: boolean;
}

/** One MCP server: cheap, without state of its own, made anew for each HTTP request and each stdio connection. */
export function createServer({ surface, desk, watched = new Set(), personal = false }: ServerParts): Server {
  const server = new Server(
    { name: "headwater", title: "headwater", version: surface.version },
    {
      instructions: surface.instructions,
      capabilities: { tools: {}, resources: { subscribe: true, listChanged: true }, prompts: {}, completions: {} },
      cacheHints: {
        "server/discover": CACHED,
        "tools/list": CACHED,
        "prompts/list": CACHED,
        "resources/templates/list": CACHED,
        "resources/list": FRESH,
        "resources/read": FRESH,
      },
    },
  );
  server.setRequestHandler("tools/list", () => ({ tools: surface.listed }));
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    const tool = surface.tools.get(params.name);
    if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no tool of this name.");
    if (personal && showsPages(server, context)) return callWithLogin(tool, params.arguments, desk, context);
    return (await runTool(tool, params.arguments, desk, context)).result;
  });
  server.setRequestHandler("resources/list", ({ params }) =>
    safely(async () => listResources(await desk(), params?.cursor)),
  );
  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: RESOURCE_TEMPLATES }));
  server.setRequestHandler("resources/read", ({ params }, context) =>
    safely(async () => readResource(await desk(), params.uri, context.mcpReq.signal)),
  );
  server.setRequestHandler("resources/subscribe", ({ params }) => {
    if (watched.size < MOST_WATCHED) watched.add(params.uri);
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", ({ params }) => {
    watched.delete(params.uri);
    return {};
  });
  server.setRequestHandler("prompts/list", () => ({ prompts: LISTED_PROMPTS }));
  server.setRequestHandler("prompts/get", ({ params }) => getPrompt(params.name, params.arguments ?? {}));
  server.setRequestHandler("completion/complete", ({ params }) =>
    safely(() => completeArgument(params, surface, desk)),
  );
  return server;
}

/** Lets only protocol errors and our own sentences out: the words of an unforeseen error may hold a path. */
async function safely<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof ProtocolError) throw thrown;
    const { message, hint } = ConnectorError.from(thrown);
    throw new ProtocolError(ProtocolErrorCode.InternalError, hint ? `${message} ${forAssistant(hint)}` : message);
  }
}
