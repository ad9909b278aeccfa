import * as oauth from "oauth4webapi";
import type { Clock, Logger } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import { withLoginHttp } from "../login/login-http.ts";
import { oauthFailure, oauthOf, refusalCode, tokensOf } from "../login/oauth.ts";
import type { Renew } from "./logins.ts";

/** What the client itself did wrong: a new login would not help. */
const CLIENT_REFUSED = new Set(["invalid_client", "unauthorized_client", "incorrect_client_credentials"]);
const SERVER_BUSY = new Set(["temporarily_unavailable", "server_error", "slow_down"]);

/** Whose tokens are asked for, and how. */
export interface RenewingFor {
  source: string;
  allowPrivateNetwork: boolean;
  clock: Clock;
  log: Logger;
}

/** Asks a source's login server for newer tokens, RFC 6749 §6. Never repeated: a refresh token may be good for one use. */
export function renewing(about: RenewingFor): Renew {
  return (client, before, signal) =>
    withLoginHttp({ ...about, url: client.tokenUrl }, async (http) => {
      try {
        const known = oauthOf(client, http.until(signal), signal);
        const token = before.refreshToken ?? "";
        const sent = await oauth.refreshTokenGrantRequest(known.server, known.client, known.auth, token, known.options);
        const answer = await oauth.processRefreshTokenResponse(known.server, known.client, sent);
        return tokensOf(answer, about.clock.now(), before);
      } catch (error) {
        throw renewalFailure(error, about.source, signal);
      }
    });
}

/** What a login server that gave no tokens means for the source. */
export function renewalFailure(error: unknown, source: string, signal: AbortSignal): ConnectorError {
  const code = refusalCode(error);
  if (signal.aborted || (code !== undefined && SERVER_BUSY.has(code))) {
    return new ConnectorError("unavailable", `The login server of ${source} did not answer in time.`, { cause: error });
  }
  if (code === undefined) return oauthFailure(error, source);
  if (CLIENT_REFUSED.has(code)) {
    return new ConnectorError(
      "config",
      `The login server of ${source} does not accept its client id or client secret.`,
      {
        hint: "Check clientId and clientSecret in the configuration: headwater config edit",
      },
    );
  }
  return new ConnectorError("auth", `The login server of ${source} refused.`, { cause: error });
}
