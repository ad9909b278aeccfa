import { NOTIFY_FUNCTION, triggersOf } from "../../../src/connectors/postgresql/trigger.ts";
import { TicketDesk } from "../../connectors/postgresql/database.ts";
import { startPostgres } from "../../setup/postgres.ts";
import type { World } from "./world.ts";

/** A database on a server of its own, with triggers that tell of its tickets; undefined where PostgreSQL is not installed. */
export async function openPostgresql(): Promise<World | undefined> {
  const server = await startPostgres();
  if (server === undefined) return undefined;
  const twin = await TicketDesk.open(server);
  await twin.seed();
  const triggers = triggersOf({ container: "public.tickets", key: ["id"] }, "headwater");
  await twin.database.run(NOTIFY_FUNCTION, triggers);
  return {
    twin,
    options: { notifyChannel: "headwater" },
    push: { by: "live" },
    shapes: { connectionString: (core) => `postgresql://reader:${core}@127.0.0.1:1/shop` },
    async close() {
      await twin.close();
      await server.close();
    },
  };
}
