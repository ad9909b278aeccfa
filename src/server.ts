import { once } from "node:events";
import { ConnectorError, type Viewer } from "./model/index.ts";
import type { SourceEntry } from "./sources/source.ts";
import { type ChangeFeed, changeFeed } from "./tools/change-feed.ts";
import { createServer } from "./tools/create-server.ts";
import type { Desk } from "./tools/desk.ts";
import { buildSurface, type ToolProfile } from "./tools/surface.ts";
import { tellConnection } from "./tools/tell-connection.ts";
import { type HttpDoor, openHttp } from "./web/http.ts";
import type { Identity, Token } from "./web/identity.ts";
import type { Room } from "./web/room.ts";
import { openStdio } from "./web/stdio.ts";

/** How HTTP is served; tokens in the clear. */
interface HttpConfig {
  listen: string;
  hosts: string[];
  origins: string[];
  /** A single token, which opens the default tenant. */
  token?: string;
  tokens: Token[];
}

/** The part of the app that the doors need. */
export interface ServedApp {
  readonly config: {
    readonly sources: readonly { readonly entry: SourceEntry }[];
    readonly server: { toolProfile?: ToolProfile; tools?: string[]; http?: HttpConfig };
  };
  readonly version: string;
  desk(tenant?: string, viewer?: Viewer): Promise<Desk>;
  close(): Promise<void>;
}

export interface ServeOptions {
  profile?: ToolProfile;
  /** Only these tools. */
  tools?: readonly string[];
  tenant?: string;
  /** Connectors that could be added, for completion. */
  connectors?: readonly string[];
  /** One line for the log; standard error by default. */
  log?: (line: string) => void;
}

export interface ServeHttpOptions extends ServeOptions {
  /** `host:port`; by default as configured. */
  listen?: string;
  /** Serve the 2024 pair of addresses too. */
  legacySse?: boolean;
  /** Called with the address once requests are answered. */
  onReady?: (url: string) => void;
}

/** Leaving takes at most this long, whatever still hangs. */
const LEAVE_MS = 4500;
const DEFAULT_LISTEN = "127.0.0.1:7800";

/**
 * Serves one client over stdin and stdout until it closes stdin or the process is told to stop, then closes the app.
 * The handshake and the lists are answered from the configuration; the store opens beside it.
 */
export async function serveStdio(app: ServedApp, options: ServeOptions = {}): Promise<void> {
  const log = logOf(options);
  const surface = surfaceOf(app, options, options.tenant ?? "default");
  const desk = () => app.desk(options.tenant);
  let feed: ChangeFeed | undefined;
  let listening = false;
  const door = openStdio(
    ({ era }) => {
      const watched = new Set<string>();
      const server = createServer({ surface, desk, watched });
      feed ??= changeFeed(desk);
      tellConnection(server, feed, () => (era === "modern" ? listening || undefined : watched));
      return server;
    },
    {
      onProblem: (message) => log(`mcp: ${message}`),
      onListen: () => {
        listening = true;
      },
    },
  );
  for (const warning of surface.warnings) log(warning);
  desk().catch((error: Error) => log(error.message));
  await Promise.race([door.closed, toldToStop()]);
  setTimeout(() => process.exit(), LEAVE_MS).unref();
  feed?.close();
  await door.close();
  await app.close();
}

/**
 * Serves any number of clients over Streamable HTTP until the process is told to stop, then closes the app.
 * Throws `config` when the address would be open to others without a token.
 */
export async function serveHttp(app: ServedApp, options: ServeHttpOptions = {}): Promise<void> {
  const stop = toldToStop();
  const door = await openHttpDoor(app, options);
  options.onReady?.(door.url);
  await stop;
  await door.close();
  await app.close();
}

/** The same, without waiting: for callers that close it themselves. */
export async function openHttpDoor(app: ServedApp, options: ServeHttpOptions = {}): Promise<HttpDoor> {
  const http = app.config.server.http;
  const [, host, port] = /^(.*):(\d{1,5})$/.exec(options.listen ?? http?.listen ?? DEFAULT_LISTEN) ?? [];
  if (host === undefined || Number(port) > 65_535)
    throw new ConnectorError("usage", "The address to listen on must be host:port.", {
      hint: `headwater serve --http ${DEFAULT_LISTEN}`,
    });
  const single = http?.token === undefined ? [] : [{ name: "token", token: http.token, tenant: "default" }];
  const log = logOf(options);
  const feeds: ChangeFeed[] = [];
  const door = await openHttp({
    host: host.replace(/^\[|\]$/g, ""),
    port: Number(port),
    tokens: [...single, ...(http?.tokens ?? [])],
    hosts: http?.hosts ?? [],
    origins: http?.origins ?? [],
    legacySse: options.legacySse ?? false,
    version: app.version,
    onProblem: (message) => log(`http: ${message}`),
    roomOf: (identity) => {
      const { room, feed } = roomFor(app, options, identity);
      feeds.push(feed);
      return room;
    },
  });
  return {
    ...door,
    async close() {
      for (const feed of feeds) feed.close();
      await door.close();
    },
  };
}

/** What one identity is served: its tenant's tools, its viewer's eyes, notices of its changes. */
function roomFor(app: ServedApp, options: ServeOptions, identity: Identity): { room: Room; feed: ChangeFeed } {
  const surface = surfaceOf(app, options, identity.tenant);
  const desk = () => app.desk(identity.tenant, identity.viewer);
  const feed = changeFeed(desk);
  const room: Room = {
    factory: () => createServer({ surface, desk }),
    lasting() {
      const watched = new Set<string>();
      const server = createServer({ surface, desk, watched });
      tellConnection(server, feed, () => watched);
      return server;
    },
    tell(bus) {
      feed.listen({
        wanted: bus.wanted,
        notice({ updated, listChanged }) {
          for (const uri of updated) bus.updated(uri);
          if (listChanged) bus.listChanged();
        },
      });
    },
  };
  return { room, feed };
}

/** Settles with the first signal to stop. From then on the process has a short time to leave. */
async function toldToStop(): Promise<void> {
  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  setTimeout(() => process.exit(), LEAVE_MS).unref();
}

function logOf(options: ServeOptions): (line: string) => void {
  return options.log ?? ((line) => void process.stderr.write(`${line}\n`));
}

function surfaceOf(app: ServedApp, options: ServeOptions, tenant: string) {
  const { sources, server } = app.config;
  return buildSurface({
    version: app.version,
    sources: sources
      .filter(({ entry: { settings } }) => settings.enabled && settings.tenant === tenant)
      .map(({ entry }) => entry.id),
    profile: options.profile ?? server.toolProfile,
    allow: options.tools ?? server.tools,
    connectors: options.connectors,
  });
}

export { createServer };
