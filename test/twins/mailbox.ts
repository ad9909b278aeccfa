import { ImapFlow } from "imapflow";
import { type Letter, written } from "../connectors/imap/letters.ts";
import type { Twin } from "../contract/connector.ts";
import type { Dovecot } from "../setup/dovecot.ts";

let users = 0;
let letters = 0;

interface Written {
  words: string;
  letter: Letter;
}

/**
 * Somebody's mailbox on a real Dovecot, changed by a mail program of their own. A mail is edited as programs edit drafts:
 * the new one is put beside the old one, which then goes.
 */
export class MailboxTwin implements Twin {
  readonly user: string;
  readonly #server: Dovecot;
  /** By Message-ID. */
  readonly #written = new Map<string, Written>();
  #program: ImapFlow | undefined;
  readonly options: Record<string, unknown>;

  constructor(server: Dovecot, options: Record<string, unknown> = {}, user?: string) {
    users += 1;
    this.user = user ?? `reader${process.pid}x${users}`;
    this.#server = server;
    this.options = options;
  }

  config(): Record<string, unknown> {
    const { host, port } = this.#server;
    return {
      host,
      port,
      useSsl: false,
      allowPlaintext: true,
      username: this.user,
      password: this.#server.password(this.user),
      folders: ["INBOX", "Archive"],
      maxEmails: 0,
      daysToSync: 0,
      ...this.options,
    };
  }

  /** The reader's own mail program. */
  async program(): Promise<ImapFlow> {
    if (this.#program?.usable) return this.#program;
    const { host, port } = this.#server;
    const auth = { user: this.user, pass: this.#server.password(this.user) };
    this.#program = new ImapFlow({
      host,
      port,
      secure: false,
      doSTARTTLS: false,
      logger: false,
      auth,
      disableAutoIdle: true,
    });
    this.#program.on("error", () => {});
    await this.#program.connect();
    return this.#program;
  }

  async seed(): Promise<void> {
    for (let day = 1; day <= 22; day++)
      await this.write("INBOX", {
        subject: `Watch of day ${day}`,
        text: `The lamp burned ${day + 3} hours on day ${day}.`,
      });
    await this.write("INBOX", {
      subject: 'Odd "quotes", 日記 🦆 \u202Eabc',
      text: "Ein Reiher stand auf der Mole. שלום",
    });
    await this.write("INBOX", {
      subject: "Plan of the weir",
      text: "The plan is attached.",
      attachments: { "weir plan.md": "# Weir\n\nThe sluice lies to the north." },
    });
    await this.write("Archive", { subject: "", text: "A mail without a subject came from the harbour." });
    await this.write("Archive", { subject: "Old gauge", text: "The old gauge was sold to the museum." });
  }

  /** Puts a mail into a folder; answers its id. */
  async write(folder: string, letter: Letter, flags: string[] = []): Promise<string> {
    letters += 1;
    const messageId = letter.messageId ?? `<letter-${process.pid}-${letters}@station.example>`;
    const whole = { ...letter, messageId };
    const appended = await (await this.program()).append(folder, written(whole), flags);
    if (!appended) throw new Error("Dovecot took no mail.");
    this.#written.set(messageId, { words: letter.text, letter: whole });
    return `${folder}/${appended.uidValidity}/${appended.uid}`;
  }

  async expected(): Promise<Map<string, string>> {
    const program = await this.program();
    const all = new Map<string, string>();
    for (const folder of ["INBOX", "Archive"]) {
      const box = await program.mailboxOpen(folder, { readOnly: true });
      if (box.exists === 0) continue;
      for await (const { uid, envelope } of program.fetch("1:*", { uid: true, envelope: true }, { uid: true })) {
        const known = this.#written.get(envelope?.messageId ?? "");
        if (known === undefined) throw new Error(`Nobody wrote ${envelope?.messageId}.`);
        const id = `${folder}/${box.uidValidity}/${uid}`;
        all.set(id, known.words);
        for (const [at, words] of Object.values(known.letter.attachments ?? {}).entries())
          all.set(`${id}#${at + 1}`, words.split("\n").at(-1) as string);
      }
    }
    return all;
  }

  add(text: string): Promise<string> {
    return this.write("INBOX", { subject: "News", text });
  }

  async edit(id: string, text: string): Promise<string> {
    const { folder, uid } = partsOf(id);
    const program = await this.program();
    await program.mailboxOpen(folder);
    const found = await program.fetchOne(String(uid), { uid: true, envelope: true }, { uid: true });
    const messageId = (found || undefined)?.envelope?.messageId ?? "";
    const before = this.#written.get(messageId) as Written;
    const edited = await this.write(folder, { ...before.letter, text });
    await this.remove(id);
    return edited;
  }

  async remove(id: string): Promise<void> {
    const { folder, uid } = partsOf(id);
    const program = await this.program();
    await program.mailboxOpen(folder);
    await program.messageDelete(String(uid), { uid: true });
  }

  /** Moves a mail to the other folder. */
  async rename(id: string): Promise<string> {
    const { folder, uid } = partsOf(id);
    const program = await this.program();
    await program.mailboxOpen(folder);
    const target = folder === "INBOX" ? "Archive" : "INBOX";
    const moved = await program.messageMove(String(uid), target, { uid: true });
    if (!moved) throw new Error("Dovecot moved nothing.");
    return `${target}/${moved.uidValidity}/${moved.uidMap?.get(uid)}`;
  }

  async close(): Promise<void> {
    this.#program?.close();
  }
}

/** What an id consists of. */
export function partsOf(id: string): { folder: string; uid: number } {
  const [, folder, uid] = /^(.+)\/\d+\/(\d+)/.exec(id) as unknown as [string, string, string];
  return { folder, uid: Number(uid) };
}
