import { startDovecot } from "../../setup/dovecot.ts";
import { MailboxTwin } from "../../twins/mailbox.ts";
import type { World } from "./world.ts";

/** A mailbox on a Dovecot of its own; undefined where there is none on this machine. */
export async function openImap(): Promise<World | undefined> {
  const server = await startDovecot();
  if (server === undefined) return undefined;
  const twin = new MailboxTwin(server, { idle: true });
  await twin.seed();
  return {
    twin,
    push: { by: "live" },
    async close() {
      await twin.close();
      await server.close();
    },
  };
}
