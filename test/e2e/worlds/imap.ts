import { startDovecot } from "../../setup/dovecot.ts";
import { MailboxTwin } from "../../twins/mailbox.ts";
import type { World } from "./world.ts";

/** A mailbox on a Dovecot of its own. */
export async function openImap(): Promise<World> {
  const server = await startDovecot();
  if (server === undefined) throw new Error("Install Dovecot: apt-get install dovecot-imapd");
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
