// Reads a table as the connector does for a first sync, by key and in short transactions, and makes nothing of the rows. Prints the milliseconds.
// Usage: node read-child.mjs <address>
import { openHttp } from "../../src/connectors/kit/index.ts";
import { planFor } from "../../src/connectors/postgresql/containers.ts";
import { postgresql } from "../../src/connectors/postgresql/index.ts";
import { momentOf } from "../../src/connectors/postgresql/moment.ts";
import { PostgresConfig } from "../../src/connectors/postgresql/options.ts";
import type { PostgresContext } from "../../src/connectors/postgresql/read.ts";
import { readByKey } from "../../src/connectors/postgresql/walk.ts";

const config = PostgresConfig.parse({
  connectionString: process.argv[2],
  tables: ["notes"],
  describeTables: false,
});
const quiet = () => {};
const base = {
  source: "bench",
  config,
  log: { debug: quiet, info: quiet, warn: quiet },
  clock: { now: () => new Date(), sleep: async () => {} },
  memory: { get: async () => undefined, set: async () => {} },
  tokens: async () => {
    throw new Error("Nobody is logged in.");
  },
};
const { signal } = new AbortController();
const http = openHttp({ ...base, service: undefined, allowPrivateNetwork: true }).until(signal);
const api = await postgresql.connect({ ...base, http, signal });
const ctx: PostgresContext = { ...base, http, api, signal };
const startedAt = performance.now();
let count = 0;
const run = { ctx, plan: await planFor(ctx, "public.notes"), moment: await momentOf(ctx), since: undefined };
for await (const rows of readByKey(run, undefined)) count += rows.length;
console.log(JSON.stringify({ ms: performance.now() - startedAt, count }));
await postgresql.close?.(api);
