import { homedir } from "node:os";
import { isAbsolute } from "node:path";
import { ConnectorError } from "../kit/index.ts";

const MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;
/** How a connection is encrypted, in libpq's words. */
export type Mode = (typeof MODES)[number];

/** What an address says; what it does not say is undefined. */
export interface Said {
  host: string | undefined;
  port: number | undefined;
  database: string | undefined;
  user: string | undefined;
  password: string | undefined;
  passwordFile: string | undefined;
  mode: Mode | undefined;
  /** `system`: the authorities that Node knows, and verify-full. */
  rootCert: string | undefined;
  cert: string | undefined;
  key: string | undefined;
  keyPassword: string | undefined;
  /** Parameters that the server is started with for us, such as Neon's endpoint. */
  startup: string | undefined;
  service: string | undefined;
}

/**
 * An address of one server as people have it: `postgresql://…`, or `host=… dbname=…`
 * (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING, 2026-11). Parameters that it may have beside
 * those of `Said` are left alone. Throws `config`, in the name of the option that it stands in.
 */
export function readAddress(written: string, option: string): Said {
  const asked = /^\s*[a-z_]+\s*=/.test(written) ? readPairs(written, option) : readUrl(written, option);
  return saidIn(asked, option);
}

/** What parameters of libpq mean here. Throws `config`, in the name of where they stand. */
export function saidIn(asked: ReadonlyMap<string, string>, place: string): Said {
  const value = (name: string) => asked.get(name) || undefined;
  const path = (name: string) => wholePath(value(name), name, place);
  const host = value("host") ?? value("hostaddr");
  if (host?.includes(",")) throw badAddress(place, "It names several servers: name one.");
  return {
    host,
    port: portIn(value("port"), place),
    database: value("dbname"),
    user: value("user"),
    password: value("password"),
    passwordFile: path("passfile"),
    mode: modeIn(value("sslmode"), place),
    rootCert: value("sslrootcert") === "system" ? "system" : path("sslrootcert"),
    cert: path("sslcert"),
    key: path("sslkey"),
    keyPassword: value("sslpassword"),
    startup: value("options"),
    service: value("service"),
  };
}

function portIn(port: string | undefined, place: string): number | undefined {
  if (port === undefined) return undefined;
  if (/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536) return Number(port);
  throw badAddress(place, "Its port is not a number from 1 to 65535.");
}

function modeIn(mode: string | undefined, place: string): Mode | undefined {
  if (mode === undefined || MODES.includes(mode as Mode)) return mode as Mode | undefined;
  if (mode === "allow") return "prefer";
  throw badAddress(place, "Its sslmode is not known.");
}

function wholePath(path: string | undefined, name: string, place: string): string | undefined {
  const whole = path?.replace(/^~(?=\/)/, homedir());
  if (whole === undefined || isAbsolute(whole)) return whole;
  throw new ConnectorError("config", `The path of ${name} in ${place} does not begin at the root.`, {
    hint: "Write the whole path, or one that begins with ~/.",
  });
}

function readUrl(written: string, option: string): Map<string, string> {
  const address = URL.canParse(written) ? new URL(written) : undefined;
  if (address === undefined || !/^postgres(ql)?:$/.test(address.protocol))
    throw badAddress(option, "It is not an address of one server.");
  const part = (value: string) => decodePart(value, option);
  return new Map([
    ["host", part(address.hostname.replace(/^\[(.+)\]$/, "$1"))],
    ["port", address.port],
    ["user", part(address.username)],
    ["password", part(address.password)],
    ["dbname", part(address.pathname.slice(1))],
    ...address.searchParams,
  ]);
}

function decodePart(value: string, option: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw badAddress(option, "A % in it is not followed by two digits: write a % in a password as %25.");
  }
}

const PAIR = /\s*([a-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)*)(?=\s|$)/gsy;

function readPairs(written: string, option: string): Map<string, string> {
  const pairs = [...written.trim().matchAll(PAIR)];
  const isWhole = pairs.map(([text]) => text).join("") === written.trim();
  if (!isWhole) throw badAddress(option, "What it says after its first words cannot be read.");
  return new Map(
    pairs.map(([, name = "", value = ""]) => [name, value.replace(/^'(.*)'$/s, "$1").replace(/\\(.)/gs, "$1")]),
  );
}

function badAddress(place: string, why: string): ConnectorError {
  return new ConnectorError("config", `${place} cannot be used. ${why}`, {
    hint: "Write it as postgresql://user:password@host:5432/database, or use host, database, user and password.",
  });
}
