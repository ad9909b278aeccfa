import type { FetchMessageObject } from "imapflow";
import type { MailFacts } from "../kit/mail/index.ts";
import type { Folder } from "./folders.ts";
import { idOf, type MessagePlace } from "./ids.ts";
import type { ImapConfig } from "./options.ts";

/** Flags that people know, as tags. Not having been read is what they look for. */
const TAGS: Readonly<Record<string, string>> = {
  "\\Flagged": "flagged",
  "\\Answered": "answered",
  "\\Draft": "draft",
  $Forwarded: "forwarded",
};
/** Told by programs to each other. */
const NOISE = /^(\\Seen|\\Recent|\\Deleted|\\\*|\$?MDNSent|\$?(?:Not|Non)?Junk|\$has.*|\$Phishing|OIB-.*)$/i;

/** What the server itself says of a message. */
export function factsOf(
  message: FetchMessageObject,
  place: MessagePlace,
  folder: Folder,
  config: ImapConfig,
): MailFacts {
  const labels = [...(message.labels ?? [])].filter((label) => label !== "\\Inbox").sort();
  const flags = [...(message.flags ?? [])].sort();
  const words = flags.filter((flag) => !NOISE.test(flag)).map((flag) => TAGS[flag] ?? flag);
  const seen = flags.includes("\\Seen");
  const received = message.internalDate === undefined ? undefined : new Date(message.internalDate);
  const tags = [
    ...new Set([...(seen ? [] : ["unread"]), ...words, ...labels.map((label) => label.replace(/^\\/, ""))]),
  ];
  const gmail = message.labels !== undefined && message.emailId !== undefined;
  return {
    id: idOf(place),
    container: containerOf(message, folder),
    version: tags.join(" ") || "read",
    tags,
    receivedAt: received === undefined || Number.isNaN(received.getTime()) ? undefined : received.toISOString(),
    ...(gmail && { url: gmailAddress(message.emailId as string, config.username) }),
    ...(message.threadId !== undefined && { thread: message.threadId }),
  };
}

/** Of Gmail's labels the first that is followed; else the folder. */
function containerOf({ labels }: FetchMessageObject, folder: Folder): string {
  const label = folder.labels && [...folder.labels.keys()].find((one) => labels?.has(one));
  return (label && folder.labels?.get(label)) ?? folder.path;
}

/** The web shows a message by its X-GM-MSGID in hexadecimal. */
function gmailAddress(emailId: string, username: string): string | undefined {
  if (!/^\d{1,20}$/.test(emailId)) return undefined;
  return `https://mail.google.com/mail/?authuser=${encodeURIComponent(username)}#all/${BigInt(emailId).toString(16)}`;
}
