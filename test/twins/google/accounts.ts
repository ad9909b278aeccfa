import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { jwtVerify } from "jose";
import type { Answered } from "../faults.ts";
import type { Question } from "../listen.ts";

/** Somebody with a Google account. */
export interface Person {
  email: string;
  name: string;
  /** The id under which permissions know this person. */
  permissionId: string;
  /** Of a Workspace organization; consumer accounts have none. */
  domain: string | undefined;
}

/** Whom a request comes from. */
export interface Principal {
  person: Person;
  scopes: readonly string[];
}

interface Client {
  secret: string | undefined;
  /** The consent screen is in testing: refresh tokens live 7 days. */
  testing: boolean;
}

interface Robot {
  key: KeyObject;
  /** Scopes that an administrator listed for domain-wide delegation. */
  delegated: ReadonlySet<string>;
}

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** What assertions are made for, wherever this twin answers. */
const AUDIENCE = "https://oauth2.googleapis.com/token";
const DAY_MS = 24 * 3_600_000;
let pair: { publicKey: KeyObject; privateKey: KeyObject } | undefined;

/**
 * What all of Google's services share: people, OAuth clients, service accounts and their tokens.
 * https://developers.google.com/identity/protocols/oauth2/native-app and …/service-account, checked 2026-11.
 */
export class GoogleAccounts {
  readonly people = new Map<string, Person>();
  /** Members of a group, by its address. */
  readonly groups = new Map<string, Set<string>>();
  readonly clients = new Map<string, Client>();
  /** Every question to the token endpoint: its grant, whom for, and the error it met. */
  readonly grants: { grant: string; subject?: string | undefined; error?: string }[] = [];
  /** How long access tokens live. */
  tokenSeconds = 3600;
  readonly #robots = new Map<string, Robot>();
  readonly #tokens = new Map<string, { email: string; scopes: string[]; until: number }>();
  readonly #refresh = new Map<string, { email: string; scopes: string[]; client: string; until: number }>();
  readonly #codes = new Map<string, { email: string; scopes: string[]; client: string; challenge: string }>();
  readonly #now: () => Date;
  #count = 0;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  person(email: string, name = email): Person {
    const known = this.people.get(email);
    if (known !== undefined) return known;
    const domain = email.split("@")[1] as string;
    const permissionId = String(BigInt(`0x${digest(email).slice(0, 16)}`) % 10n ** 20n).padStart(20, "1");
    const person = { email, name, permissionId, domain: domain === "gmail.com" ? undefined : domain };
    this.people.set(email, person);
    return person;
  }

  /** An access token, as if somebody had just logged in. */
  issue(email: string, scopes: readonly string[]): string {
    const token = `ya29.${this.#next("access")}`;
    this.#tokens.set(token, { email, scopes: [...scopes], until: this.#now().getTime() + this.tokenSeconds * 1000 });
    return token;
  }

  /** A refresh token of a client that is registered here. */
  remember(email: string, scopes: readonly string[], client: string): string {
    const token = `1//${this.#next("refresh")}`;
    const until = this.clients.get(client)?.testing ? this.#now().getTime() + 7 * DAY_MS : Number.POSITIVE_INFINITY;
    this.#refresh.set(token, { email, scopes: [...scopes], client, until });
    return token;
  }

  /** The person takes back what was allowed. */
  revoke(token: string): void {
    this.#tokens.delete(token);
    this.#refresh.delete(token);
  }

  /** A service account; the answer is the key file that Google lets one download. */
  serviceAccount(email: string, delegated: readonly string[] = []): string {
    pair ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.person(email);
    this.#robots.set(email, {
      key: createPublicKey(pair.publicKey.export({ type: "spki", format: "pem" })),
      delegated: new Set(delegated),
    });
    return JSON.stringify({
      type: "service_account",
      project_id: "mill-docs",
      private_key_id: digest(email).slice(0, 40),
      private_key: pair.privateKey.export({ type: "pkcs8", format: "pem" }),
      client_email: email,
      client_id: "104512345678901234567",
      token_uri: AUDIENCE,
    });
  }

  /** Who stands behind `Authorization`; undefined when nobody does. */
  principal(authorization: string | undefined): Principal | undefined {
    const value = /^Bearer (\S+)$/.exec(authorization ?? "")?.[1];
    const token = value === undefined ? undefined : this.#tokens.get(value);
    if (token === undefined || token.until <= this.#now().getTime()) return undefined;
    return { person: this.person(token.email), scopes: token.scopes };
  }

  /** Answers what belongs to accounts; undefined for everything else. `email` is whoever sits at the browser. */
  async answer({ method, url, body }: Question, origin: string, email: string): Promise<Answered | undefined> {
    const { pathname, searchParams } = new URL(url, "http://twin");
    if (method === "GET" && pathname === "/o/oauth2/v2/auth") return this.#consent(searchParams, origin, email);
    if (method === "POST" && pathname === "/revoke") {
      this.revoke(new URLSearchParams(body.toString()).get("token") ?? "");
      return json(200, {});
    }
    if (method !== "POST" || pathname !== "/token") return undefined;
    const form = new URLSearchParams(body.toString());
    const noted: (typeof this.grants)[number] = { grant: form.get("grant_type") ?? "" };
    this.grants.push(noted);
    const answer = await this.#token(form, noted);
    if ("error" in answer.body) noted.error = answer.body.error as string;
    return json(answer.status, answer.body);
  }

  #consent(asked: URLSearchParams, origin: string, email: string): Answered {
    const redirect = new URL(asked.get("redirect_uri") as string);
    const client = asked.get("client_id") ?? "";
    if (!this.clients.has(client)) return json(401, { error: "invalid_client" });
    if (redirect.hostname !== "127.0.0.1") return json(400, { error: "redirect_uri_mismatch" });
    const code = `4/0${this.#next("code")}`;
    const scopes = (asked.get("scope") ?? "").split(" ");
    this.#codes.set(code, { email, scopes, client, challenge: asked.get("code_challenge") ?? "" });
    // Google names itself since 2026-02 (RFC 9207), without saying so in its metadata.
    const told = { state: asked.get("state") ?? "", code, scope: scopes.join(" "), iss: origin };
    for (const [name, value] of Object.entries(told)) redirect.searchParams.set(name, value);
    return { status: 302, headers: { location: redirect.href }, body: Buffer.alloc(0) };
  }

  async #token(
    form: URLSearchParams,
    noted: { subject?: string | undefined },
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    if (form.get("grant_type") === JWT_BEARER) return this.#assertion(form.get("assertion") ?? "", noted);
    const client = this.clients.get(form.get("client_id") ?? "");
    if (client === undefined || (client.secret !== undefined && client.secret !== form.get("client_secret")))
      return refused(401, "invalid_client", "The OAuth client was not found.");
    if (form.get("grant_type") === "refresh_token") {
      const kept = this.#refresh.get(form.get("refresh_token") ?? "");
      if (kept === undefined || kept.client !== form.get("client_id") || kept.until <= this.#now().getTime())
        return refused(400, "invalid_grant", "Token has been expired or revoked.");
      return this.#given(kept.email, kept.scopes);
    }
    const code = this.#codes.get(form.get("code") ?? "");
    this.#codes.delete(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (code === undefined || code.challenge !== challenge || code.client !== form.get("client_id"))
      return refused(400, "invalid_grant", "Malformed auth code.");
    const refresh = this.remember(code.email, code.scopes, code.client);
    const given = this.#given(code.email, code.scopes);
    return { ...given, body: { ...given.body, refresh_token: refresh } };
  }

  /** RFC 7523, as a service account sends it. */
  async #assertion(assertion: string, noted: { subject?: string | undefined }) {
    const claims = JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString() || "{}");
    const robot = this.#robots.get(claims.iss);
    noted.subject = claims.sub;
    if (robot === undefined) return refused(400, "invalid_grant", "Invalid grant: account not found");
    try {
      const options = { audience: AUDIENCE, algorithms: ["RS256"], currentDate: this.#now() };
      await jwtVerify(assertion, robot.key, options);
    } catch {
      return refused(400, "invalid_grant", "Invalid JWT Signature.");
    }
    if (claims.exp - claims.iat > 3600)
      return refused(400, "invalid_grant", "Invalid JWT: Token must be a short-lived token");
    const scopes = String(claims.scope).split(" ");
    if (claims.sub === undefined || claims.sub === claims.iss) return this.#given(claims.iss, scopes);
    if (scopes.some((scope) => !robot.delegated.has(scope)))
      return refused(401, "unauthorized_client", "Client is unauthorized to retrieve access tokens using this method.");
    if (!this.people.has(claims.sub)) return refused(400, "invalid_grant", "Invalid email or User ID");
    return this.#given(claims.sub, scopes);
  }

  #given(email: string, scopes: readonly string[]) {
    const body = {
      access_token: this.issue(email, scopes),
      expires_in: this.tokenSeconds,
      scope: scopes.join(" "),
      token_type: "Bearer",
    };
    return { status: 200, body };
  }

  #next(what: string): string {
    this.#count += 1;
    return digest(`${what} ${this.#count}`).slice(0, 40);
  }
}

function refused(status: number, error: string, words: string) {
  return { status, body: { error, error_description: words } as Record<string, unknown> };
}

function json(status: number, body: object): Answered {
  const headers = { "content-type": "application/json; charset=utf-8" };
  return { status, headers, body: Buffer.from(JSON.stringify(body)) };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
