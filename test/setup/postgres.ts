import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "./npx.ts";

const ROOT = "/usr/lib/postgresql";
const START_MS = 30_000;

/** A real PostgreSQL server of this machine on a free loopback port, with a folder that goes with it. */
export interface PostgresServer {
  readonly port: number;
  /** The address of a database for its owner. */
  url(database: string): string;
  /** Runs statements as the owner, each text as one simple query. */
  run(database: string, ...statements: string[]): Promise<pg.QueryResult[]>;
  /** A connection of the owner. */
  connect(database: string): Promise<pg.Client>;
  /** What the server wrote into its log, with every statement that it was asked. */
  log(): string;
  /** Stops it at once and starts it again on the same port. */
  restart(): Promise<void>;
  /** Stops it at once; its data stay for `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

/**
 * Starts Debian's PostgreSQL. Where it is not installed the answer is undefined and that is said aloud; in continuous
 * integration (HEADWATER_CI) it is a failure. The server refuses to run as root: it then runs as the user `postgres`.
 * `settings` are lines of postgresql.conf.
 */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer | undefined> {
  const programs = programFolder();
  if (programs === undefined) {
    const why = "PostgreSQL is not installed, so the tests against it are left out: apt-get install postgresql";
    if (process.env.HEADWATER_CI) throw new Error(why);
    console.warn(why);
    return undefined;
  }
  return startIn(programs, settings, (data) => [
    "initdb",
    ["-D", data, "-U", "owner", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
  ]);
}

/** Starts a replica of a running server, which follows it. */
export async function startReplica(primary: PostgresServer, settings: readonly string[] = []): Promise<PostgresServer> {
  const source = ["-h", "127.0.0.1", "-p", String(primary.port), "-U", "owner"];
  const copied = (data: string): Creation => [
    "pg_basebackup",
    ["-D", data, ...source, "-R", "-c", "fast", "--no-sync"],
  ];
  return startIn(programFolder() as string, settings, copied);
}

/** The program that makes a server's data, and its arguments. */
type Creation = [program: string, args: string[]];

async function startIn(
  programs: string,
  settings: readonly string[],
  creation: (data: string) => Creation,
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-postgres-"));
  const data = join(folder, "data");
  const person = serverPerson();
  if (person.uid !== undefined) chownSync(folder, person.uid, person.gid ?? person.uid);
  const [program, args] = creation(data);
  execFileSync(join(programs, program), args, { ...person, cwd: folder, stdio: "ignore" });
  const port = await freePort();
  const logFile = join(folder, "server.log");
  const options = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "log_statement=all", ...settings];
  let child: ChildProcess | undefined;

  const server: PostgresServer = {
    port,
    url: (database) => `postgresql://owner@127.0.0.1:${port}/${database}`,
    async connect(database) {
      const client = new pg.Client({ connectionString: server.url(database) });
      client.on("error", () => {}); // a server that is stopped by the test
      await client.connect();
      return client;
    },
    async run(database, ...statements) {
      const client = await server.connect(database);
      try {
        const results: pg.QueryResult[] = [];
        for (const statement of statements) results.push(await client.query(statement));
        return results;
      } finally {
        await client.end();
      }
    },
    log: () => readFileSync(logFile, "utf8"),
    async start() {
      const place = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder];
      const written = options.flatMap((option) => ["-c", option]);
      child = spawn(
        "/bin/sh",
        ["-c", `exec "$0" "$@" 2>>'${logFile}'`, join(programs, "postgres"), ...place, ...written],
        {
          ...person,
          cwd: folder,
          stdio: "ignore",
        },
      );
      process.once("exit", () => child?.kill("SIGQUIT"));
      await untilReady(server);
    },
    async stop() {
      const running = child;
      child = undefined;
      if (running === undefined || running.exitCode !== null) return;
      const ended = new Promise((resolve) => running.once("exit", resolve));
      running.kill("SIGQUIT"); // at once, as a crash
      await ended;
    },
    async restart() {
      await server.stop();
      await server.start();
    },
    async close() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await server.start();
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

/** The newest installed version's programs. */
function programFolder(): string | undefined {
  const versions = existsSync(ROOT) ? readdirSync(ROOT).sort((left, right) => Number(right) - Number(left)) : [];
  return versions.map((version) => join(ROOT, version, "bin")).find((bin) => existsSync(join(bin, "initdb")));
}

/** Who the server runs as, where that is not whoever runs the tests. */
export function serverPerson(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const number = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: number("-u"), gid: number("-g") };
}

async function untilReady(server: PostgresServer): Promise<void> {
  const until = Date.now() + START_MS;
  for (;;) {
    try {
      await server.run("postgres", "SELECT 1");
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
