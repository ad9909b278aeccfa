import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imap } from "../../../src/connectors/imap/index.ts";
import type { Relation } from "../../../src/model/index.ts";
import type { StoredItem } from "../../../src/store/store.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { type Dovecot, startDovecot } from "../../setup/dovecot.ts";
import { MailboxTwin } from "../../twins/mailbox.ts";

/** Mail as it travels, as the usual programs write it; kept with the line ends of Unix. */
const MAILS = fileURLToPath(new URL("../../fixtures/imap", import.meta.url));
const NAMES = readdirSync(MAILS).map((file) => basename(file, ".eml"));
const RECEIVED = new Date("2026-10-01T09:00:00Z");

const server = await startDovecot();
afterAll(() => server?.close());

describe.skipIf(server === undefined)("a mail in a folder", () => {
  let twin: MailboxTwin;
  let place: TestWorkplace;
  const read = new Map<string, string>();

  beforeAll(async () => {
    twin = new MailboxTwin(server as Dovecot);
    place = await TestWorkplace.open({ id: "mail", connector: imap, config: twin.config() });
    const ids = new Map<string, string>();
    for (const name of NAMES) ids.set(await appended(readFileSync(join(MAILS, `${name}.eml`), "latin1")), name);
    expect(await place.sync("mail")).toMatchObject({ state: "succeeded", failed: 0, failures: [] });
    for await (const record of place.store.everything({ sources: ["mail"] })) {
      const [id, attachment] = record.item.id.split("#") as [string, string?];
      const name = `${ids.get(id)}${attachment === undefined ? "" : `#${attachment}`}`;
      read.set(name, shown(record).replaceAll(id, name.replace(/#.*/, "")));
    }
  });
  afterAll(async () => {
    await place?.close();
    await twin?.close();
  });

  async function appended(unix: string): Promise<string> {
    const mail = Buffer.from(unix.replaceAll("\n", "\r\n"), "latin1");
    const found = await (await twin.program()).append("INBOX", mail, [], RECEIVED);
    if (!found) throw new Error("Dovecot took no mail.");
    return `INBOX/${found.uidValidity}/${found.uid}`;
  }

  it.each(NAMES)("%s reads as it always did, with what is attached", async (name) => {
    const mine = [...read]
      .filter(([key]) => key === name || key.startsWith(`${name}#`))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const whole = mine.map(([, text]) => text).join(`\n${"=".repeat(80)}\n\n`);
    await expect(whole).toMatchFileSnapshot(`../../golden/imap/${name}.md`);
  });

  it("has no markup, no letters of its transport and no machine's long addresses left in it", () => {
    expect(read.size).toBeGreaterThan(NAMES.length);
    for (const [name, text] of read) {
      expect(text, name).not.toMatch(
        /<\/?(?:div|span|table|td|style|img)\b|=\?[\w-]+\?[BQ]\?|=[0-9A-F]{2}=[0-9A-F]{2}/i,
      );
      expect(text, name).not.toMatch(/[A-Za-z0-9+/%_-]{100}/);
    }
  });
});

/** The item without what differs from run to run, and its text. */
function shown({ item, text, relations }: { item: StoredItem; text?: string; relations: Relation[] }): string {
  const { version: _version, firstSeenAt: _first, changedAt: _changed, source: _source, ...steady } = item;
  return `${JSON.stringify({ ...steady, relations }, null, 1)}\n\n${text ?? ""}\n`;
}
