import { z } from "zod";
import type { LoginClient } from "../../connectors/kit/index.ts";

/** What is kept of one login. */
export const KeptLogin = z.object({
  tokens: z.object({
    accessToken: z.string(),
    refreshToken: z.string().optional(),
    expiresAt: z.string().optional(),
    scope: z.string().optional(),
  }),
  /** The client it belongs to: no other one can renew it. */
  clientId: z.string(),
  /** The server that gave it: nobody else is shown it, whatever a configuration says later. */
  server: z.string(),
  /** When the person logged in, ISO 8601. */
  since: z.string(),
  /** When these tokens were given. */
  renewedAt: z.string(),
  /** The server would not renew it: only a new login helps. */
  refused: z.boolean().default(false),
});
export type KeptLogin = z.output<typeof KeptLogin>;

/** Whether this client may use and renew it. */
export function belongsTo({ clientId, server }: KeptLogin, client: LoginClient | undefined): client is LoginClient {
  return client !== undefined && client.clientId === clientId && new URL(client.tokenUrl).origin === server;
}

const RENEW_BEFORE_MS = 5 * 60_000;

/** Whether it should be renewed: five minutes before its end, or a fifth of its life where that is shorter. */
export function isDue({ tokens, renewedAt }: Pick<KeptLogin, "tokens" | "renewedAt">, now: Date): boolean {
  if (tokens.expiresAt === undefined) return false;
  const end = Date.parse(tokens.expiresAt);
  const life = end - Date.parse(renewedAt);
  return now.getTime() >= end - Math.min(RENEW_BEFORE_MS, life / 5);
}

export function hasEnded({ tokens }: KeptLogin, now: Date): boolean {
  return tokens.expiresAt !== undefined && now.getTime() >= Date.parse(tokens.expiresAt);
}
