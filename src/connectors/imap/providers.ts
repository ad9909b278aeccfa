import type { ImapConfig } from "./options.ts";

/** What is special about a provider of mail that many people have. */
export interface Provider {
  name: string;
  /** What to do when there is no password, or it is refused. */
  password: string;
  /** It takes none, whatever it is. */
  wantsLogin?: true;
  /** How to get a client id for a login. */
  app?: string;
}

const APP = "does not take your usual password here: create an app password at";

/** By the name of the server; help pages of the providers, checked 2026-11-21. */
const PROVIDERS: readonly [RegExp, Provider][] = [
  [
    /(^|\.)(gmail|googlemail)\.com$/,
    {
      name: "Gmail",
      password: `Gmail ${APP} https://myaccount.google.com/apppasswords (needs 2-Step Verification), or log in with OAuth.`,
      app: "Register a desktop app at https://console.cloud.google.com/apis/credentials, put its client secret into clientSecret, and copy its client id.",
    },
  ],
  [
    /(^|\.)(mail\.me|icloud|me|mac)\.com$/,
    { name: "iCloud", password: `iCloud ${APP} https://account.apple.com under Sign-In and Security.` },
  ],
  [
    /(^|\.)(outlook|office365|hotmail|live)\.com$/,
    {
      name: "Outlook",
      password:
        "Microsoft takes no passwords over IMAP any more: register an app at https://entra.microsoft.com, put its id into clientId, and log in with OAuth.",
      wantsLogin: true,
      app: "Register an app at https://entra.microsoft.com with the permission IMAP.AccessAsUser.All, and copy its client id.",
    },
  ],
  [
    /(^|\.)(yahoo|aol|ymail)\.com$/,
    { name: "Yahoo", password: `Yahoo ${APP} https://login.yahoo.com/account/security.` },
  ],
  [
    /(^|\.)(fastmail|messagingengine)\.com$/,
    { name: "Fastmail", password: `Fastmail ${APP} Settings, Privacy & Security, Connected apps & API tokens.` },
  ],
];

/** Undefined for a server of somebody's own. */
export function providerOf({ host }: Pick<ImapConfig, "host">): Provider | undefined {
  return PROVIDERS.find(([pattern]) => pattern.test(host.toLowerCase()))?.[1];
}
