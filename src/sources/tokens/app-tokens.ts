import * as oauth from "oauth4webapi";
import type { AppClient, Tokens } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import { withLoginHttp } from "../login/login-http.ts";
import { oauthOf, tokensOf } from "../login/oauth.ts";
import { isDue, type KeptLogin } from "./kept-login.ts";
import { type RenewingFor, renewalFailure } from "./renew.ts";

const LONGEST_QUESTION_MS = 30_000;

/**
 * Tokens of an app that signs in by itself, RFC 6749 §4.4. They live in this process alone: others cost one question and
 * nobody's time. `refused`: the service did not take the last ones. Throws `auth`, `config` or `unavailable`.
 */
export function appTokens(about: RenewingFor, client: AppClient): (refused: boolean) => Promise<Tokens> {
  let kept: Pick<KeptLogin, "tokens" | "renewedAt"> | undefined;
  let underWay: Promise<Tokens> | undefined;
  const renew = async () => {
    const tokens = await askForTokens(about, client);
    kept = { tokens, renewedAt: about.clock.now().toISOString() };
    return tokens;
  };
  return async (refused) => {
    if (kept !== undefined && !refused && !isDue(kept, about.clock.now())) return kept.tokens;
    underWay ??= renew().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

function askForTokens(about: RenewingFor, client: AppClient): Promise<Tokens> {
  const signal = AbortSignal.timeout(LONGEST_QUESTION_MS);
  return withLoginHttp({ ...about, url: client.tokenUrl }, async (http) => {
    try {
      const known = oauthOf(client, http.until(signal), signal);
      const asked = { scope: client.scopes.join(" ") };
      const sent = await oauth.clientCredentialsGrantRequest(
        known.server,
        known.client,
        known.auth,
        asked,
        known.options,
      );
      const answer = await oauth.processClientCredentialsResponse(known.server, known.client, sent);
      return tokensOf(answer, about.clock.now());
    } catch (error) {
      throw withAdvice(renewalFailure(error, about.source, signal), client);
    }
  });
}

/** A refusal that is about the app's permission and not its secret: only who set the app up can help. */
function withAdvice(error: ConnectorError, client: AppClient): ConnectorError {
  if (error.kind !== "auth") return error;
  return new ConnectorError("auth", error.message, {
    hint: `Ask who administers ${new URL(client.tokenUrl).host} to let the app ${client.clientId} have ${client.scopes.join(" ") || "its permissions"}.`,
    cause: error,
  });
}
