import * as oauth from "oauth4webapi";
import type { Tokens } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import { addressOf, isSafeAddress } from "./address.ts";
import { refusedLogin } from "./authorization.ts";
import type { LoginRequest } from "./login-request.ts";
import { type OAuth, oauthFailure, oauthOf, refusalCode, tokensOf } from "./oauth.ts";

/** RFC 8628 §3.5: five seconds more after each slow_down; five between questions when the server does not say. */
const STEP_SECONDS = 5;

/** With a code that is typed into a browser on any machine (RFC 8628). */
export async function deviceLogin(request: LoginRequest): Promise<Tokens> {
  const { client: login, signal, source, clock, person } = request;
  const known = oauthOf(login, request.http.until(signal), signal);
  const device = await begin(known, login.scopes, source);
  const until = new Date(clock.now().getTime() + device.expires_in * 1000);
  person.type(device.user_code, device.verification_uri, until);
  let seconds = Math.max(1, device.interval ?? STEP_SECONDS);
  while (clock.now() < until) {
    await clock.sleep(seconds * 1000, signal);
    signal.throwIfAborted();
    const answer = await poll(known, device.device_code, clock.now(), source);
    if (typeof answer === "object") return answer;
    if (answer === "slow_down") seconds += STEP_SECONDS;
  }
  throw refusedLogin("expired_token", source);
}

async function begin({ server, client, auth, options }: OAuth, scopes: readonly string[], source: string) {
  try {
    const asked = new URLSearchParams(scopes.length > 0 ? { scope: scopes.join(" ") } : {});
    const sent = await oauth.deviceAuthorizationRequest(server, client, auth, asked, options);
    const device = await oauth.processDeviceAuthorizationResponse(server, client, sent);
    const address = addressOf(device.verification_uri);
    if (address && isSafeAddress(address)) return { ...device, verification_uri: address.href };
    throw new ConnectorError("bad_response", `The login server of ${source} leads to an address that is not safe.`);
  } catch (error) {
    throw failure(error, source);
  }
}

/** The tokens, or why to ask again. A network that fails for once is a reason to ask again as well. */
async function poll(
  { server, client, auth, options }: OAuth,
  code: string,
  now: Date,
  source: string,
): Promise<Tokens | "authorization_pending" | "slow_down"> {
  try {
    const sent = await oauth.deviceCodeGrantRequest(server, client, auth, code, options);
    return tokensOf(await oauth.processDeviceCodeResponse(server, client, sent), now);
  } catch (error) {
    const waits = refusalCode(error);
    if (waits === "authorization_pending" || waits === "slow_down") return waits;
    if (error instanceof ConnectorError && error.kind === "rate_limited") return "slow_down";
    if (error instanceof ConnectorError && error.kind === "unavailable") return "authorization_pending";
    throw failure(error, source);
  }
}

function failure(error: unknown, source: string): ConnectorError {
  const code = refusalCode(error);
  return code === undefined ? oauthFailure(error, source) : refusedLogin(code, source);
}
