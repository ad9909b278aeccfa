import { spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "./npx.ts";
import { serverPerson } from "./postgres.ts";

const PROGRAM = "/usr/sbin/pgbouncer";
const START_MS = 20_000;

/** A PgBouncer of Debian's on a free port of this machine. */
export interface Pgbouncer {
  readonly port: number;
  url(database: string): string;
  close(): Promise<void>;
}

/**
 * Starts PgBouncer before databases that are named as in its file: `{ shop: "port=5432 dbname=shop pool_mode=session" }`.
 * The user is `owner`, without a password. Where it is not installed the answer is undefined and that is said aloud; in
 * continuous integration (HEADWATER_CI) it is a failure.
 */
export async function startPgbouncer(
  databases: Record<string, string>,
  settings: readonly string[] = [],
): Promise<Pgbouncer | undefined> {
  if (!existsSync(PROGRAM)) {
    const why = "PgBouncer is not installed, so the tests through it are left out: apt-get install pgbouncer";
    if (process.env.HEADWATER_CI) throw new Error(why);
    console.warn(why);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "headwater-pgbouncer-"));
  const [file, users, log] = ["pgbouncer.ini", "users.txt", "log"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const port = await freePort();
  const lines = [
    "[databases]",
    ...Object.entries(databases).map(([name, place]) => `${name} = host=127.0.0.1 ${place}`),
    "[pgbouncer]",
    `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =`,
    `auth_type = trust\nauth_file = ${users}\nlogfile = ${log}`,
    ...settings,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  writeFileSync(users, '"owner" ""\n');
  writeFileSync(log, "");
  const person = serverPerson();
  chmodSync(folder, 0o755);
  if (person.uid !== undefined)
    for (const one of [folder, file, users, log]) chownSync(one, person.uid, person.gid ?? person.uid);
  const child = spawn(PROGRAM, ["-q", file], { ...person, cwd: folder, stdio: "ignore" });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const bouncer: Pgbouncer = {
    port,
    url: (database) => `postgresql://owner@127.0.0.1:${port}/${database}`,
    async close() {
      process.off("exit", kill);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && kill()) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const until = Date.now() + START_MS;
  while (!(await answers(bouncer.url("nobody")))) {
    if (Date.now() > until) throw new Error(`PgBouncer does not answer: ${readFileSync(log, "utf8")}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return bouncer;
}

/** Whether somebody is there, who knows no such database. */
async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  const said = await client.connect().then(
    () => "",
    (error: Error) => error.message,
  );
  await client.end().catch(() => {});
  return /no such database/.test(said);
}
