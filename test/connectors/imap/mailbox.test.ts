import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { imap } from "../../../src/connectors/imap/index.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { type Dovecot, startDovecot } from "../../setup/dovecot.ts";
import { MailboxTwin } from "../../twins/mailbox.ts";

const server = await startDovecot();
afterAll(() => server?.close());

describe.skipIf(server === undefined)("a mailbox", () => {
  const { port, tlsPort } = (server ?? {}) as Dovecot;
  let twin: MailboxTwin;
  let place: TestWorkplace;
  beforeEach(async () => {
    twin = new MailboxTwin(server as Dovecot);
    place = await TestWorkplace.open({ id: "mail", connector: imap, config: twin.config() });
  });
  afterEach(async () => {
    await place.close();
    await twin.close();
  });

  async function problemWith(options: Record<string, unknown>) {
    place.sources.configure("mail", { ...twin.config(), ...options });
    return (await place.engine.test("mail")).problem;
  }

  it("tells who signed in, what is followed with how much mail, what is missing, and how far it reaches", async () => {
    await twin.write("INBOX", { subject: "One", text: "One." });
    place.sources.configure("mail", {
      ...twin.config(),
      folders: ["INBOX", "Nowhere", "\\Sent"],
      daysToSync: 30,
      maxEmails: 5,
    });
    const answer = await place.engine.test("mail");
    expect(answer).toMatchObject({
      ok: true,
      account: expect.stringContaining(`${twin.user} at 127.0.0.1`),
      granted: ["INBOX (1 message)", "Sent (0 messages)"],
    });
    expect(answer.missing).toMatchObject([{ what: "Folder Nowhere", why: "The mailbox has no such folder." }]);
    expect(answer.limits[0]).toContain("the newest 5 messages of each folder of the last 30 days");
    expect(answer.limits[1]).toMatch(
      /^Not followed: .*Archive.*\. Name them in folders, or take all with folders: \["\*"\]\.$/,
    );
    expect(answer.limits[2]).toContain("CONDSTORE, QRESYNC, IDLE");
    expect(answer.warnings).toEqual(["The connection is not encrypted; it stays on this machine."]);
  });

  it("a password never goes over a connection in the clear, unless the server is on this machine and somebody says so", async () => {
    expect(await problemWith({ allowPlaintext: false })).toMatchObject({
      kind: "config",
      hint: expect.stringContaining("allowPlaintext"),
    });
    expect(await problemWith({ host: "mail.station.example" })).toMatchObject({
      kind: "config",
      hint: expect.stringContaining("startTls"),
    });
  });

  it("TLS from the first byte and STARTTLS are spoken, and a certificate that nobody vouches for is refused", async () => {
    for (const way of [
      { useSsl: true, port: tlsPort },
      { useSsl: false, startTls: true, port },
    ]) {
      const options = { ...way, allowPlaintext: false };
      expect(await problemWith(options)).toMatchObject({
        kind: "config",
        message: "The certificate of 127.0.0.1 is signed by nobody that this machine knows.",
        hint: expect.stringContaining("tlsCaFile"),
      });
      expect(await problemWith({ ...options, tlsRejectUnauthorized: false })).toBeUndefined();
      expect(
        await problemWith({ ...options, tlsCaFile: join((server as Dovecot).folder, "certificate.pem") }),
      ).toBeUndefined();
    }
    expect(await problemWith({ useSsl: true, port })).toMatchObject({
      kind: "config",
      message: `127.0.0.1:${port} does not begin with TLS.`,
    });
    expect(await problemWith({ useSsl: true, port: tlsPort, tlsCaFile: "/nowhere/authority.pem" })).toMatchObject({
      kind: "config",
      message: "The file that tlsCaFile names cannot be read.",
    });
  });

  it("a wrong password, no credential and no server are told apart, with what to do, and no password is in what is told", async () => {
    const wrong = await problemWith({ password: "hunter-two" });
    expect(wrong).toMatchObject({ kind: "auth", message: `127.0.0.1 refused the password of ${twin.user}.` });
    expect(await problemWith({ password: undefined })).toMatchObject({
      kind: "config",
      hint: expect.stringContaining("headwater secrets set"),
    });
    const elsewhere = { password: undefined, useSsl: true };
    expect(await problemWith({ ...elsewhere, host: "imap.gmail.com" })).toMatchObject({
      kind: "config",
      hint: expect.stringMatching(/apppasswords.*\nKeep it with: headwater secrets set mail-password/),
    });
    expect(await problemWith({ ...elsewhere, host: "outlook.office365.com" })).toMatchObject({
      kind: "config",
      hint: expect.stringMatching(/no passwords.*\nThen: headwater login mail --client-id/),
    });
    expect(await problemWith({ password: undefined, accessToken: "ya29.canary" })).toMatchObject({
      kind: "config",
      message: "127.0.0.1 takes no OAuth tokens for mail, neither by OAUTHBEARER nor by XOAUTH2.",
    });
    expect(await problemWith({ port: 1 })).toMatchObject({
      kind: "unavailable",
      message: "No mail server answers at 127.0.0.1:1.",
    });
    expect(JSON.stringify([wrong, place.sources.log.lines])).not.toContain("hunter-two");
  });

  it("nothing is marked as read", async () => {
    const id = await twin.write("INBOX", {
      subject: "Unread",
      text: "Nobody read this.",
      attachments: { "a.md": "Nor this." },
    });
    await place.sync("mail");
    await place.engine.fetch(`mail/${id}`, { live: true });
    const program = await twin.program();
    expect(await program.status("INBOX", { unseen: true })).toMatchObject({ unseen: 1 });
  });

  it("a first sync takes the newest mail of the last days, and later everything that comes, however old", async () => {
    const old = new Date("2020-03-01T09:00:00Z");
    const program = await twin.program();
    for (let at = 1; at <= 9; at++) await twin.write("INBOX", { subject: `Recent ${at}`, text: `Recent ${at}.` });
    await program.append("INBOX", "Subject: Ancient\r\nFrom: a@b.example\r\n\r\nFrom long ago.\r\n", [], old);
    place.sources.configure("mail", { ...twin.config(), maxEmails: 4, daysToSync: 30 });
    expect(await place.sync("mail")).toMatchObject({ added: 4 });
    await program.append(
      "INBOX",
      "Subject: Found\r\nFrom: a@b.example\r\n\r\nMoved in from an old folder.\r\n",
      [],
      old,
    );
    expect(await place.sync("mail")).toMatchObject({ added: 1, deleted: 0 });
  });

  it("a large mail is read without what hangs from it, which is brought apart, and kept apart when it cannot be read", async () => {
    const notes = `# Soundings\n\n${"The bar was sounded at low water. ".repeat(12_000)}\n\nEnd of soundings.`;
    const id = await twin.write("INBOX", {
      subject: "Soundings of the year",
      text: "All soundings are attached.",
      attachments: { "soundings.md": notes },
    });
    expect(await place.sync("mail")).toMatchObject({ added: 2, failed: 0 });
    const stored = await place.stored("mail");
    expect(stored.get(id)?.text).toContain("All soundings are attached.\n\nAttachments: soundings.md (");
    expect(stored.get(id)?.text?.length).toBeLessThan(500);
    expect(stored.get(`${id}#1`)).toMatchObject({
      title: "soundings.md",
      text: expect.stringContaining("End of soundings."),
    });
  });

  it("mail that breaks every rule is stored all the same", async () => {
    const program = await twin.program();
    for (const broken of [
      "",
      "\r\n\r\n",
      "no header here\r\n",
      "Subject: =?klingon?Q?=ff?=\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nnever closed",
      `From: ${"<".repeat(500)}\r\n\r\nx`,
    ])
      if (broken !== "") await program.append("INBOX", Buffer.from(broken));
    const report = await place.sync("mail");
    expect(report).toMatchObject({ state: "succeeded", failed: 0 });
    expect(report.added).toBe(4);
    expect((await place.sync("mail")).added).toBe(0);
  });

  it("answers point to what they answer, and a mail is found by its Message-ID and its addresses", async () => {
    const root = await twin.write("INBOX", {
      subject: "Gate",
      text: "Is the gate shut?",
      messageId: "<gate-1@station.example>",
    });
    await twin.write("INBOX", {
      subject: "Re: Gate",
      text: "It is.\n\nOn Monday, Marta Quill wrote:\n> Is the gate shut?\n> It was not\n> when I left.\n> Marta",
      messageId: "<gate-2@station.example>",
      inReplyTo: "<gate-1@station.example>",
      references: ["<gate-1@station.example>"],
    });
    await place.sync("mail");
    const answer = (await place.engine.fetch("mail/<gate-2@station.example>")).item;
    expect(answer).toMatchObject({ title: "Re: Gate", fields: { thread: "<gate-1@station.example>" } });
    expect(answer.relations).toEqual([{ rel: "reply", id: "<gate-1@station.example>" }]);
    const { text } = await place.engine.fetch("mail/<gate-2@station.example>");
    expect(text).toMatch(/It is\.\n\n\[5 quoted lines of earlier mail left out\]$/);
    const [, validity, uid] = /\/(\d+)\/(\d+)$/.exec(root) as unknown as string[];
    for (const url of [
      "mid:gate-1@station.example",
      "message:%3Cgate-1@station.example%3E",
      `imap://${twin.user}@127.0.0.1/INBOX;UIDVALIDITY=${validity}/;UID=${uid}`,
    ])
      expect((await place.engine.fetch(url)).item.id, url).toBe(root);
  });

  it("the server's own search finds what was never synced", async () => {
    await twin.write("Archive", { subject: "Ledger", text: "The otter ledger of 1998 lies in the attic." });
    await twin.write("Archive", { subject: "Ledger", text: "Another ledger, of herons." });
    const found = await place.engine.searchLive("mail", 'otter "ledger of 1998"', 5);
    expect(found).toHaveLength(1);
  });

  it("folders are chosen by name, pattern and role, and one that the options no longer take goes", async () => {
    const program = await twin.program();
    for (const name of ["Projects", "Projects/Weir & Co", "Entwürfe „neu“"]) await program.mailboxCreate(name);
    for (const name of ["Projects/Weir & Co", "Entwürfe „neu“", "Sent", "Junk"])
      await twin.write(name, { subject: name, text: name });
    place.sources.configure("mail", { ...twin.config(), folders: ["projects/*", "Entwürfe*"], includeSent: true });
    await place.sync("mail");
    const names = async () => [...(await place.stored("mail")).values()].map(({ title }) => title).sort();
    expect(await names()).toEqual(["Entwürfe „neu“", "Projects/Weir & Co", "Sent"]);
    place.sources.configure("mail", { ...twin.config(), folders: ["*"], excludeFolders: ["\\Junk", "Projects/%"] });
    await place.sync("mail");
    expect(await names()).toEqual(["Entwürfe „neu“", "Sent"]);
  });
});
