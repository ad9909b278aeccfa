import { statSync } from "node:fs";
import { ConnectorError, type TestAnswer } from "../kit/index.ts";
import { isMeant, writtenName } from "../kit/sql/index.ts";
import { type Catalogue, catalogueOf, type Relation } from "./catalogue.ts";
import { isLocal } from "./connection.ts";
import { followedTables } from "./containers.ts";
import { isPooled } from "./hearing.ts";
import { entryFor, type Plan, planOf, schemasOf } from "./plan.ts";
import { followedQuery } from "./queries.ts";
import { type PostgresContext, readRows } from "./read.ts";
import { tellNews } from "./test-news.ts";
import { tellPace } from "./test-pace.ts";
import { tellReplica } from "./test-replica.ts";
import { lastDayOf } from "./tls.ts";
import { pasted } from "./trigger.ts";

/** What `test` finds, as it grows. */
export type Findings = Required<TestAnswer>;

/** Tables that are described one by one; the others are counted. */
const MOST_TOLD = 25;
/** Rows from which an index is worth its making. */
const MANY_ROWS = 10_000;

const SERVER = `
SELECT current_user, current_database(), current_setting('server_version'), pg_is_in_recovery(),
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
  coalesce(pg_has_role('pg_read_all_stats', 'USAGE'), false),
  current_setting('max_connections'), (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
  to_regprocedure('public.headwater_notify()') IS NOT NULL`;

/** Who the role is, what it may read, what it may not and the statement that changes that. */
export async function testServer(ctx: PostgresContext): Promise<TestAnswer> {
  const [row] = await readRows(ctx, SERVER);
  const [role = "", database, version, replica, isSuper, seesAll, most, used, hasFunction] = row as string[];
  const { host, port } = ctx.api.reach;
  const server = [
    `PostgreSQL ${version?.split(" ")[0]}`,
    ...(replica === "t" ? ["a replica"] : []),
    ...((await throughPooler(ctx)) ? ["through a pooler"] : []),
  ];
  const found: Findings = {
    account: `${role} on ${database} at ${host}:${port} (${server.join(", ")})`,
    granted: [],
    missing: [],
    limits: [
      `${used} of the server's ${most} connections are in use, ${ctx.config.poolSize} at most by this source; ` +
        `a statement may take ${ctx.config.statementTimeoutSeconds} s`,
    ],
    warnings: [],
  };
  if (replica === "t") await tellReplica(ctx, found);
  const lastDay = ctx.api.reach.cert === undefined ? undefined : lastDayOf(ctx.api.reach.cert);
  if (lastDay !== undefined) found.limits.push(`the certificate in sslCert ends on ${lastDay}`);
  const catalogue = await catalogueOf(ctx, true);
  const plans = (await followedTables(ctx)).map((one) => planOf(ctx.config, one));
  tellTables(plans, found);
  await tellQueries(ctx, found);
  tellMissing(ctx, catalogue, role, found);
  for (const plan of plans) tellTable(ctx, plan, role, found);
  tellConnection(ctx, { role, isSuper: isSuper === "t" }, plans, found);
  if (plans.some(({ mode }) => mode === "timestamp") && seesAll !== "t" && isSuper !== "t")
    found.warnings.push(
      `A transaction that begins, waits longer than safetyLagSeconds and only then writes is seen within six hours. To see it at once: GRANT pg_read_all_stats TO ${pasted(role)};`,
    );
  await tellNews(ctx, hasFunction === "t", plans, found);
  return found;
}

async function throughPooler(ctx: PostgresContext): Promise<boolean> {
  const client = await ctx.api.connect();
  try {
    return await isPooled(client);
  } finally {
    client.release();
  }
}

const MODES = {
  timestamp: (plan: Plan) => `changes by ${plan.clock?.name}`,
  xmin: () => "changes by transaction number",
  full: () => "read whole each time",
};

function tellTables(plans: Plan[], found: Findings): void {
  for (const plan of plans.slice(0, MOST_TOLD)) {
    const { rows = -1 } = plan.relation ?? {};
    const count = rows < 0 ? "" : `about ${Math.round(rows).toLocaleString("en")} rows, `;
    found.granted.push(`${plan.container} (${count}${MODES[plan.mode](plan)})`);
  }
  if (plans.length > MOST_TOLD) found.granted.push(`${plans.length - MOST_TOLD} more tables`);
}

async function tellQueries(ctx: PostgresContext, found: Findings): Promise<void> {
  for (const query of ctx.config.queries) {
    try {
      const plan = planOf(ctx.config, await followedQuery(ctx, query));
      found.granted.push(`the query ${query.name} (${MODES[plan.mode](plan)})`);
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      if (!["config", "permission", "unavailable"].includes(error.kind)) throw thrown;
      const how = error.hint ?? "Correct its sql.";
      found.missing.push({ what: `The query ${query.name}`, why: error.message, how });
    }
  }
}

/** Tables that the options name and the role may not read, or that are not there. */
function tellMissing(ctx: PostgresContext, catalogue: Catalogue, role: string, found: Findings): void {
  for (const relation of catalogue) {
    if (relation.readable && relation.usable && !relation.hollow) continue;
    if (entryFor(ctx.config, relation) === undefined) continue;
    const name = pasted(relation.schema, relation.name);
    if (relation.hollow) {
      const why = "It is an unlogged table, whose rows a replica does not have.";
      found.missing.push({ what: name, why, how: `Read it from the primary server, or leave it out: excludeTables.` });
      continue;
    }
    const grants = [
      ...(relation.usable ? [] : [`GRANT USAGE ON SCHEMA ${pasted(relation.schema)} TO ${pasted(role)};`]),
      ...(relation.readable ? [] : [`GRANT SELECT ON ${name} TO ${pasted(role)};`]),
    ];
    found.missing.push({ what: name, why: `The role ${role} may not read it.`, how: grants.join(" ") });
  }
  const schemas = schemasOf(ctx.config);
  for (const entry of ctx.config.tables) {
    const word = typeof entry === "string" ? entry : entry.name;
    if (catalogue.some((relation) => isMeant(word, relation, schemas))) continue;
    const near = catalogue.find(({ name }) => name.toLowerCase() === word.split(".").at(-1)?.toLowerCase());
    const hint = near ? `Did you mean ${writtenName(near.schema, near.name)}?` : "Correct tables, or the schema.";
    found.missing.push({ what: word, why: "The database has no such table.", how: hint });
  }
}

function tellTable(ctx: PostgresContext, plan: Plan, role: string, found: Findings): void {
  const relation = plan.relation as Relation;
  const unread = relation.columns.filter(({ readable }) => !readable).map(({ name }) => pasted(name));
  const name = pasted(relation.schema, relation.name);
  if (unread.length > 0)
    found.missing.push({
      what: `Columns of ${name}: ${unread.join(", ")}`,
      why: `The role ${role} may not read them.`,
      how: `GRANT SELECT (${unread.join(", ")}) ON ${name} TO ${pasted(role)};`,
    });
  if (plan.key.length === 0)
    found.warnings.push(
      `${name} has no primary key: a row is known by all its values, an edit is a removal and an addition, and equal rows are one. Better: ALTER TABLE ${name} ADD PRIMARY KEY (…); or name primaryKeyColumn.`,
    );
  if (relation.rowSecurity)
    found.warnings.push(`Row-level security applies to ${name}: only the rows that ${role} may see are read.`);
  const { incrementalMode } = ctx.config;
  if (incrementalMode === "timestamp" && plan.clock === undefined)
    found.warnings.push(`${name} has no time in ${plan.options.timestampColumn}: ${MODES[plan.mode](plan)}.`);
  if (plan.mode === "timestamp") adviseIndex(plan, relation, name, found);
  tellPace(plan, found);
}

function adviseIndex(plan: Plan, relation: Relation, name: string, found: Findings): void {
  const wanted = [plan.clock?.name as string, ...plan.key];
  const has = relation.indexes.some((index) => index[0] === wanted[0]);
  const canHave = relation.kind === "r" || relation.kind === "p" || relation.kind === "m";
  if (has || !canHave || (relation.rows >= 0 && relation.rows < MANY_ROWS)) return;
  const how = relation.kind === "p" ? "CREATE INDEX" : "CREATE INDEX CONCURRENTLY";
  found.warnings.push(
    `${name} has no index on ${wanted[0]}, so each sync reads all of it: ${how} ON ${name} (${wanted.map((one) => pasted(one)).join(", ")});`,
  );
}

function tellConnection(
  ctx: PostgresContext,
  { role, isSuper }: { role: string; isSuper: boolean },
  plans: Plan[],
  found: Findings,
): void {
  const { host, mode, key, passwordFile } = ctx.api.reach;
  const canWrite = plans.filter(({ relation }) => relation?.writable);
  if (isSuper) found.warnings.push(`${role} is a superuser. headwater only reads; a role that can only read is safer.`);
  else if (canWrite.length > 0)
    found.warnings.push(
      `${role} may also write (${canWrite[0]?.container}). headwater only reads; a role that can only read is safer.`,
    );
  for (const [option, path] of Object.entries({ sslKey: key, passwordFile }))
    if (path !== undefined && isOpenToAll(path))
      found.warnings.push(
        `Everybody on this machine may read the file that ${option} names. Better: chmod 600 ${path}`,
      );
  if (!isLocal(host) && (!ctx.api.isEncrypted || mode === "prefer" || mode === "require"))
    found.warnings.push(
      ctx.api.isEncrypted
        ? `The connection is encrypted, but nobody checks that ${host} is who it says. Better: ssl: verify-full.`
        : `The connection to ${host} is not encrypted. Better: ssl: verify-full.`,
    );
}

/** By the rights of its last three bits, which Windows does not have. */
function isOpenToAll(path: string): boolean {
  const { mode = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return process.platform !== "win32" && (mode & 0o007) !== 0;
}
