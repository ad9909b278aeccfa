import { z } from "zod";
import { ConnectorError } from "../kit/index.ts";
import { call, callPages, realmOf, remember, type SlackContext } from "./api.ts";
import { hasUser, USER } from "./auth.ts";
import { identityOf } from "./identity.ts";
import { Channel, ok, paged } from "./schema.ts";
import { type Family, familiesOf, isNamed, isSelective, isWanted, patternsOf, plainName } from "./selection.ts";
import { workspacesOf } from "./workspaces.ts";

const Page = paged({ channels: z.array(Channel) });
const Info = ok({ channel: Channel });

/** The channels that the options and the token lead to. A list that breaks off throws: part of it is never taken for all. */
export async function followedChannels(ctx: SlackContext): Promise<Channel[]> {
  patternsOf(ctx.config);
  const missed: SlackContext["api"]["missed"] = [];
  const found = new Map<string, Channel>();
  const onlyIds =
    ctx.config.channelIds.length > 0 && ctx.config.channels.length + ctx.config.channelPatterns.length === 0;
  for (const family of familiesOf(ctx.config)) {
    if (onlyIds && !family.isPersonal) continue;
    try {
      for await (const channel of listed(ctx, family))
        if (!found.has(channel.id) && (await isFollowed(ctx, channel))) found.set(channel.id, channel);
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      if (error.kind !== "permission" || family.types === "public_channel") throw error;
      missed.push({ name: family.title, error });
    }
  }
  for (const id of ctx.config.channelIds) if (!found.has(id)) await addById(ctx, id, found, missed);
  for (const name of ctx.config.channels)
    if (![...found.values()].some((one) => isCalled(one, name))) missed.push(unknownName(name));
  await joinAll(ctx, found);
  ctx.api.missed = missed;
  ctx.api.channels.clear();
  for (const channel of found.values()) ctx.api.channels.set(channel.id, channel);
  for (const { name, error } of missed) ctx.log.info("channel.missed", { name, why: error.message });
  return [...found.values()];
}

/** Where nothing is named, those that the token's owner is in are a fraction of all. */
async function* listed(ctx: SlackContext, { types, isPersonal }: Family): AsyncGenerator<Channel> {
  const all = isSelective(ctx.config) && !isPersonal;
  const realm = isPersonal && hasUser(ctx.config) ? USER : undefined;
  const query = { types, exclude_archived: false, limit: all ? 1000 : 200 };
  const method = all ? "conversations.list" : "users.conversations";
  const how = { bucket: all ? "channels" : "memberships", realm } as const;
  const { isOrganization } = await identityOf(ctx, realm);
  for (const { teamId } of isOrganization ? await workspacesOf(ctx, realm) : [{ teamId: undefined }])
    for await (const page of callPages(ctx, method, { ...query, team_id: teamId }, Page, how))
      for (const channel of page.channels)
        yield { ...channel, context_team_id: channel.context_team_id ?? teamId, ...(!all && { is_member: true }) };
}

/** Archived channels are taken when the options say so, and kept when they were followed before. */
async function isFollowed(ctx: SlackContext, channel: Channel): Promise<boolean> {
  const { config } = ctx;
  if (!isWanted(config, channel)) return false;
  const reachable =
    channel.is_member !== false || isReadable(ctx, channel) || isNamed(config, channel) || config.autoJoin;
  if (!reachable) return false;
  return !channel.is_archived || config.includeArchived || (await ctx.memory.get(`followed:${channel.id}`)) === true;
}

/** People read public channels without being in them; apps do not. */
function isReadable({ config }: SlackContext, channel: Channel): boolean {
  return config.botToken === undefined && hasUser(config) && !channel.is_private;
}

async function addById(
  ctx: SlackContext,
  id: string,
  found: Map<string, Channel>,
  missed: SlackContext["api"]["missed"],
): Promise<void> {
  try {
    const channel = await askChannel(ctx, id);
    if (isWanted({ ...ctx.config, includePrivate: true }, channel)) found.set(id, channel);
  } catch (thrown) {
    const error = ConnectorError.from(thrown);
    if (error.kind !== "not_found" && error.kind !== "permission") throw error;
    missed.push({ name: id, error });
  }
}

function isCalled(channel: Channel, written: string): boolean {
  const name = plainName(written);
  return channel.name === name || channel.id.toLowerCase() === name || channel.previous_names.includes(name);
}

function unknownName(written: string): { name: string; error: ConnectorError } {
  const name = `#${plainName(written)}`;
  const hint =
    "Is it written right? A private channel needs includePrivate and the app in it: /invite @ and the app's name.";
  return { name, error: new ConnectorError("not_found", `Slack shows no channel ${name}.`, { hint }) };
}

/** The only thing that is ever changed in Slack, and only if the options ask for it. One that cannot be joined stays unread. */
async function joinAll(ctx: SlackContext, found: Map<string, Channel>): Promise<void> {
  if (!ctx.config.autoJoin) return;
  for (const channel of found.values()) {
    if (channel.is_member !== false || channel.is_private || channel.is_archived || isReadable(ctx, channel)) continue;
    try {
      const request = {
        url: "/conversations.join",
        method: "POST" as const,
        body: new URLSearchParams({ channel: channel.id }),
        bucket: "join",
      };
      found.set(channel.id, (await ctx.http.json(request, Info)).body.channel);
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      if (error.kind !== "permission" && error.kind !== "not_found" && error.kind !== "unsupported") throw error;
      ctx.log.warn("channel.not-joined", { channel: channel.id, why: error.message });
    }
  }
}

/** A channel by its id, as it is known; asked for when it is not. Throws `not_found`. */
export async function describeChannel(ctx: SlackContext, id: string): Promise<Channel> {
  return ctx.api.channels.get(id) ?? ctx.api.visited.get(id) ?? askChannel(ctx, id);
}

export async function askChannel(ctx: SlackContext, id: string): Promise<Channel> {
  const isDirect = id.startsWith("D");
  const { body } = await call(ctx, "conversations.info", { channel: id }, Info, {
    realm: realmOf(ctx, { is_im: isDirect }),
  });
  return remember(ctx.api.visited, id, body.channel);
}
