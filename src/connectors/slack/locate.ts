import { placeOf } from "./addresses.ts";
import type { SlackContext } from "./api.ts";
import { describeChannel, followedChannels } from "./channels.ts";
import { askFile } from "./files.ts";
import { readThread } from "./history.ts";
import { isReply } from "./taken.ts";
import { identityIn } from "./workspaces.ts";

/** The native id behind an address of this workspace, a permalink above all; undefined when it is another's. */
export async function locate(ctx: SlackContext, text: string): Promise<string | undefined> {
  const { sites } = await identityIn(ctx, {});
  const place = placeOf(text.trim(), sites);
  if (place === undefined) return undefined;
  if (place.file !== undefined) return fileId(ctx, place.file);
  const { channel, ts, thread } = place;
  if (channel === undefined || ts === undefined) return channel;
  if (ctx.config.groupBy === "message") return `${channel}/${ts}`;
  return `${channel}/${thread ?? (await rootOf(ctx, channel, ts))}`;
}

/** An address from outside a thread does not say that it leads into one. */
async function rootOf(ctx: SlackContext, channelId: string, ts: string): Promise<string> {
  const { root } = await readThread(ctx, await describeChannel(ctx, channelId), ts);
  return isReply(root) ? (root.thread_ts as string) : ts;
}

/** The file in the first followed channel that it was shared in. */
async function fileId(ctx: SlackContext, file: string): Promise<string | undefined> {
  const { shared } = await askFile(ctx, file);
  if (ctx.api.channels.size === 0) await followedChannels(ctx);
  const channel = shared.find((id) => ctx.api.channels.has(id));
  return channel === undefined ? undefined : `${channel}/${file}`;
}
