import { afterAll, describe, expect, it } from "vitest";
import { fillMaildir } from "../../../bench/imap/mail.mjs";
import { imap } from "../../../src/connectors/imap/index.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { type Dovecot, startDovecot } from "../../setup/dovecot.ts";
import { MailboxTwin } from "../../twins/mailbox.ts";

/** The full proof: HEADWATER_MESSAGES=10000. */
const COUNT = Number(process.env.HEADWATER_MESSAGES ?? 2_000);
const server = await startDovecot();
afterAll(() => server?.close());

describe.skipIf(server === undefined)("a mailbox of many messages", () => {
  it("is held whole, and after removals, flags and new numbers the store equals it each time", {
    timeout: 180_000,
  }, async () => {
    const twin = new MailboxTwin(server as Dovecot, { folders: ["INBOX"], includeAttachments: false });
    fillMaildir((server as Dovecot).folder, twin.user, COUNT);
    const place = await TestWorkplace.open({ id: "mail", connector: imap, config: twin.config() });
    const program = await twin.program();
    const expectEqual = async () => {
      const box = await program.mailboxOpen("INBOX");
      const uids = await program.search({ all: true }, { uid: true });
      const ids = (uids || []).map((uid) => `INBOX/${box.uidValidity}/${uid}`);
      expect([...(await place.stored("mail")).keys()].sort()).toEqual(ids.sort());
    };
    try {
      expect(await place.sync("mail")).toMatchObject({ state: "succeeded", added: COUNT, failed: 0 });
      await expectEqual();
      expect(await place.sync("mail")).toMatchObject({ state: "succeeded", added: 0, updated: 0, deleted: 0 });
      await program.mailboxOpen("INBOX");
      await program.messageDelete("5:204", {});
      await program.messageFlagsAdd("1:300", ["\\Flagged"], {});
      expect(await place.sync("mail")).toMatchObject({ state: "succeeded", added: 0, updated: 300, deleted: 200 });
      await expectEqual();
      program.close();
      (server as Dovecot).doveadm("mailbox", "update", "-u", twin.user, "--uid-validity", "88888", "INBOX");
      place.sources.configure("mail", twin.config());
      const renumbered = await place.sync("mail");
      expect(renumbered).toMatchObject({ state: "succeeded", added: 0, updated: COUNT - 200, deleted: 0 });
      expect(await place.sync("mail")).toMatchObject({ state: "succeeded", added: 0, updated: 0, deleted: 0 });
      expect((await place.stored("mail")).size).toBe(COUNT - 200);
    } finally {
      await place.close();
      await twin.close();
    }
  });
});
