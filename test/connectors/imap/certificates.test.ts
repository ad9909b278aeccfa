import { afterAll, describe, expect, it } from "vitest";
import { imap } from "../../../src/connectors/imap/index.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { type CertificateOptions, makeCertificate } from "../../setup/certificate.ts";
import { type Dovecot, startDovecot } from "../../setup/dovecot.ts";
import { MailboxTwin } from "../../twins/mailbox.ts";

const day = 86_400_000;
const NOT_OURS = { names: ["mail.elsewhere.example", "imap.elsewhere.example"] };
const CASES: [what: string, CertificateOptions, problem: object][] = [
  [
    "has expired",
    { until: new Date(Date.now() - day) },
    { message: "The certificate of 127.0.0.1 has expired.", hint: expect.stringContaining("renew") },
  ],
  [
    "is not valid yet",
    { from: new Date(Date.now() + day), until: new Date(Date.now() + 9 * day) },
    { message: "The certificate of 127.0.0.1 is not valid yet.", hint: expect.stringContaining("clock") },
  ],
  [
    "is for another name",
    NOT_OURS,
    {
      message: "The certificate of 127.0.0.1 is for another name: mail.elsewhere.example, imap.elsewhere.example.",
      hint: "Set the name that the certificate has as host of mail.",
    },
  ],
];

const servers: Dovecot[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

describe("a certificate that", () => {
  it.each(CASES)(
    "%s is refused with a sentence that says so, with TLS and STARTTLS alike",
    async (_, options, problem) => {
      const server = await startDovecot({ certificate: makeCertificate(options) });
      if (server === undefined) return;
      servers.push(server);
      const twin = new MailboxTwin(server);
      // Signed by itself, and trusted: what is left to find fault with is the case.
      const trusted = { ...twin.config(), allowPlaintext: false, tlsCaFile: `${server.folder}/certificate.pem` };
      const place = await TestWorkplace.open({ id: "mail", connector: imap, config: trusted });
      for (const way of [
        { useSsl: true, port: server.tlsPort },
        { useSsl: false, startTls: true, port: server.port },
      ]) {
        place.sources.configure("mail", { ...trusted, ...way });
        expect((await place.engine.test("mail")).problem).toMatchObject({ kind: "config", ...problem });
      }
      await place.close();
    },
  );
});
