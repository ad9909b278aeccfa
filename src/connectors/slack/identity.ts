import { z } from "zod";
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
});

/** Asked once while the source is open; what failed is asked again. */
export function identityOf(ctx: SlackContext): Promise<Identity> {
  ctx.api.identity ??= askIdentity(ctx).catch((error: unknown) => {
    ctx.api.identity = undefined;
    throw error;
  });
  return ctx.api.identity;
}

export async function askIdentity(ctx: SlackContext, realm?: string): Promise<Identity> {
  const { body, headers } = await call(ctx, "auth.test", {}, Answer, { bucket: "identity", realm });
  const scopes = (headers.get("x-oauth-scopes") ?? "").split(",").map((scope) => scope.trim());
  return {
    url: body.url.endsWith("/") ? body.url : `${body.url}/`,
    team: body.team,
    teamId: body.team_id,
    user: body.user,
    userId: body.user_id,
    isBot: body.bot_id != null,
    enterprise: body.enterprise_id ?? undefined,
    scopes: scopes.filter((scope) => scope !== ""),
  };
}
