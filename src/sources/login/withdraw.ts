import * as oauth from "oauth4webapi";
import type { Http, LoginClient, Tokens } from "../../connectors/kit/index.ts";
import { oauthOf } from "./oauth.ts";

/** Tells the server that a login is over (RFC 7009). The refresh token takes its access tokens with it. */
export async function withdraw(client: LoginClient, tokens: Tokens, http: Http, signal: AbortSignal): Promise<void> {
  const { server, client: known, auth, options } = oauthOf(client, http, signal);
  const token = tokens.refreshToken ?? tokens.accessToken;
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, known, auth, token, options));
}
