import type { Reach } from "./connection.ts";
import type { Told } from "./explain.ts";

/** What PgBouncer says in its own words, mostly under one code (its source, 1.18 to 1.24; 2026-11). */
export function poolerSays(message: string, { host, port, user, database }: Reach): Told | undefined {
  const pooler = `The pooler at ${host}:${port}`;
  if (/^no such database|^database ".*" is disabled/.test(message))
    return [
      "config",
      `${pooler} has no database ${JSON.stringify(database)}.`,
      "Correct database, or add it under [databases] in pgbouncer.ini.",
    ];
  if (/^no such user|^"\w+" authentication failed/.test(message))
    return [
      "auth",
      `${pooler} does not let ${user} in.`,
      "Correct user and password, or add it to the pooler's auth_file.",
    ];
  if (/^SSL required/.test(message))
    return ["config", `${pooler} takes encrypted connections only.`, "Set ssl: verify-full with sslRootCert."];
  if (/^unsupported startup parameter/.test(message))
    return [
      "config",
      `${pooler} refuses what connectionString asks for under options.`,
      "Leave options out, or add it to ignore_startup_parameters in pgbouncer.ini.",
    ];
  if (/^transaction blocks not allowed in statement pooling mode/.test(message))
    return [
      "config",
      `${pooler} lends a connection for one statement only, and headwater reads in transactions.`,
      "Set pool_mode = transaction for this database in pgbouncer.ini, or use the server's own address.",
    ];
  if (/^no more connections allowed|^query_wait_timeout|^too many servers in the pool/.test(message))
    return [
      "rate_limited",
      `${pooler} has no connection left.`,
      "Lower poolSize, or raise max_client_conn and default_pool_size in pgbouncer.ini.",
      { retryAfterMs: 10_000 },
    ];
  if (/^server login|^client_login_timeout|^server_login_retry|^pgbouncer cannot connect|^cannot connect/.test(message))
    return [
      "unavailable",
      `${pooler} does not reach the database behind it.`,
      "See why in the pooler's log; check host and user under [databases] in pgbouncer.ini.",
    ];
  return undefined;
}
