import { type AuthMethod, bearerToken, type LoginClient, noLogin } from "../../kit/index.ts";
import { githubAddresses } from "../addresses.ts";
import { appCredential } from "./app-credential.ts";
import type { GithubLogin } from "./github-login.ts";

const READ_RIGHTS = "Metadata, Contents, Issues, Pull requests and Discussions: read-only";

type Place = Pick<GithubLogin, "baseUrl">;

const toGetToken = ({ baseUrl }: Place) =>
  `Create one at ${githubAddresses(baseUrl).web}/settings/personal-access-tokens/new with ${READ_RIGHTS}, and put it into accessToken.`;

const toGetApp = ({ baseUrl }: Place) =>
  `Create one at ${githubAddresses(baseUrl).web}/settings/apps/new with ${READ_RIGHTS}, install it, and put its id into appId and its key into privateKey.`;

const toLogIn = ({ baseUrl }: Place) =>
  `Create a GitHub App at ${githubAddresses(baseUrl).web}/settings/apps/new with ${READ_RIGHTS} and “Enable Device Flow” ticked, install it, and copy its client id.`;

/** The ways in, the recommended one first; the first that the options ask for is used. */
export const githubAuth: readonly AuthMethod<GithubLogin>[] = [
  bearerToken<GithubLogin>(
    {
      id: "token",
      title: "Fine-grained personal access token",
      howTo: toGetToken({}),
      howToFor: toGetToken,
    },
    (config) => config.accessToken,
  ),
  {
    id: "app",
    title: "GitHub App",
    howTo: toGetApp({}),
    howToFor: toGetApp,
    applies: (config) => config.privateKey !== undefined,
    credential: appCredential,
  },
  {
    id: "oauth",
    title: "Login in the browser or with a code",
    howTo: toLogIn({}),
    howToFor: toLogIn,
    applies: (config) => config.clientId !== undefined,
    async credential({ tokens }) {
      const { accessToken, expiresAt } = await tokens();
      const headers = { authorization: `Bearer ${accessToken}` };
      return { headers, ...(expiresAt !== undefined && { until: Date.parse(expiresAt) }) };
    },
    login: loginClient,
  },
  noLogin<GithubLogin>({
    title: "No login",
    howTo:
      "Public repositories need none; put a token into accessToken for private ones and for more than 60 requests an hour.",
  }),
];

/**
 * GitHub asks for a client secret where the browser comes back with a code, PKCE or not, and for none with a device code
 * (docs.github.com, "Generating a user access token for a GitHub App", checked 2026-11-21).
 */
function loginClient({ clientId = "", clientSecret, baseUrl }: GithubLogin): LoginClient {
  const { web } = githubAddresses(baseUrl);
  return {
    clientId,
    ...(clientSecret !== undefined && { clientSecret, authorizationUrl: `${web}/login/oauth/authorize` }),
    tokenUrl: `${web}/login/oauth/access_token`,
    deviceUrl: `${web}/login/device/code`,
    ...rightsOf(clientId),
  };
}

/**
 * Ids of GitHub Apps begin with "Iv"; their rights are set where the app is made. An OAuth App is asked for no more than
 * reading organizations, since its only scope for private repositories also lets it write.
 */
function rightsOf(clientId: string): Pick<LoginClient, "scopes" | "allows"> {
  if (clientId.startsWith("Iv"))
    return {
      scopes: [],
      allows: "what its GitHub App may read, in repositories where it is installed and you may look.",
    };
  return {
    scopes: ["read:org"],
    allows:
      "public repositories, and which organizations you belong to (an OAuth App cannot read private repositories without being able to write; a GitHub App can).",
  };
}
