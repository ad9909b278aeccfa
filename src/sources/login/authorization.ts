import { timingSafeEqual } from "node:crypto";
import * as oauth from "oauth4webapi";
import type { LoginClient, Tokens } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import { type OAuth, oauthFailure, refusalCode, tokensOf } from "./oauth.ts";

/** One authorization request, RFC 6749 §4.1 with PKCE (RFC 7636, S256 only). It takes one answer, once. */
export interface Authorization {
  /** Where the person goes. */
  readonly url: string;
  /** Whether an answer belongs to this request at all; others say nothing about it. Answers true at most once. */
  claims(answer: URLSearchParams): boolean;
  /** The tokens for an answer that was claimed. */
  redeem(answer: URLSearchParams): Promise<Tokens>;
}

export async function authorize(
  oauthOf: OAuth,
  login: LoginClient,
  redirectUri: string,
  about: { source: string; now: () => Date },
): Promise<Authorization> {
  const state = oauth.generateRandomState();
  const verifier = oauth.generateRandomCodeVerifier();
  const url = new URL(login.authorizationUrl as string);
  const asked = {
    ...login.extra,
    response_type: "code",
    client_id: login.clientId,
    redirect_uri: redirectUri,
    ...(login.scopes.length > 0 && { scope: login.scopes.join(" ") }),
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);

  let answered = false;
  return {
    url: url.href,
    claims(answer) {
      const [given = "", ...more] = answer.getAll("state");
      if (answered || more.length > 0 || !equal(given, state)) return false;
      answered = true;
      return true;
    },
    async redeem(answer) {
      refuseOtherServer(answer, oauthOf.server, login, about.source);
      try {
        const checked = oauth.validateAuthResponse(oauthOf.server, oauthOf.client, answer, state);
        const { server, client, auth, options } = oauthOf;
        const sent = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          auth,
          checked,
          redirectUri,
          verifier,
          options,
        );
        return tokensOf(await oauth.processAuthorizationCodeResponse(server, client, sent), about.now());
      } catch (error) {
        throw refusedAnswer(error, about.source);
      }
    },
  };
}

/** RFC 9207. Where the server is not known by a name of its own, an answer may still not name a foreign one. */
function refuseOtherServer(
  answer: URLSearchParams,
  server: oauth.AuthorizationServer,
  login: LoginClient,
  source: string,
): void {
  const named = answer.get("iss");
  const wrong =
    login.issuer !== undefined
      ? named !== login.issuer
      : named !== null && (!URL.canParse(named) || new URL(named).origin !== server.issuer);
  if (!wrong) {
    if (login.issuer === undefined) answer.delete("iss");
    return;
  }
  throw new ConnectorError(
    "auth",
    `The answer to the login of ${source} came from another server, so it was refused.`,
    {
      hint: `Nothing was kept. Begin anew: headwater login ${source}`,
    },
  );
}

function refusedAnswer(error: unknown, source: string): ConnectorError {
  const code = refusalCode(error);
  if (code === undefined) return oauthFailure(error, source);
  return refusedLogin(code, source);
}

/** What a refusal of a login means and what to do about it. The server's own words are not repeated. */
export function refusedLogin(code: string, source: string): ConnectorError {
  const again = `Begin anew: headwater login ${source}`;
  const known: Record<string, [string, string]> = {
    access_denied: ["The login was declined in the browser.", again],
    expired_token: ["The code was not entered in time.", again],
    invalid_client: ["The service does not know this client id, or its client secret is wrong.", CLIENT],
    incorrect_client_credentials: ["The service does not know this client id, or its client secret is wrong.", CLIENT],
    unauthorized_client: ["The service does not let this client log in this way.", CLIENT],
    device_flow_disabled: [
      "The application has the device flow switched off.",
      "Switch on “Enable Device Flow” in the application's settings, then try again.",
    ],
    invalid_scope: ["The service does not give one of the rights that headwater asks for.", CLIENT],
    redirect_uri_mismatch: ["The application does not allow the address http://127.0.0.1 to be returned to.", CALLBACK],
    invalid_grant: ["The code was used before, or too late.", again],
    bad_verification_code: ["The code was used before, or too late.", again],
  };
  const [message, hint] = (Object.hasOwn(known, code) && known[code]) || ["The service refused the login.", again];
  return new ConnectorError("auth", `${source}: ${message}`, { hint });
}

const CLIENT = "Check clientId and clientSecret in the configuration against the application's settings.";
const CALLBACK = "Add http://127.0.0.1/callback to the callback addresses in the application's settings.";

function equal(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
