import { z } from "zod";
import { ConnectorError } from "../kit/index.ts";
import type { Site } from "./addresses.ts";
import { call, callPages, type SlackContext } from "./api.ts";
import { type Identity, identityOf } from "./identity.ts";
import { type Channel, ok, paged } from "./schema.ts";

/** A workspace, on its own or as a part of an organization. */
export interface Workspace extends Site {
  name: string;
}

const WEEK_MS = 7 * 24 * 3_600_000;
const Teams = paged({ teams: z.array(z.object({ id: z.string().min(1), name: z.string() })) });
const Team = ok({ team: z.object({ domain: z.string().regex(/^[\w-]+$/) }) });
const Kept = z.object({ at: z.number(), domain: z.string() });

/**
 * Workspaces that a token reaches: its own, or those of an organization (Enterprise Grid) that the app was added to, because
 * a token of the organization has to name one in each list. https://docs.slack.dev/reference/methods/auth.teams.list, 2026-11.
 */
export function workspacesOf(ctx: SlackContext, realm?: string): Promise<Workspace[]> {
  const known = ctx.api.workspaces.get(realm ?? "");
  if (known !== undefined) return known;
  const asked = askWorkspaces(ctx, realm);
  ctx.api.workspaces.set(realm ?? "", asked);
  asked.catch(() => ctx.api.workspaces.delete(realm ?? ""));
  return asked;
}

async function askWorkspaces(ctx: SlackContext, realm: string | undefined): Promise<Workspace[]> {
  const identity = await identityOf(ctx, realm);
  if (!identity.isOrganization) return [{ teamId: identity.teamId, name: identity.team, url: identity.url }];
  const found: Workspace[] = [];
  const how = { bucket: "teams", realm } as const;
  for await (const { teams } of callPages(ctx, "auth.teams.list", { limit: 100 }, Teams, how))
    for (const { id, name } of teams) found.push({ teamId: id, name, url: await siteOf(ctx, identity, id, realm) });
  return found;
}

/** Where its people open it; the organization's own address leads there too, where the token may not ask (team:read). */
async function siteOf(ctx: SlackContext, identity: Identity, team: string, realm: string | undefined): Promise<string> {
  const at = ctx.clock.now().getTime();
  const kept = Kept.safeParse(await ctx.memory.get(`workspace:${team}`)).data;
  const isFresh = kept !== undefined && Math.abs(at - kept.at) < WEEK_MS;
  if (!isFresh && !identity.scopes.includes("team:read")) return identity.url;
  try {
    const domain = isFresh ? kept.domain : (await call(ctx, "team.info", { team }, Team, { realm })).body.team.domain;
    if (!isFresh) await ctx.memory.set(`workspace:${team}`, { at, domain });
    return `https://${domain}.${/slack-gov\.com/.test(identity.url) ? "slack-gov" : "slack"}.com/`;
  } catch (thrown) {
    const { kind } = ConnectorError.from(thrown);
    if (!["permission", "not_found", "bad_response"].includes(kind)) throw thrown;
    return identity.url;
  }
}

/** Who we are where a channel lies: its workspace, and all the addresses that lead into what the token reaches. */
export async function identityIn(
  ctx: SlackContext,
  channel: Partial<Pick<Channel, "context_team_id">>,
): Promise<Identity> {
  const identity = await identityOf(ctx);
  if (!identity.isOrganization) return identity;
  const all = await workspacesOf(ctx);
  const here = all.find(({ teamId }) => teamId === channel.context_team_id);
  const sites = [...all, ...identity.sites];
  return here === undefined
    ? { ...identity, sites }
    : { ...identity, sites, team: here.name, teamId: here.teamId, url: here.url };
}

/** What names the workspace of a channel in a list, where that has to be named. */
export async function workspaceArgument(
  ctx: SlackContext,
  { context_team_id }: Pick<Channel, "context_team_id">,
): Promise<{ team_id?: string }> {
  const { isOrganization } = await identityOf(ctx);
  return isOrganization && context_team_id !== undefined ? { team_id: context_team_id } : {};
}
