import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { imap } from "../../../src/connectors/imap/index.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { type Dovecot, startDovecot } from "../../setup/dovecot.ts";
import { MailboxTwin, partsOf } from "../../twins/mailbox.ts";

const SOON = { timeout: 20_000, interval: 50 };
const UNCHANGED = { state: "succeeded", added: 0, updated: 0, deleted: 0, lost: 0, failed: 0 };
/** What Dovecot says it can, without what tells changes. */
const PLAIN = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID IDLE UIDPLUS NAMESPACE MOVE SPECIAL-USE LITERAL+";

const servers = {
  "with QRESYNC": await startDovecot(),
  "with CONDSTORE alone": await startDovecot({ capability: `${PLAIN} ENABLE CONDSTORE ESEARCH` }),
  "with neither": await startDovecot({ capability: PLAIN }),
};
afterAll(async () => {
  for (const server of Object.values(servers)) await server?.close();
});

describe.each(Object.entries(servers))("a mailbox on a server %s", (_, server) => {
  let twin: MailboxTwin;
  let place: TestWorkplace;
  beforeEach(async (test) => {
    if (server === undefined) return test.skip("Dovecot is not installed");
    twin = new MailboxTwin(server);
    await twin.seed();
    place = await TestWorkplace.open({ id: "mail", connector: imap, config: twin.config() });
    await place.sync("mail");
  });
  afterEach(async () => {
    await place?.close();
    await twin?.close();
  });

  async function expectEqual() {
    const [stored, expected] = [await place.stored("mail"), await twin.expected()];
    expect([...stored.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [id, words] of expected) expect(stored.get(id)?.text ?? "").toContain(words);
  }

  async function tagsOf(id: string) {
    return (await place.store.item("mail", id, "everything"))?.tags;
  }

  it("flags are tags, and a changed flag is an update and nothing else", async () => {
    const [id] = [...(await twin.expected()).keys()] as [string];
    expect(await tagsOf(id)).toEqual(["unread"]);
    const program = await twin.program();
    await program.mailboxOpen(partsOf(id).folder);
    await program.messageFlagsAdd(String(partsOf(id).uid), ["\\Seen", "\\Flagged"], { uid: true });
    expect(await place.sync("mail")).toMatchObject({ ...UNCHANGED, updated: 1 });
    expect(await tagsOf(id)).toEqual(["flagged"]);
    await expectEqual();
    expect(await place.sync("mail")).toMatchObject(UNCHANGED);
  });

  it("a mail that moves takes its attachments along, and comes back as itself", async () => {
    const [id] = [...(await twin.expected()).keys()].filter((one) => one.endsWith("#1")) as [string];
    const mail = id.replace("#1", "");
    const moved = await twin.rename(mail);
    expect(await place.sync("mail")).toMatchObject({ ...UNCHANGED, updated: 2 });
    expect((await place.store.item("mail", mail, "everything"))?.id).toBe(moved);
    await expectEqual();
    await twin.rename(moved);
    expect(await place.sync("mail")).toMatchObject({ ...UNCHANGED, updated: 2 });
    await expectEqual();
  });

  it("an expunged mail goes, with what was attached to it", async () => {
    const mail = [...(await twin.expected()).keys()].find((one) => one.endsWith("#1"))?.replace("#1", "") as string;
    await twin.remove(mail);
    expect(await place.sync("mail")).toMatchObject({ ...UNCHANGED, deleted: 2 });
    await expectEqual();
    expect(await place.sync("mail")).toMatchObject(UNCHANGED);
  });

  it("most of a folder may go at once: the server itself says so", async () => {
    const program = await twin.program();
    await program.mailboxOpen("INBOX");
    await program.messageDelete("1:20", { uid: false });
    expect(await place.sync("mail")).toMatchObject({ ...UNCHANGED, deleted: 20 });
    await expectEqual();
  });

  it("a folder that is gone is hidden, and its mail comes back with it", async () => {
    const program = await twin.program();
    await program.mailboxCreate("Weir");
    const ids = [
      await twin.write("Weir", { subject: "Sluice", text: "The sluice was oiled." }),
      await twin.write("Weir", { subject: "Gate", text: "Shut." }),
    ];
    place.sources.configure("mail", { ...twin.config(), folders: ["INBOX", "Archive", "Weir"] });
    expect(await place.sync("mail")).toMatchObject({ ...UNCHANGED, added: 2 });
    await program.mailboxRename("Weir", "Elsewhere");
    expect(await place.sync("mail")).toMatchObject({ state: "succeeded", deleted: 0, lost: 2 });
    expect((await place.stored("mail")).has(ids[0] as string)).toBe(false);
    await program.mailboxRename("Elsewhere", "Weir");
    await place.sync("mail");
    for (const id of ids) expect((await place.stored("mail")).has(id)).toBe(true);
  });

  it("a followed folder with a new name keeps its mail", async () => {
    const program = await twin.program();
    await program.mailboxCreate("Projects");
    const id = await twin.write("Projects", {
      subject: "Sluice",
      text: "The sluice was oiled.",
      attachments: { "a.md": "Oil." },
    });
    place.sources.configure("mail", { ...twin.config(), folders: ["*"] });
    await place.sync("mail");
    await program.mailboxRename("Projects", "Works, 2026 “weir”");
    expect(await place.sync("mail")).toMatchObject({ ...UNCHANGED, updated: 2 });
    const moved = await place.store.item("mail", id, "everything");
    expect(moved).toMatchObject({ container: "Works, 2026 “weir”", title: "Sluice" });
    expect(await place.sync("mail")).toMatchObject(UNCHANGED);
  });

  it("new numbers for all messages are updates, and the next sync has nothing to do", async () => {
    const before = await twin.expected();
    (server as Dovecot).doveadm("mailbox", "update", "-u", twin.user, "--uid-validity", "77777", "INBOX");
    await place.reopen();
    place.sources.configure("mail", twin.config()); // connections of before know the numbers of before
    const report = await place.sync("mail");
    expect(report).toMatchObject({ state: "succeeded", added: 0, deleted: 0, failed: 0 });
    expect(report.updated).toBe([...before.keys()].filter((id) => id.startsWith("INBOX/")).length);
    await expectEqual();
    expect(await place.sync("mail")).toMatchObject(UNCHANGED);
  });

  it("a server that numbers a folder anew again and again is told", async () => {
    const warnings = async () => (await place.engine.test("mail")).warnings.join("\n");
    for (const [validity, said] of [
      ["71001", false],
      ["71002", true],
    ] as const) {
      (server as Dovecot).doveadm("mailbox", "update", "-u", twin.user, "--uid-validity", validity, "INBOX");
      place.sources.configure("mail", twin.config()); // connections of before know the numbers of before
      expect(await place.sync("mail")).toMatchObject({ state: "succeeded", added: 0, deleted: 0 });
      expect((await warnings()).includes("numbered the messages of INBOX anew 2 times")).toBe(said);
    }
  });

  it("a full pass changes nothing", async () => {
    expect(await place.sync("mail", { full: true })).toMatchObject(UNCHANGED);
    await expectEqual();
  });
});

describe.skipIf(servers["with QRESYNC"] === undefined)("a server that is not always there", () => {
  let twin: MailboxTwin;
  let place: TestWorkplace;
  let server: Dovecot;
  beforeEach(async () => {
    server = (await startDovecot()) as Dovecot;
    twin = new MailboxTwin(server, { idle: true });
    await twin.seed();
    place = await TestWorkplace.open({ id: "mail", connector: imap, config: twin.config() });
  });
  afterEach(async () => {
    await place.close();
    await twin.close();
    await server.close();
  });

  it("restarted in the middle of a first sync: everything is there in the end, once", async () => {
    for (let count = 0; count < 420; count++)
      await twin.write("INBOX", { subject: `Buoy ${count}`, text: `Buoy ${count} was seen.` });
    let restarting: Promise<void> | undefined;
    const report = await place.sync("mail", {
      onProgress: ({ done }) => {
        if (done > 0) restarting ??= server.stop().then(() => server.start());
      },
    });
    await restarting;
    expect(report).toMatchObject({ state: "succeeded", failed: 0 });
    const [stored, expected] = [await place.stored("mail"), await twin.expected()];
    expect([...stored.keys()].sort()).toEqual([...expected.keys()].sort());
    expect(await place.sync("mail")).toMatchObject(UNCHANGED);
  });

  it("news comes by itself, also after the connection that tells it was dropped, and nothing is missed meanwhile", async () => {
    place.engine.watch();
    const texts = async () => [...(await place.stored("mail")).values()].map(({ text }) => text).join("\n");
    await vi.waitFor(async () => expect(await place.store.runs({ source: "mail", limit: 9 })).not.toEqual([]), SOON);
    await twin.add("A tern sat on the mole.");
    await vi.waitFor(async () => expect(await texts()).toContain("A tern sat"), SOON);
    await server.stop();
    await server.start();
    await twin.add("An osprey came while nobody listened.");
    await vi.waitFor(async () => expect(await texts()).toContain("An osprey came"), SOON);
    await twin.add("A curlew called afterwards.");
    await vi.waitFor(async () => expect(await texts()).toContain("A curlew called"), SOON);
  });
});
