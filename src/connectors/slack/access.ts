import { z } from "zod";
import { ConnectorError, type Entry } from "../kit/index.ts";
import { callPages, realmOf, type SlackContext } from "./api.ts";
import { identityOf } from "./identity.ts";
import { personOf } from "./people.ts";
import { type Channel, paged, User } from "./schema.ts";

const DAY_MS = 24 * 3_600_000;
const Members = paged({ members: z.array(z.string()) });
const Users = paged({ members: z.array(User) });
const Kept = z.object({ at: z.number(), allow: z.array(z.string()) });

type Access = NonNullable<Entry["access"]>;

/**
 * Who may read a channel: everybody of the workspace, or those who are in it. What cannot be found out never widens it:
 * then nobody but the owner of the store may.
 */
export async function accessTo(ctx: SlackContext, channel: Channel): Promise<Access> {
  const isOpen = !channel.is_private && !channel.is_im && !channel.is_mpim;
  if (isOpen) return { allow: [`group:${channel.context_team_id ?? (await identityOf(ctx)).teamId}`] };
  const key = `access:${channel.id}`;
  const kept = Kept.safeParse(await ctx.memory.get(key)).data;
  const at = ctx.clock.now().getTime();
  if (kept !== undefined && Math.abs(at - kept.at) < DAY_MS) return { allow: kept.allow };
  const allow = await membersOf(ctx, channel);
  await ctx.memory.set(key, { at, allow });
  return { allow };
}

async function membersOf(ctx: SlackContext, channel: Channel): Promise<string[]> {
  const ids: string[] = [];
  try {
    const query = { channel: channel.id, limit: 1000 };
    const how = { bucket: "members", realm: realmOf(ctx, channel) } as const;
    for await (const page of callPages(ctx, "conversations.members", query, Members, how)) ids.push(...page.members);
  } catch (thrown) {
    const { kind } = ConnectorError.from(thrown);
    if (kind !== "permission" && kind !== "not_found" && kind !== "unsupported") throw thrown;
    return [];
  }
  return Promise.all(ids.map(async (id) => `user:${(await personOf(ctx, id))?.email ?? id}`));
}

/** Everybody of the workspace but its guests, who see only the channels that they were put into. */
export async function* members(ctx: SlackContext): AsyncGenerator<{ group: string; users: string[] }> {
  const { teamId } = await identityOf(ctx);
  const users: string[] = [];
  for await (const page of callPages(ctx, "users.list", { limit: 200 }, Users, { bucket: "everybody" }))
    for (const user of page.members)
      if (!user.deleted && !user.is_bot && !user.is_restricted && !user.is_ultra_restricted && user.id !== "USLACKBOT")
        users.push(`user:${user.profile?.email ?? user.id}`);
  yield { group: `group:${teamId}`, users };
}
