import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ConnectorError, type Push } from "../kit/index.ts";
import { asking, type DriveContext, type Place } from "./api.ts";
import type { DriveCursor } from "./cursor.ts";
import { placesOf } from "./places.ts";
import { startToken } from "./sync.ts";

const HOUR_MS = 3_600_000;
/** The longest that Google keeps a channel for changes. */
const LIFE_MS = 7 * 24 * HOUR_MS;
/** A channel is replaced this long before it ends. */
const EARLY_MS = 24 * HOUR_MS;
/** New shared drives are looked for this often. */
const LOOK_MS = 6 * HOUR_MS;

const Opened = z.object({ id: z.string(), resourceId: z.string(), expiration: z.string().nullish() });
const Channel = z.object({
  id: z.string(),
  resourceId: z.string(),
  place: z.string(),
  address: z.string(),
  until: z.number(),
});
type Channel = z.output<typeof Channel>;

/**
 * Keeps Google posting to `webhookUrl`: opens a channel for each place and replaces it before it ends. Channels outlive the
 * process, so a restart opens none anew. Ends at once where the options name no hook.
 */
export async function* keepChannels(ctx: DriveContext): AsyncGenerator<Push<DriveCursor>> {
  const { webhookUrl, webhookSecret } = ctx.config;
  if (webhookUrl === undefined || webhookSecret === undefined) return;
  for (let isFirst = true; ; isFirst = false) {
    const opened = await renew(ctx, webhookUrl, webhookSecret);
    if (isFirst) yield {};
    // What changed while no channel was open for it was told to nobody.
    else if (opened.length > 0) yield { stale: opened };
    await ctx.clock.sleep(LOOK_MS, ctx.signal);
    ctx.signal.throwIfAborted();
  }
}

/** Opens what is missing or about to end, and ends what it replaces. Answers the places that have a new channel. */
async function renew(ctx: DriveContext, address: string, token: string): Promise<string[]> {
  const known = z
    .array(Channel)
    .catch([])
    .parse(await ctx.memory.get("channels"));
  const now = ctx.clock.now().getTime();
  const kept: Channel[] = [];
  const opened: string[] = [];
  for await (const place of placesOf(ctx)) {
    const good = known.find((one) => one.place === place.id && one.address === address && one.until - EARLY_MS > now);
    const channel = good ?? (await openUnlessHidden(ctx, place, address, token));
    if (channel === undefined) continue;
    kept.push(channel);
    if (good === undefined) opened.push(place.id);
  }
  await ctx.memory.set("channels", kept);
  for (const old of known) if (!kept.includes(old) && old.until > now) await stop(ctx, old);
  return opened;
}

/** A shared drive that this account cannot look into tells it no changes; that keeps no other drive from telling its own. */
async function openUnlessHidden(ctx: DriveContext, place: Place, address: string, token: string) {
  try {
    return await open(ctx, place, address, token);
  } catch (thrown) {
    if (!place.isShared || ConnectorError.from(thrown).kind !== "not_found") throw thrown;
    ctx.log.info("channel.not_opened", { place: place.id, why: ConnectorError.from(thrown).message });
    return undefined;
  }
}

async function open(ctx: DriveContext, place: Place, address: string, token: string): Promise<Channel> {
  const until = ctx.clock.now().getTime() + LIFE_MS;
  const query = {
    pageToken: await startToken(ctx, place),
    includeRemoved: true,
    includeItemsFromAllDrives: true,
    supportsAllDrives: true,
    ...(place.isShared && { driveId: place.id }),
  };
  const body = { id: randomUUID(), type: "web_hook", address, token, expiration: String(until) };
  // Nothing of anybody's is changed by it: a second channel would only tell the same twice.
  const request = asking(place.realm, "/changes/watch", query, { method: "POST", body });
  const answer = (await ctx.http.json(request, Opened)).body;
  const ends = Number(answer.expiration ?? until);
  return { id: answer.id, resourceId: answer.resourceId, place: place.id, address, until: Math.min(ends, until) };
}

/** One that Google does not know any more has ended as well. */
async function stop(ctx: DriveContext, { id, resourceId, place }: Channel): Promise<void> {
  const realm = ctx.api.places.get(place)?.realm;
  try {
    await ctx.http.text(asking(realm, "/channels/stop", {}, { method: "POST", body: { id, resourceId } }));
  } catch (thrown) {
    const { kind, message } = ConnectorError.from(thrown);
    if (kind === "cancelled") throw thrown;
    ctx.log.debug("channel.not_stopped", { why: message });
  }
}
