import { z } from "zod";
import type { SlackContext } from "./api.ts";
import { isEarlier, tsAt } from "./time.ts";

const DAY_MS = 24 * 3_600_000;
const MOST_LATE = 500;
const Floor = z.object({ ts: z.string(), days: z.number(), most: z.number(), since: z.string().optional() });
const Late = z.array(z.string());

/**
 * Where a channel begins for this source. Fixed by the first sync, so that what was synced does not fall out of a window
 * that moves; set anew when the options that say how much is read change.
 */
export async function floorOf(
  ctx: SlackContext,
  channel: string,
  since: string | undefined,
  before?: string,
): Promise<string> {
  const { daysToSync: days, maxMessagesPerChannel: most } = ctx.config;
  const known = Floor.safeParse(await ctx.memory.get(`floor:${channel}`)).data;
  if (known !== undefined && known.days === days && known.most === most && known.since === since) return known.ts;
  const window = ctx.clock.now().getTime() - days * DAY_MS;
  const fresh = tsAt(since === undefined ? window : Math.max(window, Date.parse(since)));
  // Smaller windows begin later; where it began is not forgotten with the memory of it.
  const ts = before !== undefined && (known === undefined || isEarlier(fresh, before)) ? before : fresh;
  await ctx.memory.set(`floor:${channel}`, { ts, days, most, ...(since !== undefined && { since }) });
  return ts;
}

/** Enough was taken: the channel begins here. */
export async function lowerFloor(ctx: SlackContext, channel: string, ts: string): Promise<void> {
  const known = Floor.safeParse(await ctx.memory.get(`floor:${channel}`)).data;
  if (known !== undefined) await ctx.memory.set(`floor:${channel}`, { ...known, ts });
}

/** Conversations older than where the channel begins, in which somebody spoke since. */
export async function lateRoots(ctx: SlackContext, channel: string): Promise<string[]> {
  return Late.safeParse(await ctx.memory.get(`late:${channel}`)).data ?? [];
}

export async function rememberLate(ctx: SlackContext, channel: string, ts: string): Promise<void> {
  const known = await lateRoots(ctx, channel);
  const floor = Floor.safeParse(await ctx.memory.get(`floor:${channel}`)).data;
  if (known.includes(ts) || floor === undefined || !isEarlier(ts, floor.ts)) return;
  await ctx.memory.set(`late:${channel}`, [...known, ts].slice(-MOST_LATE));
}
