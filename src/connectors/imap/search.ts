import type { SearchObject } from "imapflow";
import type { Draft, NativeQuery } from "../kit/index.ts";
import { ConnectorError } from "../kit/index.ts";
import type { Ctx } from "./api.ts";
import { type Folder, listFolders } from "./folders.ts";
import { searched } from "./look.ts";
import { readMessages } from "./read-messages.ts";

/** Servers without an index read every mail: so many folders and so long, no more. */
const MOST_FOLDERS = 10;
const LONGEST_MS = 10_000;

/** The server's own search, folder by folder, the newest mail first. Gmail is asked in its own language. */
export async function searchMail(ctx: Ctx, { text, container, limit }: NativeQuery): Promise<Draft[]> {
  const { followed } = await ctx.api.use(ctx, (flow) => listFolders(flow, ctx.config));
  const folders = followed.filter(({ path }) => container === undefined || path === container).slice(0, MOST_FOLDERS);
  const until = ctx.clock.now().getTime() + LONGEST_MS;
  const found: Draft[] = [];
  for (const folder of folders) {
    if (ctx.clock.now().getTime() > until) break;
    found.push(...(await searchFolder(ctx, folder, text, limit)));
  }
  return found.sort((left, right) => ((left.updatedAt ?? "") < (right.updatedAt ?? "") ? 1 : -1)).slice(0, limit);
}

async function searchFolder(ctx: Ctx, folder: Folder, text: string, limit: number): Promise<Draft[]> {
  try {
    return await ctx.api.inFolder(ctx, folder.path, async (flow, box) => {
      const query = flow.capabilities.has("X-GM-EXT-1") ? { gmraw: text } : inAnyOrder(text);
      const uids = (await searched(flow, query)).newest(limit);
      if (uids.size === 0) return [];
      const { upserts } = await readMessages(ctx, flow, { folder, box, uids, since: undefined });
      return upserts.filter((draft) => draft.kind === "mail");
    });
  } catch (error) {
    const { kind } = ConnectorError.from(error);
    if (kind === "permission" || kind === "not_found" || kind === "bad_response") return [];
    throw error;
  }
}

/** Each word somewhere; what stands between quotes as it is. IMAP matches parts of words, in any case. */
function inAnyOrder(text: string): SearchObject {
  const words = [...text.matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => phrase ?? word ?? "").slice(0, 8);
  const [first = text, ...others] = words;
  return others.reduce<SearchObject>((query, word) => ({ not: { or: [{ not: query }, { not: { text: word } }] } }), {
    text: first,
  });
}
