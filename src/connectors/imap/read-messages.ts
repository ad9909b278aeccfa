import type { FetchMessageObject, ImapFlow, MailboxObject } from "imapflow";
import { ConnectorError, type Draft } from "../kit/index.ts";
import { type MailMessage, mailItems, parseMail } from "../kit/mail/index.ts";
import type { Ctx } from "./api.ts";
import { readBigMail } from "./big-mail.ts";
import { explained } from "./explain.ts";
import type { Folder } from "./folders.ts";
import { factsOf } from "./message-facts.ts";
import type { UidSet } from "./uid-set.ts";

/** Mail up to this size is read whole; of a larger one only what it says, and its attachments when they are asked for. */
export const WHOLE_BYTES = 262_144;

/** What came of asking for some messages. */
export interface Read {
  upserts: Draft[];
  failures: { id: string; error: ConnectorError }[];
  /** Messages that were met, whatever became of them. */
  met: number[];
  /** Those among them that the options leave out. */
  left: number[];
}

/** Asks for messages by UID, all at once, and makes items of them. The folder is open. */
export async function readMessages(
  ctx: Ctx,
  flow: ImapFlow,
  { folder, box, uids, since }: { folder: Folder; box: MailboxObject; uids: UidSet; since: string | undefined },
): Promise<Read> {
  const read: Read = { upserts: [], failures: [], met: [], left: [] };
  const big: FetchMessageObject[] = [];
  const place = { folder: folder.path, validity: String(box.uidValidity) };
  for await (const message of asked(flow, uids, folder.labels !== undefined || flow.capabilities.has("X-GM-EXT-1"))) {
    if (!uids.has(message.uid)) continue; // servers tell of others meanwhile, and `n:*` names the last one always
    read.met.push(message.uid);
    if (isLeftOut(message, folder, since)) {
      read.left.push(message.uid);
      continue;
    }
    const size = message.size ?? message.source?.length ?? 0;
    if (size > WHOLE_BYTES || message.source === undefined) big.push(message);
    else await take(ctx, read, message, folder, place, () => parseMail(message.source as Buffer));
    message.source = undefined;
    ctx.signal.throwIfAborted();
  }
  for (const message of big) await take(ctx, read, message, folder, place, () => readBigMail(flow, message.uid));
  return read;
}

function asked(flow: ImapFlow, uids: UidSet, labels: boolean) {
  const query = {
    uid: true,
    flags: true,
    internalDate: true,
    size: true,
    threadId: true,
    labels,
    source: { maxLength: WHOLE_BYTES + 1 },
  };
  return flow.fetch(uids.toString(), query, { uid: true });
}

function isLeftOut({ internalDate, labels }: FetchMessageObject, folder: Folder, since: string | undefined): boolean {
  if (since !== undefined && internalDate !== undefined && new Date(internalDate) < new Date(since)) return true;
  return folder.labels !== undefined && ![...(labels ?? [])].some((label) => folder.labels?.has(label));
}

async function take(
  ctx: Ctx,
  read: Read,
  message: FetchMessageObject,
  folder: Folder,
  place: { folder: string; validity: string },
  parse: () => Promise<MailMessage>,
): Promise<void> {
  const facts = factsOf(message, { ...place, uid: message.uid }, folder, ctx.config);
  try {
    for (const item of mailItems(await parse(), facts, wishesOf(ctx))) read.upserts.push(item);
  } catch (error) {
    const known = unreadable(error, ctx);
    if (known.kind === "unavailable" || known.kind === "cancelled" || known.kind === "rate_limited") throw known;
    read.failures.push({ id: facts.id, error: known });
  }
}

/** What a broken mail says of itself: it stays broken. */
function unreadable(error: unknown, ctx: Ctx): ConnectorError {
  const raised = error as { code?: string; responseStatus?: string };
  if (error instanceof ConnectorError || raised.code !== undefined || raised.responseStatus !== undefined)
    return explained(error, ctx.source, ctx.config);
  return new ConnectorError(
    "unsupported",
    "This mail breaks the rules of mail so badly that its parts cannot be told apart.",
    {
      hint: "Read it in your mail program.",
      cause: error,
    },
  );
}

export function wishesOf({ config }: Pick<Ctx, "config">) {
  const { stripQuotes, includeAttachments, maxAttachmentSizeMb } = config;
  return { stripQuotes, includeAttachments, maxAttachmentBytes: maxAttachmentSizeMb * 1_000_000 };
}
