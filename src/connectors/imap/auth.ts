import { type AppClient, ConnectorError, type LoginClient, type SignIn } from "../kit/index.ts";
import type { ImapConfig } from "./options.ts";
import { providerOf } from "./providers.ts";

/** The ways in, the one that the options ask for first. */
export const imapAuth: readonly SignIn<ImapConfig>[] = [
  {
    id: "password",
    title: "Password or app password",
    howTo:
      "Put your app password into password; Gmail, iCloud, Yahoo and Fastmail make one in their security settings.",
    applies: (config) => config.password !== undefined,
  },
  {
    id: "token",
    title: "OAuth access token",
    howTo: "Put a token that may read mail over IMAP into accessToken.",
    applies: (config) => config.accessToken !== undefined,
  },
  {
    id: "app",
    title: "The app itself, without a person",
    howTo:
      "Register an app at https://entra.microsoft.com with the application permission IMAP.AccessAsApp, put its id, secret and directory into clientId, clientSecret and tenantId, and set appOnly: true.",
    applies: (config) => config.appOnly,
    app: appClient,
  },
  {
    id: "oauth",
    title: "Login in the browser",
    howTo:
      "Register a desktop app with Google (https://console.cloud.google.com/apis/credentials) or Microsoft (https://entra.microsoft.com) and copy its client id.",
    howToFor: (config) =>
      providerOf(config)?.app ?? "Set authorizationUrl, tokenUrl and scopes as your provider names them.",
    applies: (config) => config.clientId !== undefined,
    login: loginClient,
  },
];

/**
 * Google's only scope for IMAP also lets it send and delete (developers.google.com/workspace/gmail/imap/xoauth2-protocol);
 * Microsoft's reads and writes one mailbox (learn.microsoft.com, "Authenticate an IMAP connection using OAuth"). Both
 * checked 2026-11-21. headwater only ever reads.
 */
function loginClient(config: ImapConfig): LoginClient {
  const { clientId = "", clientSecret, authorizationUrl, tokenUrl, deviceUrl } = config;
  const client = { clientId, ...(clientSecret !== undefined && { clientSecret }) };
  if (authorizationUrl !== undefined && tokenUrl !== undefined)
    return {
      ...client,
      ...(deviceUrl !== undefined && { deviceUrl }),
      scopes: config.scopes,
      authorizationUrl,
      tokenUrl,
      allows: "what the mail server lets this app do; headwater only reads.",
    };
  const provider = providerOf(config)?.name;
  if (provider === "Gmail")
    return {
      ...client,
      scopes: ["https://mail.google.com/"],
      authorizationUrl: "https://accounts.google.com/o/oauth2/v2/auth",
      tokenUrl: "https://oauth2.googleapis.com/token",
      revocationUrl: "https://oauth2.googleapis.com/revoke",
      extra: { access_type: "offline", prompt: "consent" },
      allows: "all of your mail: Google has no narrower permission for IMAP. headwater only reads.",
    };
  if (provider !== "Outlook" && config.tenantId === undefined)
    throw new ConnectorError("config", `Where to log in for ${config.host} is not known.`, {
      hint: "Set authorizationUrl, tokenUrl and scopes as its provider names them, or take clientId out and use an app password.",
    });
  const tenantId = config.tenantId ?? "common";
  const place = microsoft(tenantId);
  return {
    ...client,
    scopes: ["https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access"],
    authorizationUrl: `${place}/authorize`,
    tokenUrl: `${place}/token`,
    deviceUrl: `${place}/devicecode`,
    allows: "your mailbox over IMAP. headwater only reads.",
  };
}

function microsoft(tenantId: string): string {
  return `https://login.microsoftonline.com/${encodeURIComponent(tenantId)}/oauth2/v2.0`;
}

/** learn.microsoft.com, "Use client credentials grant flow to authenticate IMAP connections", checked 2026-11-22. */
function appClient({ host, clientId, clientSecret, tenantId, tokenUrl, scopes }: ImapConfig): AppClient {
  if (clientId === undefined || clientSecret === undefined)
    throw new ConnectorError("config", "An app signs in by itself with clientId and clientSecret.", {
      hint: "Set both, or take appOnly out.",
    });
  if (tokenUrl !== undefined) return { clientId, clientSecret, scopes, tokenUrl };
  if (tenantId === undefined)
    throw new ConnectorError("config", `Where the app gets its tokens for ${host} is not known.`, {
      hint: "Set tenantId to the directory of a company's Microsoft accounts, or tokenUrl and scopes for a server of your own.",
    });
  const token = `${microsoft(tenantId)}/token`;
  return { clientId, clientSecret, scopes: ["https://outlook.office365.com/.default"], tokenUrl: token };
}
