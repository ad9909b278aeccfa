import { ConnectorError, type ErrorDetail, type ErrorKind } from "../kit/index.ts";
import type { Reach } from "./connection.ts";
import { poolerSays } from "./explain-pooler.ts";
import { tlsSays } from "./explain-tls.ts";

/** A kind, a sentence, and what to do next. */
export type Told = [kind: ErrorKind, message: string, hint?: string, detail?: ErrorDetail];

/** What an error of the driver or the server means, in our words. What the server says is only recognised, never shown. */
export function explained(error: unknown, at: { reach: Reach }, what = "The statement"): ConnectorError {
  if (error instanceof ConnectorError) return error;
  if (!(error instanceof Error)) return ConnectorError.from(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const known =
    poolerSays(error.message, at.reach) ??
    serverSays(code, error.message, at.reach, what) ??
    tlsSays(error, code, at.reach) ??
    networkSays(code, error.message, at.reach);
  if (known === undefined) return ConnectorError.from(error);
  const [kind, message, hint, detail] = known;
  return new ConnectorError(kind, message, { ...(hint !== undefined && { hint }), ...detail, cause: error });
}

const CONFLICT = /conflict with recovery/;

/** Whether a replica broke a reading off to go on with its primary's changes: asked again, it answers. */
export function isRecoveryConflict({ cause }: ConnectorError): boolean {
  return cause instanceof Error && CONFLICT.test(cause.message);
}

/** SQLSTATE codes: https://www.postgresql.org/docs/current/errcodes-appendix.html, 2026-11. */
function serverSays(code: string, message: string, reach: Reach, what: string): Told | undefined {
  const { user, database } = reach;
  switch (code) {
    case "28P01":
      return ["auth", `PostgreSQL refused the password of ${user}.`, "Set the right one in password or passwordFile."];
    case "28000":
      return refused(message, reach);
    case "3D000":
      return ["config", `The server has no database ${JSON.stringify(database)}.`, "Correct database."];
    case "42501":
      return ["permission", `${what} is not allowed for the role ${user}.`, `See what to grant: headwater test`];
    case "42P01":
      return ["not_found", `${what} names a table that is not there any more.`];
    case "42703":
    case "0A000":
      if (/during recovery/.test(message))
        return ["unsupported", `${what} is not possible on a replica.`, "Read it from the primary server."];
      return ["bad_response", `${what} no longer fits the table: its columns were changed just now.`];
    case "25006":
      return ["config", `${what} would write, which headwater never does.`, "Make it one SELECT that only reads."];
    case "42601":
      return ["config", `${what} is not one SELECT that PostgreSQL understands.`, "Try it in psql."];
    case "57014":
      if (/user request/.test(message)) return ["unavailable", `${what} was cancelled at the server.`];
      return [
        "unavailable",
        `${what} took longer than statementTimeoutSeconds.`,
        "Make the index that `headwater test` names, or raise statementTimeoutSeconds.",
      ];
    case "40001":
    case "40P01":
      if (!CONFLICT.test(message)) break;
      return [
        "unavailable",
        `${what} was cancelled by the replica, which had to go on with the changes of its primary.`,
        "It is tried again. Against it for good: hot_standby_feedback = on in the replica's postgresql.conf.",
      ];
    case "57P04":
      return ["config", `The database ${JSON.stringify(database)} was dropped.`];
  }
  if (code === "53300" || /remaining connection slots|too many clients/.test(message))
    return [
      "rate_limited",
      "The server has no connection left.",
      "Lower poolSize, raise the server's max_connections or the role's CONNECTION LIMIT, or put PgBouncer before it.",
      { retryAfterMs: 10_000 },
    ];
  if (/^(08|53|57P|58|XX|25P|40|55P)/.test(code)) return ["unavailable", `The server interrupted us (${code}).`];
  // A value that its column cannot hold: no row has it.
  if (/^22/.test(code)) return ["not_found", `${what} holds a value that its column cannot have (${code}).`];
  if (/^[0-9A-Z]{5}$/.test(code)) return ["unsupported", `${what} was refused by PostgreSQL (${code}).`];
  return undefined;
}

function refused(message: string, { user, database, mode, cert }: Reach): Told {
  if (/no encryption|SSL off/.test(message) && /no pg_hba\.conf entry/.test(message))
    return [
      "auth",
      `The server lets nobody in as ${user} to ${database} from here without encryption.`,
      "Set ssl: verify-full with sslRootCert. If it refuses that too, add a line to its pg_hba.conf.",
    ];
  if (/no pg_hba\.conf entry/.test(message))
    return [
      "auth",
      `The server lets nobody in as ${user} to ${database} from here.`,
      `Add a line to its pg_hba.conf, such as: hostssl ${database} ${user} <your address>/32 scram-sha-256`,
    ];
  if (/certificate/.test(message))
    return cert === undefined || /requires a valid client certificate/.test(message)
      ? ["auth", `The server wants a client certificate of ${user}.`, "Set sslCert and sslKey."]
      : [
          "auth",
          `The certificate in sslCert is not one of ${user}.`,
          `Have one made whose common name is ${user}, or let the server's pg_ident.conf map its name to ${user}.`,
        ];
  return [
    "auth",
    `The server did not let ${user} in${mode === "disable" ? " without encryption" : ""}.`,
    "Check user and password.",
  ];
}

const GONE = /terminated|Connection ended|timeout expired|timeout exceeded|Client was closed|not queryable|socket/i;

function networkSays(code: string, message: string, reach: Reach): Told | undefined {
  const server = `${reach.host}:${reach.port}`;
  if (/does not support SSL/.test(message))
    return [
      "config",
      `${server} does not encrypt connections.`,
      "Switch ssl on at the server, or set ssl: disable where the way to it is safe.",
    ];
  if (/client password must be a string|SASL/.test(message))
    return ["auth", `The server asks for the password of ${reach.user}.`, passwordHint(reach)];
  if (code === "ENOTFOUND") return ["unavailable", `No server is called ${reach.host}.`, "Check host."];
  if (code === "ECONNREFUSED" || code === "ENOENT")
    return ["unavailable", `No PostgreSQL answers at ${server}.`, "Check host and port, and that the server runs."];
  if (code === "ETIMEDOUT" || /timeout expired|due to connection timeout/.test(message))
    return [
      "unavailable",
      `${server} did not answer in time.`,
      "Check host and port and what lies on the way: a firewall, a VPN, or a pooler that does not reach its server.",
    ];
  if (/^E[A-Z]+$/.test(code) || GONE.test(message)) return ["unavailable", `The connection to ${server} broke.`];
  return undefined;
}

function passwordHint({ passwordFile, host, port, database, user }: Reach): string {
  if (passwordFile === undefined) return "Set password or passwordFile.";
  return `Add a line to the file that passwordFile names: ${host}:${port}:${database}:${user}:PASSWORD`;
}
