import { afterAll, describe, expect, it } from "vitest";
import { imap } from "../../../src/connectors/imap/index.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { type Dovecot, startDovecot } from "../../setup/dovecot.ts";
import { GmailImap } from "../../twins/gmail-imap.ts";
import { MailboxTwin } from "../../twins/mailbox.ts";

const COMMANDS = [
  "DELETE INBOX",
  "UID STORE 1:* +FLAGS (\\Deleted)",
  "EXPUNGE",
  "LOGOUT",
  "CREATE Owned",
  "SELECT INBOX",
];
const WRAPPERS: ((command: string) => string)[] = [
  (command) => `x\r\nA9 ${command}\r\n`,
  (command) => `x"\r\nA9 ${command}\r\n"`,
  (command) => `"x" ${command}`,
  (command) => `x\\" ${command} "`,
  (command) => `x\n${command}\n`,
  (command) => `{3}\r\n${command}`,
  (command) => `{999+}\r\n${command}`,
  (command) => `x\u0000 ${command}`,
  (command) => `測定\r\n* BYE ${command}`,
  (command) => `x\u2028A9 ${command}`,
  (command) => `"${command}`,
  (command) => `${command}"`,
];
const WORDS = [
  "ALL",
  "NOT ALL",
  "OR ALL ALL",
  "1:*",
  "UID 1:*",
  "RETURN (ALL)",
  "CHARSET X",
  ")",
  "(",
  "((",
  "NIL",
  "*",
  "%",
  "~{2}",
  "\\",
  "\\\\",
  '"',
  '""',
  "'",
  "`",
];
const ENDS = ["", " otter", ' "otter"', "\r\n", "\u0000", "🦦", "\u202E"];

/** What somebody, or a text that an assistant read, may put into a search. */
const HOSTILE = [
  ...COMMANDS.flatMap((command) => WRAPPERS.map((wrap) => wrap(command))),
  ...WORDS.flatMap((word) => ENDS.map((end) => `${word}${end}`)),
];

const server = await startDovecot();
afterAll(() => server?.close());

describe("what is searched for at the server", { timeout: 90_000 }, () => {
  it.skipIf(server === undefined)(
    "is never a command: 200 tries find nothing, change nothing, and break no connection",
    async () => {
      expect(HOSTILE.length).toBeGreaterThan(200);
      const twin = new MailboxTwin(server as Dovecot, { folders: ["INBOX"] });
      await twin.write("INBOX", { subject: "Heron", text: "A heron stood on the mole." });
      const place = await TestWorkplace.open({ id: "mail", connector: imap, config: twin.config() });
      const program = await twin.program();
      const state = async () => ({
        folders: (await program.list()).map(({ path }) => path).sort(),
        status: await program.status("INBOX", { messages: true, unseen: true, highestModseq: true }),
      });
      const before = await state();
      for (const text of HOSTILE) {
        const found = await place.engine.searchLive("mail", text, 5).catch((error: { kind: string }) => error.kind);
        // Of what is all signs the server finds everything or nothing; of words that are not there, nothing.
        expect([text, Array.isArray(found) || found === "bad_response"]).toEqual([text, true]);
      }
      expect(await state()).toEqual(before);
      await place.close();
      await twin.close();
    },
  );

  it.skipIf(server === undefined)(
    "is found as it was written, quotes, backslashes and other scripts included",
    async () => {
      const twin = new MailboxTwin(server as Dovecot, { folders: ["INBOX"] });
      const words = ["C:\\weir\\plan.txt", "Größe測定", "weir🦦", "80%", "(draft)", "O'Brien", "{42}"];
      for (const word of words) await twin.write("INBOX", { subject: "Note", text: `Seen here: ${word} at noon.` });
      const place = await TestWorkplace.open({ id: "mail", connector: imap, config: twin.config() });
      for (const word of words)
        expect([word, (await place.engine.searchLive("mail", word, 9)).length]).toEqual([word, 1]);
      await place.close();
      await twin.close();
    },
  );

  it("is no command for Gmail either", async () => {
    const gmail = await GmailImap.open();
    gmail.tokens.add("ya29.good");
    const options = {
      host: "127.0.0.1",
      port: gmail.port,
      useSsl: false,
      allowPlaintext: true,
      username: "ilse@gmail.example",
    };
    const place = await TestWorkplace.open({
      id: "mail",
      connector: imap,
      config: { ...options, accessToken: "ya29.good" },
    });
    for (const text of HOSTILE.slice(0, 24)) await place.engine.searchLive("mail", text, 5).catch(() => {});
    const names = gmail.asked.map((line) => /^\S+ (UID \S+|\S+)/.exec(line)?.[1]?.toUpperCase());
    expect(names.filter((name) => /^(DELETE|CREATE|EXPUNGE|UID STORE|SELECT)$/.test(name ?? ""))).toEqual([]);
    expect(gmail.refusals).toEqual([]);
    await place.close();
    await gmail.close();
  });
});
