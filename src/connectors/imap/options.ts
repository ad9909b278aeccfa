import { z } from "zod";
import { effect, localPath, mainOption, secret } from "../kit/index.ts";

const flag = (fallback: boolean, description: string) => z.boolean().default(fallback).describe(description);
const words = (fallback: string[], description: string) => z.array(z.string()).default(fallback).describe(description);
const text = (description: string) => z.string().min(1).optional().describe(description);
const count = (fallback: number, description: string) =>
  z.number().int().min(0).default(fallback).describe(description);

/** The options of an `imap` source. */
export const ImapConfig = z.object({
  host: mainOption(
    z.string().min(1).describe("The mail server, such as imap.fastmail.com, imap.gmail.com or imap.mail.me.com."),
  ),
  port: z
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe("Its port. Default: 993, and 143 where useSsl is false."),
  useSsl: flag(true, "Speak TLS from the first byte, as servers on port 993 do."),
  startTls: flag(false, "Where useSsl is false: begin in the clear and turn to TLS before signing in."),
  tlsRejectUnauthorized: flag(
    true,
    "Refuse a certificate that cannot be checked. Turn it off for a server of your own network only.",
  ),
  tlsCaFile: effect(
    localPath("A .pem file with the certificate of your own server, or of the authority that signed it.").optional(),
    "cosmetic",
  ),
  allowPlaintext: flag(
    false,
    "Sign in without TLS. Taken for servers on this machine only, such as a bridge: a password never goes over a network in the clear.",
  ),
  username: z.string().min(1).describe("Your name at the server, mostly the whole mail address."),
  password: secret("Your password, or the app password that Gmail, iCloud, Yahoo and Fastmail ask for.", {
    variables: ["IMAP_PASSWORD", "MAIL_PASSWORD"],
  }).optional(),
  accessToken: secret("An OAuth access token in place of a password; it ends within hours.").optional(),
  clientId: text("Client id of an OAuth app, for `headwater login` with Gmail, Outlook or a server of your own."),
  clientSecret: secret("Client secret to clientId, where the provider gives one.").optional(),
  appOnly: flag(
    false,
    "Sign in as the app, with clientSecret and without a person: for mailboxes of a company at Microsoft (tenantId), or by tokenUrl.",
  ),
  tenantId: text("Directory of a company's Microsoft accounts. Default: common."),
  authorizationUrl: text("Where to log in, for servers other than Google's and Microsoft's."),
  tokenUrl: text("Where tokens are given, to authorizationUrl or for appOnly."),
  deviceUrl: text("Where a code for another device is given, to authorizationUrl, for `headwater login --device`."),
  scopes: words([], "What to ask for at authorizationUrl or tokenUrl."),
  folders: effect(
    words(
      ["INBOX"],
      "Folders to follow: names, patterns such as Projects/*, or roles such as \\Sent and \\Archive. A single * means all.",
    ),
    "widening",
  ),
  excludeFolders: effect(
    words(["\\Junk", "\\Trash", "\\All"], "Folders to leave out, in the same words; wins over folders."),
    "narrowing",
  ),
  includeSent: effect(flag(false, "Also follow the folder of sent mail."), "widening"),
  includeAttachments: effect(flag(true, "Take attachments as items of their own, with their text."), "widening"),
  maxAttachmentSizeMb: effect(
    z.number().positive().default(25).describe("Larger attachments are named and not read. Megabytes."),
    "widening",
  ),
  stripQuotes: flag(true, "Leave out the earlier mail that an answer quotes at its end."),
  maxEmails: count(1000, "So many of the newest messages of each folder are taken to begin with. 0: all of them."),
  daysToSync: count(30, "Only messages of so many days are taken to begin with; later ones stay. 0: of any age."),
  markSeen: z
    .literal(false)
    .default(false)
    .describe("Always false. Folders are opened for reading only, and nothing is marked as read."),
  qresync: z
    .enum(["auto", "on", "off"])
    .default("auto")
    .describe("Ask the server what was removed (QRESYNC). auto: not at iCloud, whose answers are wrong.")
    .meta({ effect: "cosmetic" }),
  idle: effect(
    flag(false, "While headwater serves, let the server tell at once what happens in the first folder."),
    "cosmetic",
  ),
  connectionLimit: effect(
    z.number().int().min(1).max(5).default(1).describe("Connections at once for reading; news has one of its own."),
    "cosmetic",
  ),
});
export type ImapConfig = z.output<typeof ImapConfig>;
