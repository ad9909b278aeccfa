import { afterAll, describe } from "vitest";
import { imap } from "../../../src/connectors/imap/index.ts";
import { testConnector } from "../../contract/connector.ts";
import { startDovecot } from "../../setup/dovecot.ts";
import { MailboxTwin } from "../../twins/mailbox.ts";

const server = await startDovecot();
afterAll(() => server?.close());

describe.skipIf(server === undefined)("over a real Dovecot", () => {
  testConnector(imap, async () => new MailboxTwin(server as NonNullable<typeof server>));
});
