import { z } from "zod";
import { ConnectorError, type Entry } from "../kit/index.ts";
import { callPages, realmOf, type SlackContext } from "./api.ts";
import { identityOf } from "./identity.ts";
import { personOf } from "./people.ts";
import { type Channel, paged, User } from "./schema.ts";
import { workspacesOf } from "./workspaces.ts";

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
  if (isOpen) return { allow: (await teamsOf(ctx, channel)).map((id) => `group:${id}`) };
  const key = `access:${channel.id}`;
  const kept = Kept.safeParse(await ctx.memory.get(key)).data;
  const at = ctx.clock.now().getTime();
  if (kept !== undefined && Math.abs(at - kept.at) < DAY_MS) return { allow: kept.allow };
  const allow = await membersOf(ctx, channel);
  await ctx.memory.set(key, { at, allow });
  return { allow };
}

/** Workspaces that a public channel lies in: in an organization it may be in several of them. */
async function teamsOf(ctx: SlackContext, { context_team_id, shared_team_ids }: Channel): Promise<string[]> {
  const { isOrganization, teamId } = await identityOf(ctx);
  if (!isOrganization) return [context_team_id ?? teamId];
  const reached = new Set((await workspacesOf(ctx)).map((one) => one.teamId));
  return [...new Set([context_team_id ?? teamId, ...shared_team_ids.filter((id) => reached.has(id))])];
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

/** Everybody of each workspace but its guests, who see only the channels that they were put into. */
export async function* members(ctx: SlackContext): AsyncGenerator<{ group: string; users: string[] }> {
  const { isOrganization } = await identityOf(ctx);
  for (const { teamId } of await workspacesOf(ctx)) {
    const query = { limit: 200, ...(isOrganization && { team_id: teamId }) };
    const users: string[] = [];
    for await (const page of callPages(ctx, "users.list", query, Users, { bucket: "everybody" }))
      for (const user of page.members) if (isMember(user)) users.push(`user:${user.profile?.email ?? user.id}`);
    yield { group: `group:${teamId}`, users };
  }
}

function isMember({ id, deleted, is_bot, is_restricted, is_ultra_restricted }: User): boolean {
  return !deleted && !is_bot && !is_restricted && !is_ultra_restricted && id !== "USLACKBOT";
}
