import { z } from "zod";
import { effect, localPath, mainOption, secret } from "../kit/index.ts";
import { Filter, QueryOptions, ROW_OPTIONS, TableOptions } from "../kit/sql/index.ts";

const words = (fallback: string[], description: string) =>
  z.array(z.string().min(1)).default(fallback).describe(description);
const text = (description: string) => z.string().min(1).optional().describe(description);

/** What decides how the server is reached; it changes nothing that is stored. */
const REACH = {
  connectionString: effect(
    secret("Address with everything in it, such as postgresql://reader:password@db.example.com:5432/shop.", {
      variables: ["DATABASE_URL", "POSTGRES_URL"],
    }).optional(),
    "cosmetic",
  ),
  service: effect(text("A service of ~/.pg_service.conf: host, database, user and more come from there."), "cosmetic"),
  serviceFile: effect(localPath("Another file of services than ~/.pg_service.conf.").optional(), "cosmetic"),
  host: effect(text("The server, or the folder of its socket. Default: localhost."), "cosmetic"),
  port: effect(z.number().int().min(1).max(65_535).optional().describe("Default: 5432."), "cosmetic"),
  database: text("The database. Default: the one named like the user."),
  user: text("The role to sign in as. Default: postgres."),
  password: effect(secret("The role's password.", { variables: ["PGPASSWORD"] }).optional(), "cosmetic"),
  passwordFile: effect(
    localPath(
      "A file with the password alone, or of the form of .pgpass. It is read for each connection, so that a program may renew it.",
    ).optional(),
    "cosmetic",
  ),
  ssl: effect(
    z
      .enum(["disable", "prefer", "require", "verify-ca", "verify-full"])
      .optional()
      .describe("How the connection is encrypted. Default: verify-full, and prefer for a server on this machine."),
    "cosmetic",
  ),
  sslRootCert: effect(localPath("The certificate authority of the server, a .pem file.").optional(), "cosmetic"),
  sslCert: effect(localPath("A client certificate, a .pem file, with sslKey.").optional(), "cosmetic"),
  sslKey: effect(localPath("The key to sslCert, a .pem file.").optional(), "cosmetic"),
  sslKeyPassword: effect(secret("What sslKey is locked with.").optional(), "cosmetic"),
  poolSize: effect(
    z.number().int().min(1).max(50).default(5).describe("Connections that are open at most."),
    "cosmetic",
  ),
  batchSize: effect(
    z.number().int().min(1).max(10_000).default(1000).describe("Rows that are read at once."),
    "cosmetic",
  ),
  statementTimeoutSeconds: effect(
    z.number().int().min(1).default(60).describe("The server stops a statement of ours after this time."),
    "cosmetic",
  ),
};

/** The options of a `postgresql` source. */
export const PostgresConfig = z.object({
  ...REACH,
  tables: mainOption(
    effect(
      z
        .array(z.union([z.string().min(1), TableOptions]))
        .default([])
        .describe(
          "Tables and views to follow, such as public.tickets or sales.*; one may be a map with `name` and options of its own. " +
            "Empty: all tables of the schemas that the role may read.",
        ),
      "widening",
    ),
  ),
  excludeTables: effect(words([], "Tables to leave out, such as public.audit_*; wins over tables."), "narrowing"),
  schema: z.string().min(1).default("public").describe("The schema of tables that are named without one."),
  schemas: words([], "Several schemas, in place of schema."),
  includeViews: effect(
    z.boolean().default(false).describe("Also follow the views of the schemas; one that is named in tables always is."),
    "widening",
  ),
  queries: z
    .array(QueryOptions)
    .default([])
    .describe("SELECTs to follow like tables: a list of maps with name, sql and idColumns."),
  where: z
    .record(z.string(), Filter)
    .default({})
    .describe("Which rows to take, by table and column: {public.tickets: {status: [open, waiting]}}."),
  ...ROW_OPTIONS,
  incrementalMode: z
    .enum(["auto", "timestamp", "xmin", "full"])
    .default("auto")
    .describe(
      "How changes are found: by timestampColumn, by the number of the transaction that wrote a row (xmin), or by reading all. " +
        "auto: by xmin where a table is small or has no timestampColumn, else by that.",
    ),
  safetyLagSeconds: effect(
    z
      .number()
      .min(0)
      .default(30)
      .describe("By timestampColumn: how far behind its start each sync looks again, for what was committed late."),
    "cosmetic",
  ),
  timeZone: z.string().min(1).default("UTC").describe("The time zone of columns without one, such as Europe/Berlin."),
  maxCellChars: z.number().int().min(100).max(1_000_000).default(20_000).describe("Longer values are cut. Characters."),
  describeTables: z
    .boolean()
    .default(true)
    .describe("Also keep a description of each table: its columns, comments and foreign keys."),
  notifyChannel: effect(
    z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,62}$/, "is made of small letters, digits and _")
      .optional()
      .describe("The channel that triggers tell changes on, such as headwater. `headwater test` prints the triggers."),
    "cosmetic",
  ),
  notifyAddress: effect(
    text(
      "Where to listen for notifyChannel, when everything else goes to a pooler or a replica: the server itself, such as " +
        "db.example.com:5432, or db.example.com:5432/shop where it calls the database something else.",
    ),
    "cosmetic",
  ),
});
export type PostgresConfig = z.output<typeof PostgresConfig>;
