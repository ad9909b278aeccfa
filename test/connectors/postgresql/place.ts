import { afterAll, afterEach, describe } from "vitest";
import { postgresql } from "../../../src/connectors/postgresql/index.ts";
import type { PostgresContext } from "../../../src/connectors/postgresql/read.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { type PostgresServer, startPostgres } from "../../setup/postgres.ts";
import { Database } from "./database.ts";

/** What a test file needs of the real server: databases and sources that go with their test. */
export interface Place {
  readonly server: PostgresServer;
  database(...statements: string[]): Promise<Database>;
  /** An engine with one source, `shop`, over a database. */
  source(database: Database, options?: Record<string, unknown>): Promise<TestWorkplace>;
  /** What the connector's own parts are called with. */
  context(place: TestWorkplace, signal?: AbortSignal): Promise<PostgresContext>;
}

/** Tests against one real server, which starts with the file. Left out, aloud, where PostgreSQL is not installed. */
export async function withPostgres(
  name: string,
  tests: (place: Place) => void,
  settings: readonly string[] = [],
): Promise<void> {
  const server = await startPostgres(settings);
  afterAll(() => server?.close());
  const databases: Database[] = [];
  const workplaces: TestWorkplace[] = [];
  afterEach(async () => {
    for (const place of workplaces.splice(0)) {
      const open = await place.sources.open("shop").catch(() => undefined);
      if (open !== undefined) await postgresql.close?.(open.context(AbortSignal.abort()).api);
      await place.close();
    }
    for (const database of databases.splice(0)) await database.drop();
  });
  describe.skipIf(server === undefined)(name, () => {
    if (server === undefined) return;
    tests({
      server,
      async database(...statements) {
        const database = await Database.create(server, ...statements);
        databases.push(database);
        return database;
      },
      async source(database, options = {}) {
        const config = { connectionString: database.url, describeTables: false, ...options };
        const place = await TestWorkplace.open({ id: "shop", connector: postgresql, config });
        workplaces.push(place);
        return place;
      },
      context: async (place, signal = new AbortController().signal) =>
        (await place.sources.open("shop")).context(signal),
    });
  });
}

/** The rows of a table by their ids: what a complete sync must hold. */
export async function rowIds(database: Database, table: string): Promise<string[]> {
  return (await database.run(`SELECT id FROM ${table} ORDER BY id`)).map(({ id }) => `public.${table}:${id}`).sort();
}
