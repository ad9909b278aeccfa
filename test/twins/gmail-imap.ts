import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";

interface GmailMessage {
  uid: number;
  msgid: string;
  thread: string;
  labels: string[];
  flags: string[];
  modseq: number;
  source: Buffer;
}

const CAPABILITIES =
  "IMAP4rev1 UNSELECT IDLE NAMESPACE ID CHILDREN X-GM-EXT-1 UIDPLUS ENABLE MOVE CONDSTORE ESEARCH SPECIAL-USE SASL-IR AUTH=XOAUTH2 AUTH=PLAIN";
const FOLDERS: [path: string, role: string, label: string | undefined][] = [
  ["INBOX", "", "\\Inbox"],
  ["Projects", "", "Projects"],
  ["[Gmail]/All Mail", "\\All", undefined],
  ["[Gmail]/Sent Mail", "\\Sent", "\\Sent"],
];

/**
 * What Gmail does that Dovecot does not, written from developers.google.com/workspace/gmail/imap (checked 2026-11-21): one
 * message under many labels (X-GM-LABELS), X-GM-MSGID, X-GM-THRID, X-GM-RAW, and SASL XOAUTH2 with its refusals. Nothing else.
 */
export class GmailImap {
  readonly #server: Server;
  readonly messages: GmailMessage[] = [];
  /** Access tokens that are taken. */
  readonly tokens = new Set<string>();
  readonly refusals: string[] = [];
  /** Commands as they came. */
  readonly asked: string[] = [];
  #modseq = 100;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => this.#talk(socket));
  }

  static async open(): Promise<GmailImap> {
    const twin = new GmailImap();
    await new Promise<void>((resolve) => twin.#server.listen(0, "127.0.0.1", resolve));
    return twin;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  put(subject: string, labels: string[]): GmailMessage {
    this.#modseq += 1;
    const uid = this.messages.length + 1;
    const source = Buffer.from(
      `From: Ilse <ilse@gmail.example>\r\nSubject: ${subject}\r\nMessage-ID: <g${uid}@gmail.example>\r\n\r\n${subject}, in full.\r\n`,
    );
    const message = {
      uid,
      msgid: String(1_860_000_000_000_000_000n + BigInt(uid)),
      thread: "1860000000000000001",
      labels,
      flags: [],
      modseq: this.#modseq,
      source,
    };
    this.messages.push(message);
    return message;
  }

  relabel(message: GmailMessage, labels: string[]): void {
    this.#modseq += 1;
    Object.assign(message, { labels, modseq: this.#modseq });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #talk(socket: Socket): void {
    let [text, folder, login] = ["", "", undefined as string | undefined];
    const say = (line: string) => socket.write(`${line}\r\n`, "latin1");
    this.#sockets.add(socket);
    say("* OK Gimap ready");
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (login !== undefined && !line.includes(" ")) {
          say(`${login} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)`);
          login = undefined;
          continue;
        }
        this.asked.push(line.replace(/(XOAUTH2) .*/i, "$1"));
        const [, tag = "", command = "", rest = ""] = /^(\S+) (UID \S+|\S+) ?(.*)$/s.exec(line) ?? [];
        const name = command.toUpperCase();
        if (name === "AUTHENTICATE") {
          const token =
            /auth=Bearer ([^\u0001]+)/.exec(Buffer.from(rest.split(" ")[1] ?? "", "base64").toString())?.[1] ?? "";
          if (this.tokens.has(token)) say(`${tag} OK [CAPABILITY ${CAPABILITIES}] authenticated`);
          else
            say(
              `+ ${Buffer.from('{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}').toString("base64")}`,
            );
          login = this.tokens.has(token) ? undefined : tag;
          continue;
        }
        if (name === "EXAMINE") folder = unquoted(rest);
        this.#answer(name, rest, folder, say);
        say(name === "EXAMINE" ? `${tag} OK [READ-ONLY] done` : `${tag} OK done`);
        if (name === "LOGOUT") socket.end();
      }
    });
  }

  #answer(name: string, rest: string, folder: string, say: (line: string) => void): void {
    const inside = this.#inside(folder);
    if (name === "CAPABILITY") say(`* CAPABILITY ${CAPABILITIES}`);
    else if (name === "ID") say('* ID ("name" "GImap")');
    else if (name === "NAMESPACE") say('* NAMESPACE (("" "/")) NIL NIL');
    else if (name === "ENABLE") say("* ENABLED CONDSTORE");
    else if (name === "LIST") for (const [path, role] of FOLDERS) say(`* LIST (\\HasNoChildren ${role}) "/" "${path}"`);
    else if (name === "STATUS") {
      const path = unquoted(rest.replace(/ \([^)]*\)$/, ""));
      const some = this.#inside(path);
      say(
        `* STATUS "${path}" (MESSAGES ${some.length} UIDNEXT ${this.messages.length + 1} UIDVALIDITY 7 HIGHESTMODSEQ ${this.#modseq})`,
      );
    } else if (name === "EXAMINE") {
      say("* FLAGS (\\Seen)");
      say(`* ${inside.length} EXISTS`);
      for (const code of ["UIDVALIDITY 7", `UIDNEXT ${this.messages.length + 1}`, `HIGHESTMODSEQ ${this.#modseq}`])
        say(`* OK [${code}] ok`);
    } else if (name === "UID SEARCH") {
      const word = /X-GM-RAW "?([^")]+)"?/i.exec(rest)?.[1];
      const found = inside
        .filter((one) => word === undefined || one.source.toString().includes(word))
        .map((one) => one.uid);
      say(`* ESEARCH (TAG "x") UID${found.length > 0 ? ` ALL ${found.join(",")}` : ""}`);
    } else if (name === "UID FETCH") this.#fetch(rest, inside, say);
    else if (!["NOOP", "LOGOUT", "LSUB"].includes(name)) this.refusals.push(`${name} ${rest}`);
  }

  #fetch(rest: string, inside: GmailMessage[], say: (line: string) => void): void {
    const [, set = "", items = ""] = /^(\S+) (.*)$/s.exec(rest) ?? [];
    const since = Number(/CHANGEDSINCE (\d+)/i.exec(items)?.[1] ?? 0);
    const wanted = (uid: number) =>
      set.split(",").some((range) => {
        const [from = "0", to = from] = range.split(":");
        return uid >= Number(from) && uid <= (to === "*" ? Number.MAX_SAFE_INTEGER : Number(to));
      });
    for (const [at, one] of inside.entries()) {
      if (!wanted(one.uid) || one.modseq <= since) continue;
      const labels = one.labels.map((label) => (label.startsWith("\\") ? `"\\${label}"` : `"${label}"`)).join(" ");
      const body = /BODY\.PEEK\[\]/i.test(items)
        ? ` BODY[]<0> {${one.source.length}}\r\n${one.source.toString("latin1")}`
        : "";
      say(
        `* ${at + 1} FETCH (UID ${one.uid} FLAGS (${one.flags.join(" ")}) INTERNALDATE "04-May-2026 09:12:44 +0000" RFC822.SIZE ${one.source.length} X-GM-MSGID ${one.msgid} X-GM-THRID ${one.thread} X-GM-LABELS (${labels}) MODSEQ (${one.modseq})${body})`,
      );
    }
  }

  #inside(folder: string): GmailMessage[] {
    const label = FOLDERS.find(([path]) => path === folder)?.[2];
    return label === undefined ? this.messages : this.messages.filter((one) => one.labels.includes(label));
  }
}

function unquoted(text: string): string {
  return text.trim().replace(/^"|"$/g, "");
}
