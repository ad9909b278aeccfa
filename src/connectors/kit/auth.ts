import { ConnectorError } from "../../model/index.ts";
import type { AuthMethod, Credential } from "./http/index.ts";

/** How a service calls one of its ways in, and how a person gets there. */
export interface WayIn {
  /** By default "token", "basic" or "none". */
  id?: string;
  title: string;
  /** One sentence, shown when the credential is refused. */
  howTo: string;
  /** The same where the options say more about it, such as the address of another server. */
  // biome-ignore lint/suspicious/noExplicitAny: options of any connector.
  howToFor?(config: any): string;
}

/** `Authorization: Bearer …`, or under another word, where the options hold a token. */
export function bearerToken<Config>(
  way: WayIn,
  token: (config: Config) => string | undefined,
  scheme = "Bearer",
): AuthMethod<Config> {
  return headerToken(way, "authorization", (config) => prefixed(scheme, token(config)));
}

/** A token in a header of the service's own, such as `private-token`. */
export function headerToken<Config>(
  way: WayIn,
  header: string,
  token: (config: Config) => string | undefined,
): AuthMethod<Config> {
  return {
    id: "token",
    ...way,
    applies: (config) => token(config) !== undefined,
    credential: async ({ config, source }) => ({ headers: { [header]: given(token(config), source) } }),
  };
}

/** A name and a password, RFC 7617, in UTF-8. */
export function basicLogin<Config>(
  way: WayIn,
  login: (config: Config) => { user: string; password: string } | undefined,
): AuthMethod<Config> {
  return {
    id: "basic",
    ...way,
    applies: (config) => login(config) !== undefined,
    credential: async ({ config, source }) => {
      const { user, password } = login(config) ?? { user: "", password: "" };
      if (user.includes(":"))
        throw new ConnectorError(
          "config",
          `The user name of ${source} holds a colon, which this way of signing in cannot carry.`,
        );
      return { headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` } };
    },
  };
}

/** What is public needs no proof. Stands last in the list: it always applies. */
export function noLogin<Config>(way: WayIn): AuthMethod<Config> {
  return { id: "none", ...way, applies: () => true, credential: async (): Promise<Credential> => ({ headers: {} }) };
}

function prefixed(scheme: string, token: string | undefined): string | undefined {
  return token === undefined ? undefined : `${scheme} ${token}`;
}

function given(value: string | undefined, source: string): string {
  if (value !== undefined) return value;
  throw new ConnectorError("config", `The options of ${source} hold no credential.`);
}
