import type { From, Page } from "../kit/index.ts";
import type { SlackContext } from "./api.ts";
import { describeChannel, followedChannels } from "./channels.ts";
import type { SlackCursor } from "./cursor.ts";
import type { Channel } from "./schema.ts";
import { Walk } from "./walk.ts";

/** Follows one channel: from new to old, over the last days every time, over everything once a day. */
export async function* syncChannel(ctx: SlackContext, from: From<SlackCursor>): AsyncGenerator<Page<SlackCursor>> {
  const id = from.container ?? "";
  const refused = ctx.api.missed.find(({ name }) => name === id);
  if (refused !== undefined) throw refused.error;
  const channel = await channelFor(ctx, id);
  const walk = await Walk.begin(ctx, channel, from);
  yield* walk.pages();
  await ctx.memory.set(`followed:${id}`, true);
}

async function channelFor(ctx: SlackContext, id: string): Promise<Channel> {
  if (ctx.api.channels.size === 0) await followedChannels(ctx);
  return ctx.api.channels.get(id) ?? describeChannel(ctx, id);
}
