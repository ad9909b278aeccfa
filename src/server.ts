import { once } from "node:events";
import type { Viewer } from "./model/index.ts";
import type { SourceEntry } from "./sources/source.ts";
import { type ChangeFeed, changeFeed } from "./tools/change-feed.ts";
import { createServer } from "./tools/create-server.ts";
import type { Desk } from "./tools/desk.ts";
import { buildSurface, type ToolProfile } from "./tools/surface.ts";
import { tellConnection } from "./tools/tell-connection.ts";
import { openStdio } from "./web/stdio.ts";

/** The part of the app that the doors need. */
export interface ServedApp {
  readonly config: {
    readonly sources: readonly { readonly entry: SourceEntry }[];
    readonly server: { toolProfile?: ToolProfile; tools?: string[] };
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

/** Leaving takes at most this long, whatever still hangs. */
const LEAVE_MS = 4500;

/**
 * Serves one client over stdin and stdout until it closes stdin or the process is told to stop, then closes the app.
 * The handshake and the lists are answered from the configuration; the store opens beside it.
 */
export async function serveStdio(app: ServedApp, options: ServeOptions = {}): Promise<void> {
  const log = options.log ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const surface = surfaceOf(app, options);
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
  await Promise.race([door.closed, once(process, "SIGTERM"), once(process, "SIGINT")]);
  setTimeout(() => process.exit(), LEAVE_MS).unref();
  feed?.close();
  await door.close();
  await app.close();
}

function surfaceOf(app: ServedApp, options: ServeOptions) {
  const tenant = options.tenant ?? "default";
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
