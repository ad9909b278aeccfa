import type { SearchObject } from "imapflow";
import type { Ctx } from "./api.ts";
import { listFolders } from "./folders.ts";
import { idOf } from "./ids.ts";
import { searched } from "./look.ts";

/**
 * The id behind an address: a message by its Message-ID (`mid:`, RFC 2392, `message:` as Apple Mail writes it, or the
 * `<…>` itself), an `imap:` address (RFC 5092), or Gmail's for the web.
 */
export async function locateMail(ctx: Ctx, url: string): Promise<string | undefined> {
  const own = ownAddress(ctx, url);
  if (own !== undefined) return own;
  const query = queryOf(ctx, url);
  if (query === undefined) return undefined;
  const { followed } = await ctx.api.use(ctx, (flow) => listFolders(flow, ctx.config));
  for (const folder of followed) {
    const id = await ctx.api.inFolder(ctx, folder.path, async (flow, box) => {
      const uid = (await searched(flow, query)).highest;
      return uid === 0 ? undefined : idOf({ folder: folder.path, validity: String(box.uidValidity), uid });
    });
    if (id !== undefined) return id;
  }
  return undefined;
}

const OWN = /^imaps?:\/\/(?:([^@/]+)@)?([^/:]+)(?::\d+)?\/(.+?);UIDVALIDITY=(\d+)\/;UID=(\d+)/i;

function ownAddress({ config }: Ctx, url: string): string | undefined {
  const found = OWN.exec(url);
  if (found === null) return undefined;
  const [, user, host, folder, validity, uid] = found as unknown as string[];
  const name = user === undefined ? config.username : decoded(user.replace(/;AUTH=.*$/i, ""));
  if (host?.toLowerCase() !== config.host.toLowerCase() || name !== config.username) return undefined;
  return idOf({ folder: decoded(folder as string), validity: validity as string, uid: Number(uid) });
}

function queryOf({ config }: Ctx, url: string): SearchObject | undefined {
  const messageId = /^(?:mid:|message:(?:\/\/)?|<)(?:%3c|<)?([^<>\s/]+@[^<>\s/]+?)(?:%3e|>)?$/i.exec(url)?.[1];
  if (messageId !== undefined) return { header: { "message-id": `<${decoded(messageId)}>` } };
  const gmail = /^https:\/\/mail\.google\.com\/mail\/.*#[^/]+\/([0-9a-f]{15,16})$/i.exec(url)?.[1];
  const isGmail = /(^|\.)(gmail|googlemail)\.com$/i.test(config.host);
  return gmail !== undefined && isGmail ? { emailId: String(BigInt(`0x${gmail}`)) } : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
