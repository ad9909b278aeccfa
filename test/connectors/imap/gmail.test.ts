import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { imap } from "../../../src/connectors/imap/index.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { GmailImap } from "../../twins/gmail-imap.ts";

describe("Gmail over IMAP", () => {
  let gmail: GmailImap;
  let place: TestWorkplace;
  const config = () => ({
    ...{ host: "127.0.0.1", port: gmail.port, useSsl: false, allowPlaintext: true, username: "ilse@gmail.example" },
    ...{ accessToken: "ya29.good", folders: ["INBOX", "Projects"], maxEmails: 0, daysToSync: 0 },
  });
  beforeEach(async () => {
    gmail = await GmailImap.open();
    gmail.tokens.add("ya29.good");
    place = await TestWorkplace.open({ id: "mail", connector: imap, config: config() });
  });
  afterEach(async () => {
    await place.close();
    await gmail.close();
    expect(gmail.refusals).toEqual([]);
  });

  it("a message under two labels is one item, and leaves with its last followed label", async () => {
    const both = gmail.put("Weir plan", ["\\Inbox", "Projects", "\\Important"]);
    gmail.put("Sent only", ["\\Sent"]);
    expect(await place.sync("mail")).toMatchObject({ state: "succeeded", added: 1 });
    const id = `[Gmail]/All Mail/7/${both.uid}`;
    const { item } = await place.engine.fetch(`mail/${id}`);
    expect(item).toMatchObject({
      container: "INBOX",
      tags: ["unread", "Projects", "Important"],
      fields: { thread: both.thread },
    });
    expect(item.url).toBe(
      `https://mail.google.com/mail/?authuser=ilse%40gmail.example#all/${BigInt(both.msgid).toString(16)}`,
    );
    gmail.relabel(both, ["Projects"]);
    expect(await place.sync("mail")).toMatchObject({ added: 0, updated: 1, deleted: 0 });
    expect((await place.store.item("mail", id, "everything"))?.container).toBe("Projects");
    gmail.relabel(both, []);
    expect(await place.sync("mail")).toMatchObject({ added: 0, updated: 0, deleted: 1 });
    gmail.relabel(both, ["\\Inbox"]);
    expect(await place.sync("mail")).toMatchObject({ added: 1, deleted: 0 });
    expect(await place.sync("mail")).toMatchObject({ added: 0, updated: 0, deleted: 0 });
  });

  it("is searched in its own language", async () => {
    gmail.put("Heron", ["\\Inbox"]);
    gmail.put("Otter", ["\\Inbox"]);
    expect(await place.engine.searchLive("mail", "Otter", 5)).toHaveLength(1);
    expect(gmail.asked.join("\n")).toMatch(/X-GM-RAW/);
  });

  it("a token that is refused is told, and stands in nothing that is told", async () => {
    place.sources.configure("mail", { ...config(), accessToken: "ya29.stale-canary" });
    const { problem } = await place.engine.test("mail");
    expect(problem).toMatchObject({ kind: "auth", message: "127.0.0.1 refused the login of ilse@gmail.example." });
    expect(JSON.stringify([problem, place.sources.log.lines])).not.toContain("stale-canary");
  });
});
