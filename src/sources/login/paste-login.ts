import { randomInt } from "node:crypto";
import type { Tokens } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import { addressOf } from "./address.ts";
import { authorize } from "./authorization.ts";
import type { LoginRequest } from "./login-request.ts";
import { oauthOf } from "./oauth.ts";

const TRIES = 3;

/**
 * For machines without a browser: the person opens the address elsewhere, ends at a page that cannot be shown, and
 * brings that page's address back. PKCE makes what it holds useless to anybody else.
 */
export async function pasteLogin(request: LoginRequest): Promise<Tokens> {
  const { client, signal, source, clock, person } = request;
  const redirectUri = `http://${client.redirectHost ?? "127.0.0.1"}:${client.redirectPort ?? randomInt(49_152, 65_536)}/callback`;
  const known = oauthOf(client, request.http.until(signal), signal);
  const authorization = await authorize(known, client, redirectUri, { source, now: () => clock.now() });
  person.go(authorization.url, false);
  let problem: string | undefined;
  for (let left = TRIES; left > 0; left--) {
    const pasted = await person.paste(problem, signal);
    signal.throwIfAborted();
    const answer = answerIn(pasted.trim(), redirectUri);
    if (answer && authorization.claims(answer)) return authorization.redeem(answer);
    problem = answer
      ? "That address belongs to another login. Open the link above and copy the address the browser ends at."
      : `That is not the address the browser ended at, which begins with ${redirectUri}`;
  }
  throw new ConnectorError("auth", `The login of ${source} was given up after ${TRIES} addresses that do not fit.`, {
    hint: `Begin anew: headwater login ${source}`,
  });
}

/** The answer in a pasted address; undefined unless it is exactly the place that was asked for. */
function answerIn(pasted: string, redirectUri: string): URLSearchParams | undefined {
  const url = addressOf(pasted);
  return url && url.origin + url.pathname === redirectUri && url.username === "" ? url.searchParams : undefined;
}
