import { readFileSync } from "node:fs";
import type { ClientConfig } from "pg";
import { ConnectorError } from "../kit/index.ts";
import type { PostgresConfig } from "./options.ts";
import { passwordIn } from "./password.ts";

const CONNECT_MS = 15_000;
const MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;
type Mode = (typeof MODES)[number];

/** Where a server is and who asks it. */
export interface Reach {
  host: string;
  port: number;
  database: string;
  user: string;
  mode: Mode;
  password: string | undefined;
}

/** What the options and the connection string say together; an option of its own wins. Throws `config`. */
export function reachOf(config: PostgresConfig): Reach {
  const said = config.connectionString === undefined ? {} : readAddress(config.connectionString);
  const host = config.host ?? said.host ?? "localhost";
  const user = config.user ?? said.user ?? "postgres";
  const mode = config.ssl ?? said.mode ?? (isLocal(host) ? "prefer" : "verify-full");
  return {
    host,
    user,
    mode,
    port: config.port ?? said.port ?? 5432,
    database: config.database ?? said.database ?? user,
    password: config.password ?? said.password,
  };
}

/** Whether a server is on this machine: a socket, or an address of the loopback. */
export function isLocal(host: string): boolean {
  return host.startsWith("/") || host === "localhost" || host === "::1" || /^127\./.test(host);
}

/** What the driver is given. Nothing is left to the PG… variables of the environment. */
export function clientConfig(config: PostgresConfig, reach: Reach, encrypted: boolean): ClientConfig {
  const { passwordFile } = config;
  return {
    host: reach.host,
    port: reach.port,
    database: reach.database,
    user: reach.user,
    // A function is asked for each connection, and its undefined keeps the driver from looking for a password elsewhere.
    password: () => (passwordFile === undefined ? reach.password : passwordIn(passwordFile, reach)) as string,
    ssl: encrypted ? tlsOf(config, reach) : false,
    application_name: "headwater",
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: { getTypeParser: () => asText as never },
  };
}

/** Values stay the text that the server sent: nothing is rounded, no time loses its microseconds. */
const asText = (value: string): string => value;

function tlsOf(config: PostgresConfig, { mode }: Reach): ClientConfig["ssl"] {
  const file = (path: string | undefined, option: string) => (path === undefined ? undefined : readPem(path, option));
  const [ca, cert, key] = [
    file(config.sslRootCert, "sslRootCert"),
    file(config.sslCert, "sslCert"),
    file(config.sslKey, "sslKey"),
  ];
  return {
    rejectUnauthorized: mode === "verify-ca" || mode === "verify-full",
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(mode === "verify-ca" && { checkServerIdentity: () => undefined }),
  };
}

function readPem(path: string, option: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConnectorError("config", `The file that ${option} names cannot be read.`, {
      hint: "Check the path and that your user may read it.",
      cause,
    });
  }
}

/** https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS, one server. */
function readAddress(written: string): Partial<Reach> {
  const address = URL.canParse(written) ? new URL(written) : undefined;
  if (address === undefined || !/^postgres(ql)?:$/.test(address.protocol))
    throw badAddress("It is not an address of one server.");
  const asked = address.searchParams;
  const mode = asked.get("sslmode") ?? undefined;
  if (mode !== undefined && !MODES.includes(mode as Mode)) throw badAddress("Its sslmode is not known.");
  const part = (value: string) => (value === "" ? undefined : decodePart(value));
  const host = asked.get("host") ?? part(address.hostname.replace(/^\[(.+)\]$/, "$1"));
  const port = asked.get("port") ?? address.port;
  return {
    host: host ?? undefined,
    port: port === "" ? undefined : Number(port),
    user: asked.get("user") ?? part(address.username),
    password: asked.get("password") ?? part(address.password),
    database: asked.get("dbname") ?? part(address.pathname.slice(1)),
    mode: mode as Mode | undefined,
  };
}

function decodePart(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw badAddress("A % in it is not followed by two digits: write a % in a password as %25.");
  }
}

function badAddress(why: string): ConnectorError {
  return new ConnectorError("config", `connectionString cannot be used. ${why}`, {
    hint: "Write it as postgresql://user:password@host:5432/database, or use host, database, user and password.",
  });
}
