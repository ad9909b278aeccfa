import type { FetchMessageObject, ImapFlow, MessageStructureObject } from "imapflow";
import { ConnectorError } from "../kit/index.ts";
import { type MailAttachment, type MailMessage, parseMail } from "../kit/mail/index.ts";

/** Of a text nobody reads more; the rest is left out. */
const TEXT_BYTES = 1_000_000;
const MOST_TEXTS = 8;

/** An attachment that is still at the server. */
export interface DistantPart extends MailAttachment {
  part: string;
}

/** Of a mail whose structure the server does not know, so much is read. */
const WHOLE_AFTER_ALL_BYTES = 25_000_000;

/**
 * A large mail without its attachments: its headers and its texts, part by part. Servers know nothing or the wrong thing of
 * the structure of broken mail; it is then read as it is, up to 25 MB.
 */
export async function readBigMail(flow: ImapFlow, uid: number): Promise<MailMessage> {
  const described = await flow.fetchOne(String(uid), { uid: true, headers: true, bodyStructure: true }, { uid: true });
  if (!described || described.headers === undefined)
    throw new ConnectorError("not_found", "This mail was removed while it was read.");
  const leaves = leavesOf(described.bodyStructure);
  const texts = leaves.filter(isText).slice(0, MOST_TEXTS);
  const bodies = texts.length === 0 ? undefined : await bodiesOf(flow, uid, texts);
  const isKnown = leaves.length > 0 && texts.every(({ part, size }) => bodies?.has(part ?? "1") || size === 0);
  if (!isKnown) return await readWhole(flow, uid);
  const written = await Promise.all(texts.map((leaf) => textOf(leaf, bodies?.get(leaf.part ?? "1"))));
  const head = await parseMail(Buffer.concat([withoutStructure(described.headers), Buffer.from("\r\n\r\n")]));
  const type = described.headers.toString("latin1").match(/^content-type:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*/im)?.[0];
  return {
    ...head,
    header: (name) => (name === "content-type" ? type?.slice(13).trim() : head.header(name)),
    text: firstOf(written, "text"),
    html: firstOf(written, "html"),
    attachments: leaves.filter((leaf) => !isText(leaf)).map(distantPart),
  };
}

async function readWhole(flow: ImapFlow, uid: number): Promise<MailMessage> {
  const query = { uid: true, source: { maxLength: WHOLE_AFTER_ALL_BYTES } };
  const found = await flow.fetchOne(String(uid), query, { uid: true });
  if (!found || found.source === undefined)
    throw new ConnectorError("not_found", "This mail was removed while it was read.");
  return parseMail(found.source);
}

type Leaf = MessageStructureObject & { related: boolean };

/** The parts that hold something, in the order of the mail. */
function leavesOf(node: MessageStructureObject | undefined, related = false): Leaf[] {
  if (node === undefined) return [];
  const isMail = node.type === "message/rfc822";
  if (node.childNodes === undefined || isMail) return [{ ...node, related }];
  const inside = related || node.type === "multipart/related";
  return node.childNodes.flatMap((child) => leavesOf(child, inside));
}

function isText({ type, disposition }: MessageStructureObject): boolean {
  return (type === "text/plain" || type === "text/html") && disposition?.toLowerCase() !== "attachment";
}

async function bodiesOf(flow: ImapFlow, uid: number, leaves: Leaf[]): Promise<FetchMessageObject["bodyParts"]> {
  const bodyParts = leaves.map(({ part }) => ({ key: part ?? "1", maxLength: TEXT_BYTES }));
  const found = await flow.fetchOne(String(uid), { uid: true, bodyParts }, { uid: true });
  return found ? found.bodyParts : undefined;
}

/** A part by itself is a small mail. */
async function textOf(leaf: Leaf, body: Buffer | undefined): Promise<Pick<MailMessage, "text" | "html">> {
  if (body === undefined) return { text: undefined, html: undefined };
  const parameters = Object.entries(leaf.parameters ?? {}).map(
    ([name, value]) => `; ${name}="${value.replace(/["\r\n\\]/g, "")}"`,
  );
  const head = `Content-Type: ${leaf.type}${parameters.join("")}\r\nContent-Transfer-Encoding: ${leaf.encoding ?? "7bit"}\r\n\r\n`;
  return parseMail(Buffer.concat([Buffer.from(head), body]));
}

function firstOf(written: Pick<MailMessage, "text" | "html">[], kind: "text" | "html"): string | undefined {
  const all = written.flatMap((one) => one[kind] ?? []);
  return kind === "text" && all.length > 0 ? all.join("\n") : all[0];
}

/** Headers whose body is not there: without what says how to take it apart. */
function withoutStructure(headers: Buffer): Buffer {
  const text = headers.toString("latin1").trimEnd();
  return Buffer.from(text.replace(/^content-[\w-]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n?/gim, "").trimEnd(), "latin1");
}

function distantPart(leaf: Leaf): DistantPart {
  const name = leaf.dispositionParameters?.filename ?? leaf.parameters?.name ?? leaf.description;
  const size = leaf.size ?? 0;
  return {
    name: name ?? (leaf.type === "message/rfc822" ? `${leaf.envelope?.subject ?? "mail"}.eml` : undefined),
    mime: leaf.type,
    bytes: leaf.encoding?.toLowerCase() === "base64" ? Math.floor((size * 76) / 78 / 4) * 3 : size,
    related: leaf.related && leaf.id !== undefined && leaf.disposition?.toLowerCase() !== "attachment",
    disposition: leaf.disposition,
    part: leaf.part ?? "1",
    distant: true,
    content: () => new Uint8Array(),
  };
}
