import { defineConnector } from "../kit/index.ts";
import { PostgresApi } from "./api.ts";
import { coversContainer } from "./containers.ts";
import { PostgresCursor } from "./cursor.ts";
import { fetchRow } from "./fetch.ts";
import { idsOf } from "./ids.ts";
import { list } from "./list.ts";
import { listen } from "./live.ts";
import { locateRow } from "./locate.ts";
import { PostgresConfig } from "./options.ts";
import { searchRows } from "./search.ts";
import { syncTable } from "./sync.ts";
import { testServer } from "./test-server.ts";

/** Tables, views and queries of a PostgreSQL database. */
export const postgresql = defineConnector({
  id: "postgresql",
  title: "PostgreSQL",
  summary: "Rows of tables, views and queries of a PostgreSQL database.",
  reference: "https://www.postgresql.org/docs/current/",
  config: PostgresConfig,
  limits: { concurrency: 2 },
  cursor: PostgresCursor,
  scope: "container",
  feed: "edits",

  connect: (ctx) => new PostgresApi(ctx.config, ctx.http),
  close: (api) => api.close(),
  test: testServer,
  list,
  sync: syncTable,
  fetch: fetchRow,
  search: searchRows,
  ids: idsOf,
  live: listen,
  locate: locateRow,
  covers: (config, item) => coversContainer(config, item.container ?? item.id),
});
