import { afterAll, describe } from "vitest";
import { postgresql } from "../../../src/connectors/postgresql/index.ts";
import { testConnector } from "../../contract/connector.ts";
import { startPostgres } from "../../setup/postgres.ts";
import { TicketDesk } from "./database.ts";

const server = await startPostgres();
afterAll(() => server?.close());

describe.skipIf(server === undefined)("by the number of the transaction", () => {
  if (server) testConnector(postgresql, () => TicketDesk.open(server));
});

describe.skipIf(server === undefined)("by time and key", () => {
  if (server) testConnector(postgresql, () => TicketDesk.open(server, { incrementalMode: "timestamp" }));
});
