import { z } from "zod";
import type { Site } from "./addresses.ts";
import { call, type SlackContext } from "./api.ts";
import { ok } from "./schema.ts";

/** Who the token is. */
export interface Identity {
  /** Ends with a slash: https://weirworks.slack.com/ */
  url: string;
  team: string;
  teamId: string;
  user: string;
  userId: string;
  isBot: boolean;
  /** Set in an organization with several workspaces. */
  enterprise: string | undefined;
  /** The app is installed for a whole organization: `team` is that then, until a channel says which workspace. */
  isOrganization: boolean;
  /** Addresses that lead into what the token reaches. */
  sites: readonly Site[];
  /** When the token ends, where it does. */
  endsAt: Date | undefined;
  /** What Slack says the token may do; empty where it does not say. */
  scopes: readonly string[];
}

const Answer = ok({
  url: z.url(),
  team: z.string(),
  team_id: z.string(),
  user: z.string(),
  user_id: z.string(),
  bot_id: z.string().nullish(),
  enterprise_id: z.string().nullish(),
  is_enterprise_install: z.boolean().nullish().catch(undefined),
  /** Seconds; only of tokens that rotate. */
  expires_in: z.number().nullish().catch(undefined),
});

/** Asked once of each token while the source is open; what failed is asked again. */
export function identityOf(ctx: SlackContext, realm?: string): Promise<Identity> {
  const { identities } = ctx.api;
  const known = identities.get(realm ?? "");
  if (known !== undefined) return known;
  const asked = askIdentity(ctx, realm);
  identities.set(realm ?? "", asked);
  asked.catch(() => identities.delete(realm ?? ""));
  return asked;
}

export async function askIdentity(ctx: SlackContext, realm?: string): Promise<Identity> {
  const { body, headers } = await call(ctx, "auth.test", {}, Answer, { bucket: "identity", realm });
  const scopes = (headers.get("x-oauth-scopes") ?? "").split(",").map((scope) => scope.trim());
  const url = body.url.endsWith("/") ? body.url : `${body.url}/`;
  const lasts = body.expires_in ?? undefined;
  return {
    url,
    team: body.team,
    teamId: body.team_id,
    user: body.user,
    userId: body.user_id,
    isBot: body.bot_id != null,
    enterprise: body.enterprise_id ?? undefined,
    isOrganization: body.is_enterprise_install === true,
    sites: [{ url, teamId: body.team_id }],
    endsAt: lasts === undefined ? undefined : new Date(ctx.clock.now().getTime() + lasts * 1000),
    scopes: scopes.filter((scope) => scope !== ""),
  };
}
