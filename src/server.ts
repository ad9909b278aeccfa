import { once } from "node:events";
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type App, openApp } from "./app.ts";
import { CONNECTORS } from "./connectors/index.ts";
import { ConnectorError, type Viewer } from "./model/index.ts";
import { keptLog, levelOfEnvironment } from "./sources/kept-log.ts";
import type { LoadedConfig } from "./sources/load-config.ts";
import { LOG_LEVELS, stderrLog } from "./sources/log.ts";
import { type ChangeFeed, changeFeed } from "./tools/change-feed.ts";
import { createServer } from "./tools/create-server.ts";
import type { Desk } from "./tools/desk.ts";
import { buildSurface, TOOL_PROFILES, type ToolProfile } from "./tools/surface.ts";
import { tellConnection } from "./tools/tell-connection.ts";
import type { HttpDoor } from "./web/http.ts";
import type { Identity } from "./web/identity.ts";
import type { Room } from "./web/room.ts";
import { openStdio } from "./web/stdio.ts";

/** The part of the app that the doors need. */
export interface ServedApp extends Pick<App, "version" | "desk" | "close"> {
  readonly config: Pick<LoadedConfig, "sources" | "server">;
}

export interface ServeOptions {
  /** By default as configured. */
  profile?: ToolProfile;
  /** Only these tools; by default as configured. */
  tools?: readonly string[];
  /** Whose sources a client over stdio meets. */
  tenant?: string;
  /**
   * Whose sources are kept current meanwhile, at their times and by live news: by default those of the tenants served,
   * `true` those of every tenant, `false` nobody's.
   */
  schedule?: boolean;
  /** One line for the log; standard error by default. */
  log?: (line: string) => void;
}

export interface ServeHttpOptions extends ServeOptions {
  /** `host:port`; by default as configured. */
  listen?: string;
  /** Serve the pair of addresses of 2024 too. */
  legacySse?: boolean;
  /** Called with the address once requests are answered. */
  onReady?: (url: string) => void;
}

/** The store opens this long after the door, or with the first call that needs it: the handshake goes first. */
const OPEN_AFTER_MS = 250;

/** Leaving takes at most this long, whatever still hangs. */
const LEAVE_MS = 4500;

/**
 * Serves one client over stdin and stdout until it closes stdin or the process is told to stop, then closes the app.
 * The handshake and the lists are answered from the configuration; the store opens after them.
 */
export async function serveStdio(app: ServedApp, options: ServeOptions = {}): Promise<void> {
  const log = logOf(options);
  const surface = surfaceOf(app, options, options.tenant ?? "default");
  const feed = changeFeed();
  const desk = () => toldDesk(app, feed, options, options.tenant);
  let listening = false;
  const door = openStdio(
    ({ era }) => {
      const watched = new Set<string>();
      const server = createServer({ surface, desk, watched, personal: true });
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
  setTimeout(() => {
    follow(desk, options);
    const own = options.tenant ?? "default";
    if (options.schedule === true)
      for (const tenant of tenantsOf(app)) if (tenant !== own) follow(() => app.desk(tenant), options);
  }, OPEN_AFTER_MS).unref();
  await Promise.race([door.closed, toldToStop()]);
  leaveSoon();
  feed.close();
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
  for (const tenant of tenantsOf(app)) follow(() => app.desk(tenant), options);
  await stop;
  leaveSoon();
  await door.close();
  await app.close();
}

/** The same door without waiting, for callers that close it themselves. */
export async function openHttpDoor(app: ServedApp, options: ServeHttpOptions = {}): Promise<HttpDoor> {
  const { openHttp } = await import("./web/http.ts");
  const { http } = app.config.server;
  const { host, port } = addressOf(options.listen ?? http.listen);
  const single = http.token === undefined ? [] : [{ name: "token", token: http.token, tenant: "default" }];
  const log = logOf(options);
  const feeds: ChangeFeed[] = [];
  const door = await openHttp({
    host,
    port,
    tokens: [...single, ...http.tokens],
    hosts: http.hosts,
    origins: http.origins,
    legacySse: options.legacySse ?? false,
    version: app.version,
    onProblem: (message) => log(`http: ${message}`),
    hookOf: async (tenant, source) => (await app.desk(tenant)).engine.hook(source),
    roomOf: (identity) => {
      const { room, feed } = roomFor(app, options, identity);
      feeds.push(feed);
      return room;
    },
  });
  const close = async () => {
    for (const feed of feeds) feed.close();
    await door.close();
  };
  return { ...door, close };
}

/** What one identity is served: its tenant's tools, its viewer's eyes, notices of its changes. */
function roomFor(app: ServedApp, options: ServeOptions, identity: Identity): { room: Room; feed: ChangeFeed } {
  const surface = surfaceOf(app, options, identity.tenant);
  const feed = changeFeed();
  const desk = () => toldDesk(app, feed, options, identity.tenant, identity.viewer);
  const room: Room = {
    factory: () => createServer({ surface, desk }),
    lasting() {
      const watched = new Set<string>();
      const server = createServer({ surface, desk, watched });
      tellConnection(server, feed, () => watched);
      return server;
    },
    tell(bus) {
      desk().catch(() => undefined); // Who only listens opens the store too; a call tells what is wrong.
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

/** A desk whose changes the feed tells from here on. */
async function toldDesk(
  app: ServedApp,
  feed: ChangeFeed,
  { schedule }: ServeOptions,
  tenant?: string,
  viewer?: Viewer,
): Promise<Desk> {
  const desk = { ...(await app.desk(tenant, viewer)), keepsCurrent: schedule !== false };
  await feed.begin(desk);
  return desk;
}

/** Opens a store and keeps its sources current. */
function follow(desk: () => Promise<Desk>, options: ServeOptions): void {
  desk().then(
    ({ engine }) => options.schedule !== false && engine.watch(),
    (error) => logOf(options)(ConnectorError.from(error).message),
  );
}

function tenantsOf(app: ServedApp): Set<string> {
  return new Set(app.config.sources.map(({ entry }) => entry.settings.tenant));
}

async function toldToStop(): Promise<void> {
  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
}

function leaveSoon(): void {
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
    connectors: Object.keys(CONNECTORS),
  });
}

function addressOf(listen: string): { host: string; port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(listen) ?? [];
  if (host === undefined || Number(port) > 65_535)
    throw new ConnectorError("usage", "The address to listen on must be host:port.", {
      hint: "headwater serve --http 127.0.0.1:7800",
    });
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

/** Starts the server as its own program: `server.js [--http host:port] [--config file]`, over stdio by default. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: "string" },
      data: { type: "string" },
      http: { type: "string" },
      "legacy-sse": { type: "boolean" },
      "log-level": { type: "string" },
      "no-schedule": { type: "boolean" },
      schedule: { type: "boolean" },
      tenant: { type: "string" },
      "tool-profile": { type: "string" },
      tools: { type: "string" },
    },
  });
  const level = LOG_LEVELS.find((each) => each === values["log-level"]) ?? levelOfEnvironment();
  const log = keptLog(stderrLog(level ?? "warn"), level ?? "info");
  const app = await openApp({ configPath: values.config, dataFolder: values.data, log });
  log.keepIn(app.dataFolder);
  const options: ServeHttpOptions = {
    profile: TOOL_PROFILES.find((profile) => profile === values["tool-profile"]),
    tools: values.tools?.split(","),
    tenant: values.tenant,
    schedule: values["no-schedule"] === true ? false : values.schedule,
    log: (line) => log.warn("server.noticed", { line }),
    listen: values.http,
    legacySse: values["legacy-sse"],
    onReady: (url) => log.warn("server.listening", { url }),
  };
  await (values.http === undefined ? serveStdio(app, options) : serveHttp(app, options));
}

/** True when Node was started with this file; bundled code may lie in a chunk, so the program's own path is compared. */
function startedAsProgram(): boolean {
  const [, program] = process.argv;
  if (program === undefined || !existsSync(program)) return false;
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return realpathSync(program) === join(realpathSync(folder), "dist", "server.js");
}

if (startedAsProgram())
  main().catch((error: unknown) => {
    const { message, hint } = ConnectorError.from(error);
    process.stderr.write(`${message}\n${hint === undefined ? "" : `${hint}\n`}`);
    process.exitCode = 1;
  });
