// Reads a table as the connector does for a sync, and stores nothing. Prints the milliseconds.
// Usage: node read-child.mjs <address>
import { openHttp } from "../../src/connectors/kit/index.ts";
import { postgresql } from "../../src/connectors/postgresql/index.ts";

const config = postgresql.config.parse({
  connectionString: process.argv[2],
  tables: ["tickets"],
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
const startedAt = performance.now();
let count = 0;
for await (const page of postgresql.sync({ ...base, http, api, signal }, { container: "public.tickets" }))
  count += page.upserts?.length ?? 0;
console.log(JSON.stringify({ ms: performance.now() - startedAt, count }));
await postgresql.close?.(api);
