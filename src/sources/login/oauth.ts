import * as oauth from "oauth4webapi";
import type { Http, LoginClient, Tokens } from "../../connectors/kit/index.ts";
import { ConnectorError } from "../../model/index.ts";
import { addressOf, isLoopback, isSafeAddress } from "./address.ts";
import { Refusal } from "./login-http.ts";

/** A login client in the words of the OAuth library, with our way to the network. */
export interface OAuth {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly auth: oauth.ClientAuth;
  readonly options: oauth.TokenEndpointRequestOptions;
}

/** Endpoints must be https, or http on this machine. Throws `config` otherwise. */
export function oauthOf(login: Omit<LoginClient, "allows">, http: Http, signal: AbortSignal): OAuth {
  const endpoints = [login.tokenUrl, login.authorizationUrl, login.deviceUrl, login.revocationUrl];
  for (const url of endpoints) if (url !== undefined) refuseOpenAddress(url);
  return {
    server: {
      issuer: login.issuer ?? new URL(login.authorizationUrl ?? login.tokenUrl).origin,
      token_endpoint: login.tokenUrl,
      ...(login.authorizationUrl !== undefined && { authorization_endpoint: login.authorizationUrl }),
      ...(login.deviceUrl !== undefined && { device_authorization_endpoint: login.deviceUrl }),
      ...(login.revocationUrl !== undefined && { revocation_endpoint: login.revocationUrl }),
      authorization_response_iss_parameter_supported: login.issuer !== undefined,
    },
    client: { client_id: login.clientId },
    auth: login.clientSecret === undefined ? oauth.None() : oauth.ClientSecretPost(login.clientSecret),
    options: {
      signal,
      [oauth.customFetch]: async (url, { body, headers }) =>
        standard(await ask(http, url, body, headers), login.asStandard),
      [oauth.allowInsecureRequests]: isLoopback(new URL(login.tokenUrl)),
    },
  };
}

/** What the server gave, in our form. A server that names no new refresh token lets the old one live on. */
export function tokensOf(answer: oauth.TokenEndpointResponse, now: Date, before?: Tokens): Tokens {
  const refreshToken = answer.refresh_token ?? before?.refreshToken;
  const scope = answer.scope ?? before?.scope;
  return {
    accessToken: answer.access_token,
    ...(refreshToken !== undefined && { refreshToken }),
    ...(answer.expires_in !== undefined && {
      expiresAt: new Date(now.getTime() + answer.expires_in * 1000).toISOString(),
    }),
    ...(scope !== undefined && { scope }),
  };
}

/** The code of a refusal in the words of RFC 6749, such as `invalid_grant`; undefined when it was none. */
export function refusalCode(error: unknown): string | undefined {
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) return error.error;
  return undefined;
}

/** A failure that is no refusal: the network's own words stay, what the library found wrong becomes `bad_response`. */
export function oauthFailure(error: unknown, source: string): ConnectorError {
  if (error instanceof ConnectorError) return error;
  if (error instanceof Error && error.name === "AbortError") return ConnectorError.from(error);
  return new ConnectorError("bad_response", `The login server of ${source} gave an answer that is none of OAuth 2.0.`, {
    hint: "Check the addresses in the configuration, then try again.",
    cause: error,
  });
}

function refuseOpenAddress(written: string): void {
  const url = addressOf(written);
  if (url && isSafeAddress(url)) return;
  throw new ConnectorError("config", "A login must go over https, and one of its addresses does not.", {
    hint: "Write the address of the service with https:// in the configuration.",
  });
}

/** One request to the server. Refusals come back as answers, because in OAuth they say what to do next. */
async function ask(http: Http, url: string, body: URLSearchParams, headers: Record<string, string>): Promise<Response> {
  const json = { ...headers, accept: "application/json" };
  try {
    const answer = await http.text({ url, method: "POST", body, headers: json, anonymous: true, maxBytes: 1_000_000 });
    return response(answer.status, answer.headers, answer.body);
  } catch (error) {
    const refused = error instanceof ConnectorError ? error.cause : undefined;
    if (!(refused instanceof Refusal)) throw error;
    return response(refused.status, refused.headers, refused.body);
  }
}

/**
 * GitHub says refusals with status 200 (docs.github.com, "Authorizing OAuth apps", checked 2026-11-21), and some servers
 * send an ID token that nobody asked for; both are put right here.
 */
function response(status: number, headers: Headers, body: string): Response {
  const parsed = parsedObject(body);
  const type = headers.get("content-type") ?? "";
  if (!parsed) return new Response(body, { status, headers: { "content-type": type } });
  const { id_token: _unasked, ...said } = parsed;
  const refused = typeof said.error === "string" && status < 400;
  return Response.json(said, { status: refused ? 400 : status });
}

/** Where a provider has a form of its own for what it gives and refuses. */
async function standard(answer: Response, asStandard: LoginClient["asStandard"]): Promise<Response> {
  if (asStandard === undefined) return answer;
  const parsed = parsedObject(await answer.clone().text());
  if (parsed === undefined) return answer;
  const said = asStandard(parsed);
  return Response.json(said, { status: typeof said.error === "string" ? Math.max(answer.status, 400) : answer.status });
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
