import { Readable } from "node:stream";
import type { ImapFlow } from "imapflow";
import { ConnectorError, type Draft, type Fetched } from "../kit/index.ts";
import { attachedTo, type MailMessage, mailItems, parseMail } from "../kit/mail/index.ts";
import type { Ctx } from "./api.ts";
import { type DistantPart, readBigMail } from "./big-mail.ts";
import { type Folder, listFolders } from "./folders.ts";
import { placeOf } from "./ids.ts";
import { factsOf } from "./message-facts.ts";
import { WHOLE_BYTES, wishesOf } from "./read-messages.ts";

/** A mail, or one of its attachments with its bytes. */
export async function fetchMail(ctx: Ctx, id: string): Promise<Fetched> {
  const { attachment, ...place } = placeOf(id);
  const folder = await folderOf(ctx, place.folder, id);
  return ctx.api.inFolder(ctx, place.folder, async (flow, box) => {
    if (String(box.uidValidity) !== place.validity) throw gone(id);
    const message = await flow.fetchOne(String(place.uid), QUERY(flow), { uid: true });
    if (!message || message.source === undefined) throw gone(id);
    const isBig = (message.size ?? message.source.length) > WHOLE_BYTES;
    const mail = isBig ? await readBigMail(flow, place.uid) : await parseMail(message.source);
    const items = mailItems(mail, factsOf(message, place, folder, ctx.config), wishesOf(ctx));
    const item = items[attachment ?? 0];
    if (item === undefined) throw gone(id);
    if (attachment === undefined) return { item, content: { text: item.text ?? "" } };
    return { item, ...(await bytesOf(flow, place.uid, mail, attachment, item)) };
  });
}

const QUERY = (flow: ImapFlow) => ({
  uid: true,
  flags: true,
  internalDate: true,
  size: true,
  threadId: true,
  labels: flow.capabilities.has("X-GM-EXT-1"),
  source: { maxLength: WHOLE_BYTES + 1 },
});

/** What is not followed is read all the same when somebody names it; its name is checked by opening it. */
async function folderOf(ctx: Ctx, path: string, id: string): Promise<Folder> {
  const { followed, there } = await ctx.api.use(ctx, (flow) => listFolders(flow, ctx.config));
  if (!there.has(path)) throw gone(id);
  return followed.find((folder) => folder.path === path) ?? { path, name: path, role: undefined, status: undefined };
}

async function bytesOf(
  flow: ImapFlow,
  uid: number,
  mail: MailMessage,
  number: number,
  item: Draft,
): Promise<Pick<Fetched, "content">> {
  const mime = item.body?.mime;
  const part = attachedTo(mail)[number - 1] as Partial<DistantPart> | undefined;
  if (mime === undefined || part?.content === undefined) return {};
  if (part.part === undefined)
    return { content: { stream: Readable.from([Buffer.from(part.content())]), mime, name: item.title } };
  const chunks: Buffer[] = [];
  const { content } = await flow.download(String(uid), part.part, { uid: true });
  if (content === undefined) return {};
  for await (const chunk of content) chunks.push(chunk as Buffer);
  return { content: { stream: Readable.from(chunks), mime, name: item.title } };
}

function gone(id: string): ConnectorError {
  return new ConnectorError("not_found", `There is no mail ${JSON.stringify(id)} in the mailbox any more.`, {
    hint: "It was removed or moved to another folder. Search for its subject, or sync the source.",
  });
}
