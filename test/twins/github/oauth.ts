import { createHash, randomBytes } from "node:crypto";
import type { Answered } from "../faults.ts";
import type { Question } from "../listen.ts";
import type { Tokens } from "./tokens.ts";
import type { World } from "./world.ts";

interface Client {
  id: string;
  secret: string;
  /** Tokens of a GitHub App end after eight hours and come with one to renew them. */
  expiring: boolean;
  deviceFlow: boolean;
}

interface DeviceGrant {
  client: Client;
  userCode: string;
  scope: string;
  until: number;
  interval: number;
  asked: number;
  verdict: "pending" | "denied" | { login: string };
}

interface CodeGrant {
  client: Client;
  login: string;
  scope: string;
  redirect: string;
  challenge: string | undefined;
}

const JSON_TYPE = "application/json; charset=utf-8";

/** The doors of github.com where people let programs in: the browser's way with PKCE and the code for devices. */
export class OAuth {
  /** Seconds that a device must leave between two questions. */
  interval = 5;
  /** Who is signed in to the browser; undefined refuses. */
  browserUser: string | undefined = "marta-quill";
  readonly #clients = new Map<string, Client>();
  readonly #devices = new Map<string, DeviceGrant>();
  readonly #codes = new Map<string, CodeGrant>();
  readonly #renewals = new Map<string, { client: Client; login: string; scope: string }>();
  readonly #world: World;
  readonly #tokens: Tokens;

  constructor(world: World, tokens: Tokens) {
    this.#world = world;
    this.#tokens = tokens;
  }

  register(about: Partial<Omit<Client, "id" | "secret">> = {}): Client {
    const client = {
      id: `Iv23li${randomBytes(7).toString("hex")}`,
      secret: randomBytes(20).toString("hex"),
      expiring: false,
      deviceFlow: true,
      ...about,
    };
    this.#clients.set(client.id, client);
    return client;
  }

  /** A person types the code that the device shows, and agrees or not. */
  enter(userCode: string, login: string | "denied"): void {
    const grant = [...this.#devices.values()].find((one) => one.userCode === userCode);
    if (grant === undefined) throw new Error(`Nobody was given the code ${userCode}.`);
    grant.verdict = login === "denied" ? "denied" : { login };
  }

  /** Undefined: none of these doors. */
  answer(question: Question): Answered | undefined {
    const url = new URL(question.url, "http://localhost");
    if (url.pathname === "/login/oauth/authorize" && question.method === "GET")
      return this.#authorize(url.searchParams);
    const [isDevice, isToken] = ["/login/device/code", "/login/oauth/access_token"].map(
      (path) => path === url.pathname,
    );
    if (question.method !== "POST" || !(isDevice || isToken)) return undefined;
    const json = question.headers["content-type"]?.startsWith("application/json");
    const text = question.body.toString("utf8");
    const form = json ? new URLSearchParams(Object.entries(JSON.parse(text) as object)) : new URLSearchParams(text);
    const wantsJson = question.headers.accept?.includes("application/json") ?? false;
    const basic = /^Basic (.+)$/i.exec(question.headers.authorization ?? "")?.[1];
    if (basic !== undefined) {
      const [id = "", secret = ""] = Buffer.from(basic, "base64").toString("utf8").split(":");
      form.set("client_id", decodeURIComponent(id));
      form.set("client_secret", decodeURIComponent(secret));
    }
    return written(isDevice ? this.#device(form) : this.#token(form), wantsJson);
  }

  #device(form: URLSearchParams): Record<string, string | number> {
    const client = this.#clients.get(form.get("client_id") ?? "");
    if (client === undefined) return { error: "Not Found" };
    if (!client.deviceFlow)
      return mistake("device_flow_disabled", "Device Flow must be explicitly enabled for this App");
    const userCode = randomBytes(4)
      .toString("hex")
      .toUpperCase()
      .replace(/(.{4})/, "$1-");
    const deviceCode = randomBytes(20).toString("hex");
    this.#devices.set(deviceCode, {
      client,
      userCode,
      scope: form.get("scope") ?? "",
      until: this.#world.milliseconds() + 900_000,
      interval: this.interval,
      asked: 0,
      verdict: "pending",
    });
    return {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: "https://github.com/login/device",
      expires_in: 900,
      interval: this.interval,
    };
  }

  /** Errors too are answered with 200, as the service does. */
  #token(form: URLSearchParams): Record<string, string | number> {
    const client = this.#clients.get(form.get("client_id") ?? "");
    if (client === undefined) {
      return mistake("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.");
    }
    const grant = form.get("grant_type") ?? "authorization_code";
    if (grant === "urn:ietf:params:oauth:grant-type:device_code") return this.#deviceToken(client, form);
    if (form.get("client_secret") !== client.secret) {
      return mistake("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.");
    }
    return grant === "refresh_token" ? this.#renewed(client, form) : this.#codeToken(client, form);
  }

  #deviceToken(client: Client, form: URLSearchParams): Record<string, string | number> {
    const code = form.get("device_code") ?? "";
    const grant = this.#devices.get(code);
    if (grant === undefined || grant.client !== client)
      return mistake("incorrect_device_code", "The device_code provided is not valid.");
    const now = this.#world.milliseconds();
    if (now > grant.until) return mistake("expired_token", "This 'device_code' has expired.");
    const early = now - grant.asked < grant.interval * 1000;
    grant.asked = now;
    if (early && grant.verdict === "pending") {
      grant.interval += 5;
      return {
        ...mistake("slow_down", "Too many requests have been made in the same timeframe."),
        interval: grant.interval,
      };
    }
    if (grant.verdict === "pending")
      return mistake("authorization_pending", "The authorization request is still pending.");
    this.#devices.delete(code);
    if (grant.verdict === "denied") return mistake("access_denied", "The authorization request was denied.");
    return this.#given(client, grant.verdict.login, grant.scope);
  }

  #authorize(query: URLSearchParams): Answered {
    const client = this.#clients.get(query.get("client_id") ?? "");
    if (client === undefined)
      return { status: 404, headers: { "content-type": "text/html" }, body: Buffer.from("Not Found") };
    const back = new URL(query.get("redirect_uri") ?? "http://127.0.0.1/");
    const method = query.get("code_challenge_method");
    const state = query.get("state");
    if (state !== null) back.searchParams.set("state", state);
    if (this.browserUser === undefined) back.searchParams.set("error", "access_denied");
    else if (method !== null && method !== "S256") back.searchParams.set("error", "invalid_request");
    else {
      const code = randomBytes(10).toString("hex");
      const challenge = query.get("code_challenge") ?? undefined;
      const redirect = query.get("redirect_uri") ?? "";
      this.#codes.set(code, { client, login: this.browserUser, scope: query.get("scope") ?? "", redirect, challenge });
      back.searchParams.set("code", code);
    }
    return { status: 302, headers: { location: back.href }, body: Buffer.alloc(0) };
  }

  #codeToken(client: Client, form: URLSearchParams): Record<string, string | number> {
    const code = form.get("code") ?? "";
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    if (grant === undefined || grant.client !== client)
      return mistake("bad_verification_code", "The code passed is incorrect or expired.");
    const verifier = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (grant.challenge !== undefined && verifier !== grant.challenge) {
      return mistake("bad_verification_code", "The code verifier does not match the challenge.");
    }
    if (form.has("redirect_uri") && form.get("redirect_uri") !== grant.redirect) {
      return mistake(
        "redirect_uri_mismatch",
        "The redirect_uri MUST match the registered callback URL for this application.",
      );
    }
    return this.#given(client, grant.login, grant.scope);
  }

  #renewed(client: Client, form: URLSearchParams): Record<string, string | number> {
    const grant = this.#renewals.get(form.get("refresh_token") ?? "");
    this.#renewals.delete(form.get("refresh_token") ?? "");
    if (grant === undefined || grant.client !== client)
      return mistake("bad_refresh_token", "The refresh token passed is incorrect or expired.");
    return this.#given(client, grant.login, grant.scope);
  }

  #given(client: Client, login: string, scope: string): Record<string, string | number> {
    const scopes = scope.split(/[ ,]+/).filter((one) => one !== "");
    const expiresAt = new Date(this.#world.milliseconds() + 28_800_000).toISOString().replace(/\.\d+Z/, "Z");
    const token = this.#tokens.issue(login, { kind: "oauth", scopes, ...(client.expiring && { expiresAt }) });
    const answer = { access_token: token.value, token_type: "bearer", scope: scopes.join(",") };
    if (!client.expiring) return answer;
    const refresh = `ghr_${randomBytes(20).toString("hex")}`;
    this.#renewals.set(refresh, { client, login, scope });
    return { ...answer, expires_in: 28_800, refresh_token: refresh, refresh_token_expires_in: 15_897_600 };
  }
}

function mistake(error: string, description: string): Record<string, string> {
  return { error, error_description: description, error_uri: "https://docs.github.com/developers/apps" };
}

/** As a form, unless JSON is asked for. */
function written(answer: Record<string, string | number>, json: boolean): Answered {
  const status = answer.error === "Not Found" ? 404 : 200;
  if (json) return { status, headers: { "content-type": JSON_TYPE }, body: Buffer.from(JSON.stringify(answer)) };
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(answer)) form.set(name, String(value));
  return {
    status,
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: Buffer.from(form.toString()),
  };
}
