import type { ClientConfig } from "pg";
import { ConnectorError } from "../kit/index.ts";
import { type Mode, readAddress, type Said } from "./address.ts";
import type { PostgresConfig } from "./options.ts";
import { passwordIn } from "./password.ts";
import { readService } from "./service.ts";
import { type Proofs, tlsOf } from "./tls.ts";

const CONNECT_MS = 15_000;

/** Where a server is, who asks it, and how the two prove who they are. */
export interface Reach extends Proofs {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string | undefined;
  passwordFile: string | undefined;
  startup: string | undefined;
}

/** What the options, the address and the service say together: an earlier one of them wins. Throws `config`. */
export function reachOf(config: PostgresConfig): Reach {
  const address = config.connectionString === undefined ? {} : readAddress(config.connectionString, "connectionString");
  return reached(config, ownWords(config), address);
}

/**
 * Where news is listened for: at `notifyAddress`, as the same role and with the same proofs, else where everything else goes.
 * Throws `config`.
 */
export function newsReachOf(config: PostgresConfig, usual: Reach): Reach {
  if (config.notifyAddress === undefined) return usual;
  const bare = config.notifyAddress.replace(/^postgres(ql)?:\/\//, "");
  const { host, port, database } = readAddress(`postgresql://${bare}`, "notifyAddress");
  if (host === undefined || bare.includes("@"))
    throw new ConnectorError("config", "notifyAddress cannot be used. It is more, or less, than a host.", {
      hint: "Write it as db.example.com:5432, or db.example.com:5432/database. The role and password are those of the source.",
    });
  const mode = config.ssl ?? (isLocal(host) === isLocal(usual.host) ? usual.mode : usualMode(host));
  return { ...usual, host, mode, port: port ?? 5432, database: database ?? usual.database };
}

function reached(config: PostgresConfig, own: Partial<Said>, address: Partial<Said>): Reach {
  const name = own.service ?? address.service;
  const service = name === undefined ? {} : readService(name, config.serviceFile);
  const said: Partial<Said> = { ...defined(service), ...defined(address), ...defined(own) };
  const host = said.host ?? "localhost";
  const user = said.user ?? "postgres";
  const asksSystem = said.rootCert === "system";
  return {
    host,
    user,
    mode: asksSystem ? "verify-full" : (said.mode ?? usualMode(host)),
    port: said.port ?? 5432,
    database: said.database ?? user,
    password: said.password,
    passwordFile: config.passwordFile ?? (said.password === undefined ? said.passwordFile : undefined),
    rootCert: said.rootCert,
    cert: said.cert,
    key: said.key,
    keyPassword: said.keyPassword,
    startup: said.startup,
  };
}

function usualMode(host: string): Mode {
  return isLocal(host) ? "prefer" : "verify-full";
}

function ownWords(config: PostgresConfig): Partial<Said> {
  return {
    host: config.host,
    port: config.port,
    database: config.database,
    user: config.user,
    password: config.password,
    service: config.service,
    mode: config.ssl,
    rootCert: config.sslRootCert,
    cert: config.sslCert,
    key: config.sslKey,
    keyPassword: config.sslKeyPassword,
  };
}

function defined(said: Partial<Said>): Partial<Said> {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

/** Whether a server is on this machine: a socket, or an address of the loopback. */
export function isLocal(host: string): boolean {
  return host.startsWith("/") || host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

/** What the driver is given. No host, name or password is left to the PG… variables of the environment. */
export function clientConfig(reach: Reach, encrypted: boolean): ClientConfig {
  const { passwordFile, startup } = reach;
  return {
    host: reach.host,
    port: reach.port,
    database: reach.database,
    user: reach.user,
    // A function is asked for each connection, and its undefined keeps the driver from looking for a password elsewhere.
    password: () => (passwordFile === undefined ? reach.password : passwordIn(passwordFile, reach)) as string,
    ssl: encrypted ? tlsOf(reach) : false,
    ...(startup !== undefined && { options: startup }),
    application_name: "headwater",
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: { getTypeParser: () => asText as never },
  };
}

/** Values stay the text that the server sent: nothing is rounded, no time loses its microseconds. */
const asText = (value: string): string => value;
