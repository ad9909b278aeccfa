import { ConnectorError, type ErrorKind } from "../kit/index.ts";
import { networkSays } from "./network-words.ts";
import type { ImapConfig } from "./options.ts";
import { providerOf } from "./providers.ts";

/** What imapflow and Node attach to their errors. */
interface Raised {
  code?: string;
  authenticationFailed?: boolean;
  serverResponseCode?: string;
  responseStatus?: string;
  responseText?: string;
  mailboxMissing?: boolean;
  throttleReset?: number;
}

/** Response codes of RFC 5530 and of servers, with what they mean for us. */
const BY_CODE: Readonly<Record<string, ErrorKind>> = {
  UNAVAILABLE: "unavailable",
  SERVERBUG: "unavailable",
  INUSE: "unavailable",
  LIMIT: "rate_limited",
  THROTTLED: "rate_limited",
  OVERQUOTA: "rate_limited",
  NOPERM: "permission",
  AUTHORIZATIONFAILED: "permission",
  NONEXISTENT: "not_found",
  TRYCREATE: "not_found",
  EXPIRED: "auth",
  CONTACTADMIN: "auth",
  PRIVACYREQUIRED: "config",
};

/** Any failure of a conversation with the server, in our words. Never the server's own. */
export function explained(thrown: unknown, source: string, config: ImapConfig): ConnectorError {
  if (thrown instanceof ConnectorError) return thrown;
  const error = thrown as Raised & Error;
  const detail = { cause: scrubbed(error) };
  const { host } = config;
  if (error.name === "AbortError") return new ConnectorError("cancelled", "Stopped.");
  const known = BY_CODE[error.serverResponseCode?.toUpperCase() ?? ""];
  if (error.authenticationFailed && error.message === "Login is disabled") return noWayIn(source, config);
  if (error.authenticationFailed) return refusedLogin(error, source, config, known);
  if (error.code === "ETHROTTLE" || known === "rate_limited")
    return new ConnectorError("rate_limited", `${host} asks to be left alone for a while.`, {
      ...detail,
      ...(error.throttleReset !== undefined && { retryAfterMs: error.throttleReset }),
    });
  const network = networkSays(error, source, config);
  if (network !== undefined) {
    const [kind, message, hint] = network;
    return new ConnectorError(kind, message, { ...detail, hint });
  }
  if (error.mailboxMissing || known === "not_found")
    return new ConnectorError("not_found", `A folder of ${source} is not there any more.`, detail);
  if (known === "permission")
    return new ConnectorError("permission", `${host} does not let ${config.username} read this folder.`, detail);
  if (error.code === "LiteralTooLarge" || error.code === "ResponseTooLarge" || error.code === "LineTooLarge")
    return new ConnectorError("too_large", `${host} sent more than a mail may have.`, detail);
  if (error.responseStatus !== undefined || error.code?.startsWith("Parser"))
    return new ConnectorError(
      known ?? "bad_response",
      `${host} refused a question or answered out of the rules.`,
      detail,
    );
  if (/unsupported authentication|no matching authentication/i.test(error.message)) return noWayIn(source, config);
  if (typeof error.code === "string")
    return new ConnectorError("unavailable", `The connection to ${host} broke off.`, {
      ...detail,
      hint: `Check it: headwater test ${source}`,
    });
  return new ConnectorError("bug", "Unexpected failure inside headwater.", detail);
}

/** The server offers no way to sign in with what the options hold. */
function noWayIn(source: string, config: ImapConfig): ConnectorError {
  const { host } = config;
  if (config.password === undefined)
    return new ConnectorError(
      "config",
      `${host} takes no OAuth tokens for mail, neither by OAUTHBEARER nor by XOAUTH2.`,
      {
        hint: `Use an app password for ${source}: set password, and take accessToken or clientId out.`,
      },
    );
  return new ConnectorError("config", `${host} takes no passwords here.`, {
    hint:
      providerOf(config)?.password ?? `Log in with OAuth: set clientId, authorizationUrl and tokenUrl for ${source}.`,
  });
}

function refusedLogin(error: Raised, source: string, config: ImapConfig, known: ErrorKind | undefined): ConnectorError {
  const { host, username } = config;
  if (known === "unavailable" || known === "rate_limited")
    return new ConnectorError(known, `${host} lets nobody sign in just now.`);
  const provider = providerOf(config);
  if (config.password === undefined)
    return new ConnectorError("auth", `${host} refused the login of ${username}.`, {
      hint: hintForToken(source, config),
    });
  const passwordless = /basicauth|basic auth|web login|application-specific|app password/i.test(
    error.responseText ?? "",
  );
  const hint =
    provider?.password ??
    (passwordless
      ? "The server takes app passwords or OAuth only: make an app password in its security settings, or set clientId."
      : `Check username and password of ${source}; with two-step sign-in the server wants an app password.`);
  return new ConnectorError("auth", `${host} refused the password of ${username}.`, { hint });
}

function hintForToken(source: string, config: ImapConfig): string {
  if (config.accessToken !== undefined) return "Put a fresh token into accessToken.";
  if (!config.appOnly) return `headwater login ${source}`;
  return (
    `The app has a token, but may not read ${config.username}. An administrator of Exchange lets it:\n` +
    `New-ServicePrincipal -AppId ${config.clientId} -ObjectId <object id of the enterprise application>\n` +
    `Add-MailboxPermission -Identity ${config.username} -User <the same object id> -AccessRights FullAccess`
  );
}

/** Without the commands and answers that the library attaches: they may hold a credential. */
function scrubbed({ name, code, message }: Raised & Error): Error {
  return new Error(`${name} ${code ?? ""} ${String(message).slice(0, 200)}`.trim());
}
