import { type AuthMethod, ConnectorError, type LoginClient } from "../kit/index.ts";

/** The options that say who asks. */
export interface SlackLogin {
  botToken?: string | undefined;
  userToken?: string | undefined;
  appToken?: string | undefined;
  clientId?: string | undefined;
  includePrivate: boolean;
  includeDms: boolean;
  includeFiles: boolean;
  realTimeSearch: boolean;
  baseUrl: string;
}

/** Requests that only a user token, or only an app-level token, may make. */
export const USER = "user";
export const APP = "app";

const REDIRECT_PORT = 47_823;

/** The ways in, the recommended one first. */
export const slackAuth: readonly AuthMethod<SlackLogin>[] = [
  {
    id: "token",
    title: "Token of a Slack app",
    howTo:
      "Open your app at https://api.slack.com/apps, choose OAuth & Permissions, install the app and copy its Bot User OAuth Token into botToken.",
    applies: ({ botToken, userToken }) => botToken !== undefined || userToken !== undefined,
    async credential({ config, source }, realm) {
      return bearer(realm === APP ? checkedApp(config, source) : checked(tokenFor(config, realm) ?? "", source));
    },
  },
  {
    id: "oauth",
    title: "Login in the browser, for a user token",
    howTo: `Switch on PKCE in your app's OAuth & Permissions at https://api.slack.com/apps, add the redirect http://localhost:${REDIRECT_PORT}/callback, and copy the app's client id.`,
    applies: ({ clientId }) => clientId !== undefined,
    async credential({ config, source, tokens }, realm) {
      if (realm === APP) return bearer(checkedApp(config, source));
      const { accessToken, expiresAt } = await tokens();
      return { ...bearer(accessToken), ...(expiresAt !== undefined && { until: Date.parse(expiresAt) }) };
    },
    login: loginClient,
  },
];

/** Whether a token of a person is at hand: it may read direct messages and search. */
export function hasUser({ botToken, userToken, clientId }: SlackLogin): boolean {
  return userToken !== undefined || (botToken === undefined && clientId !== undefined);
}

function tokenFor({ botToken, userToken }: SlackLogin, realm: string | undefined): string | undefined {
  return realm === USER ? (userToken ?? botToken) : (botToken ?? userToken);
}

function bearer(token: string) {
  return { headers: { authorization: `Bearer ${token}` } };
}

/** Tokens of a browser session get their owner logged out everywhere, so they are not taken. */
function checked(token: string, source: string): string {
  if (!/^xox[cds]-/.test(token)) return token;
  throw new ConnectorError(
    "config",
    `The token of ${source} was taken from a browser, which Slack forbids: it logs people out for it.`,
    {
      hint: "Make an app at https://api.slack.com/apps and use its token, which begins with xoxb- or xoxp-.",
    },
  );
}

function checkedApp({ appToken }: SlackLogin, source: string): string {
  if (appToken?.startsWith("xapp-")) return appToken;
  throw new ConnectorError("config", `The appToken of ${source} is no app-level token, which begins with xapp-.`, {
    hint: "Make one under Basic Information, App-Level Tokens, with the scope connections:write.",
  });
}

/** Scopes of what the options ask for. */
export function scopesOf(config: Pick<SlackLogin, "includePrivate" | "includeDms" | "includeFiles">): string[] {
  return [
    "channels:read",
    "channels:history",
    ...(config.includePrivate ? ["groups:read", "groups:history"] : []),
    ...(config.includeDms ? ["im:read", "im:history", "mpim:read", "mpim:history"] : []),
    "users:read",
    "users:read.email",
    "usergroups:read",
    ...(config.includeFiles ? ["files:read"] : []),
  ];
}

/** Of Slack's own search. Those of Real-time Search are refused to an app without Slack's AI features, so they are asked for by request. */
function searchScopes(config: SlackLogin): string[] {
  if (!config.realTimeSearch) return ["search:read"];
  return [
    "search:read",
    "search:read.public",
    ...(config.includePrivate ? ["search:read.private"] : []),
    ...(config.includeDms ? ["search:read.im", "search:read.mpim"] : []),
    ...(config.includeFiles ? ["search:read.files"] : []),
  ];
}

/**
 * Only user scopes may be asked for with a redirect to this machine, and refresh tokens then live 30 days
 * (https://docs.slack.dev/authentication/using-pkce, 2026-11).
 */
function loginClient(config: SlackLogin): LoginClient {
  const site = new URL(config.baseUrl).origin;
  return {
    clientId: config.clientId ?? "",
    scopes: [],
    extra: { user_scope: [...scopesOf(config), ...searchScopes(config)].join(",") },
    authorizationUrl: `${site}/oauth/v2/authorize`,
    tokenUrl: `${config.baseUrl}/oauth.v2.access`,
    allows:
      "the channels and files that you can read yourself, and Slack's own search. Slack ends such a login after 30 days without use.",
    mayEnd: "Slack ends a login of this kind when nothing used it for 30 days.",
    unusedDays: 30,
    redirectHost: "localhost",
    redirectPort: REDIRECT_PORT,
    asStandard,
  };
}

const REFUSALS: Readonly<Record<string, string>> = {
  invalid_client_id: "invalid_client",
  bad_client_secret: "invalid_client",
  bad_redirect_uri: "redirect_uri_mismatch",
  invalid_scope: "invalid_scope",
  ratelimited: "temporarily_unavailable",
};

/** Slack nests a user's tokens, separates scopes by commas, and has its own names for refusals. */
function asStandard(answer: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { error, authed_user } = answer;
  if (typeof error === "string") return { error: REFUSALS[error] ?? "invalid_grant" };
  const nested = typeof authed_user === "object" && authed_user !== null && "access_token" in authed_user;
  const { access_token, refresh_token, expires_in, scope } = (nested ? authed_user : answer) as Record<string, unknown>;
  return {
    access_token,
    token_type: "bearer",
    ...(refresh_token !== undefined && { refresh_token }),
    ...(expires_in !== undefined && { expires_in }),
    ...(typeof scope === "string" && { scope: scope.replaceAll(",", " ") }),
  };
}
