import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type AccessToken, Provider } from "oidc-provider";
import type { LoginClient } from "../../../src/connectors/kit/index.ts";

/** A real authorization server on a free port of this machine: PKCE, device codes, rotating refresh tokens, `iss`. */
export interface AuthorizationServer {
  readonly url: string;
  readonly client: LoginClient;
  /** What the token endpoint was asked for, in order: "authorization_code", "refresh_token", … */
  readonly grants: string[];
  /** How it answered each time, in the same order. */
  readonly statuses: number[];
  /** Whether an access token is good now. */
  isGood(accessToken: string): Promise<boolean>;
  /** Where another server asks whether a token is good, RFC 7662, its own credential in the address. */
  readonly introspectionUrl: string;
  /** Makes all access tokens that were given worthless; `forGood`: and what they are renewed with. */
  withdraw(forGood: boolean): Promise<void>;
  close(): Promise<void>;
}

export const CLIENT_ID = "headwater-test";
/** An app that gets tokens for its secret, without a person. */
export const APP = { clientId: "headwater-app", clientSecret: "what-only-the-app-knows" };
const ASKER = { client_id: "mail-server", client_secret: "who-asks-about-tokens" };

export async function startAuthorizationServer(
  options: { accessTokenSeconds?: number } = {},
): Promise<AuthorizationServer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(url, {
    clients: [
      {
        client_id: CLIENT_ID,
        application_type: "native",
        token_endpoint_auth_method: "none",
        redirect_uris: ["http://127.0.0.1/callback"],
        grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      },
      {
        ...{ client_id: APP.clientId, client_secret: APP.clientSecret, scope: "read" },
        token_endpoint_auth_method: "client_secret_post",
        ...{ grant_types: ["client_credentials"], response_types: [], redirect_uris: [] },
      },
      { ...ASKER, grant_types: [], response_types: [], redirect_uris: [] },
    ],
    scopes: ["read", "write"],
    cookies: { keys: ["for the tests of logins"] },
    features: {
      ...{ deviceFlow: { enabled: true }, clientCredentials: { enabled: true } },
      ...{ revocation: { enabled: true }, introspection: { enabled: true } },
    },
    pkce: { required: () => true },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: options.accessTokenSeconds ?? 3600,
      ClientCredentials: options.accessTokenSeconds ?? 3600,
      Grant: 864_000,
      RefreshToken: 864_000,
      Session: 864_000,
      Interaction: 3600,
      AuthorizationCode: 60,
      DeviceCode: 600,
    },
    findAccount: async (_exchange: unknown, sub: string) => ({ accountId: sub, claims: async () => ({ sub }) }),
  });
  provider.on("server_error", (_exchange, error) => console.error(error));
  const given = new Set<AccessToken>();
  provider.on("access_token.saved", (token) => given.add(token));
  provider.on("client_credentials.saved", (token) => given.add(token));
  const [grants, statuses]: [string[], number[]] = [[], []];
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== "/token") return;
    grants.push(String(ctx.oidc?.params?.grant_type));
    statuses.push(ctx.status);
  });
  server.on("request", provider.callback());
  return {
    url,
    client: {
      clientId: CLIENT_ID,
      scopes: ["read"],
      authorizationUrl: `${url}/auth`,
      tokenUrl: `${url}/token`,
      deviceUrl: `${url}/device/auth`,
      revocationUrl: `${url}/token/revocation`,
      issuer: url,
      allows: "read everything that is written on the board in the hall.",
    },
    grants,
    statuses,
    isGood: async (accessToken) => {
      const found = await Promise.all([
        provider.AccessToken.find(accessToken),
        provider.ClientCredentials.find(accessToken),
      ]);
      return found.some((token) => token !== undefined);
    },
    introspectionUrl: `${url.replace("//", `//${ASKER.client_id}:${ASKER.client_secret}@`)}/token/introspection`,
    withdraw: async (forGood) => {
      for (const token of given) {
        await token.destroy();
        if (forGood && token.grantId !== undefined) await provider.RefreshToken.revokeByGrantId(token.grantId);
      }
      given.clear();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
