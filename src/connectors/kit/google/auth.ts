import { z } from "zod";
import type { AuthContext, AuthMethod, Credential, LoginClient } from "../http/index.ts";
import { googleAddresses } from "./addresses.ts";
import type { GoogleLogin } from "./options.ts";
import { serviceAccountCredential } from "./service-account.ts";

/** What one of Google's services asks for. */
export interface GoogleRights<Config> {
  /** Read-only ones. */
  scopes(config: Config): readonly string[];
  /** What they allow, in words. */
  allows(config: Config): string;
  /** Where a person switches the interface on. */
  enable: string;
}

const Given = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** Why logins of Google end by themselves. https://developers.google.com/identity/protocols/oauth2#expiration, checked 2026-11-21. */
export const TESTING_ENDS =
  "While the consent screen is in Testing, Google ends each login after 7 days. Choose Publish app at " +
  "https://console.cloud.google.com/auth/audience, and the next login stays.";

/** The ways in to a service of Google, the recommended one first. */
export function googleAuth<Config extends GoogleLogin>(rights: GoogleRights<Config>): readonly AuthMethod<Config>[] {
  const tokenUrl = ({ baseUrl }: Config) => googleAddresses("", baseUrl).token;
  return [
    {
      id: "oauth",
      title: "Login in the browser",
      howTo: `Make an OAuth client of the type Desktop app at https://console.cloud.google.com/auth/clients, switch the interface on at ${rights.enable}, and put its id and secret into clientId and clientSecret.`,
      applies: (config) =>
        config.clientId !== undefined &&
        config.accessToken === undefined &&
        config.refreshToken === undefined &&
        !hasServiceAccount(config),
      async credential({ tokens }) {
        const { accessToken, expiresAt } = await tokens();
        const headers = { authorization: `Bearer ${accessToken}` };
        return { headers, ...(expiresAt !== undefined && { until: Date.parse(expiresAt) }) };
      },
      login: (config) => loginClient(config, rights),
    },
    {
      id: "service-account",
      title: "Service account",
      howTo: `Make one at https://console.cloud.google.com/iam-admin/serviceaccounts, download a JSON key into serviceAccountFile, and share folders with its address or let it act for people with impersonateUser.`,
      applies: (config) => config.accessToken === undefined && hasServiceAccount(config),
      credential: (ctx, realm) =>
        serviceAccountCredential(ctx, {
          tokenUrl: tokenUrl(ctx.config),
          scopes: rights.scopes(ctx.config),
          person: realm ?? ctx.config.impersonateUser,
        }),
    },
    {
      id: "refresh-token",
      title: "Refresh token",
      howTo: "Put a refresh token into refreshToken, beside the clientId and clientSecret that it was given to.",
      applies: (config) => config.refreshToken !== undefined && config.accessToken === undefined,
      credential: (ctx) => refreshed(ctx, tokenUrl(ctx.config)),
    },
    {
      id: "token",
      title: "Access token",
      howTo: `Put one into accessToken; it is good for an hour.`,
      applies: (config) => config.accessToken !== undefined,
      credential: async ({ config }) => ({ headers: { authorization: `Bearer ${config.accessToken}` } }),
    },
  ];
}

function hasServiceAccount({ serviceAccountFile, serviceAccountJson }: GoogleLogin): boolean {
  return serviceAccountFile !== undefined || serviceAccountJson !== undefined;
}

/**
 * Google's device code is good for scopes that read nothing of a Drive or a mailbox (drive.file at most), so there is the
 * browser, or its address pasted. https://developers.google.com/identity/protocols/oauth2/limited-input-device#allowedscopes,
 * checked 2026-11-21. An answer names accounts.google.com as its issuer since 2026-02, which is checked by its origin.
 */
function loginClient<Config extends GoogleLogin>(config: Config, rights: GoogleRights<Config>): LoginClient {
  const { authorization, token, revocation } = googleAddresses("", config.baseUrl);
  return {
    clientId: config.clientId ?? "",
    ...(config.clientSecret !== undefined && { clientSecret: config.clientSecret }),
    scopes: rights.scopes(config),
    authorizationUrl: authorization,
    tokenUrl: token,
    revocationUrl: revocation,
    allows: rights.allows(config),
    extra: { access_type: "offline", prompt: "consent" },
    mayEnd: TESTING_ENDS,
  };
}

/** Google gives no new refresh token with it. */
async function refreshed(ctx: AuthContext<GoogleLogin>, url: string): Promise<Credential> {
  const { clientId = "", clientSecret, refreshToken = "" } = ctx.config;
  const body = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: clientId,
    refresh_token: refreshToken,
    ...(clientSecret !== undefined && { client_secret: clientSecret }),
  });
  const answer = await ctx.http.json({ url, method: "POST", body, reads: true }, Given);
  const until = ctx.clock.now().getTime() + answer.body.expires_in * 1000;
  return { headers: { authorization: `Bearer ${answer.body.access_token}` }, until };
}
