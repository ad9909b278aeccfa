import { createHash, randomUUID } from "node:crypto";
import type { Answered } from "../faults.ts";
import type { Question } from "../listen.ts";
import { SEARCH_SCOPES, USER_SCOPES } from "./model.ts";
import { json } from "./service.ts";
import type { World } from "./world.ts";

const HALF_A_DAY_MS = 12 * 3_600_000;

interface Grant {
  challenge: string;
  redirectUri: string;
  scopes: string[];
}

/**
 * Slack's login for users with PKCE and token rotation: https://docs.slack.dev/authentication/using-pkce and
 * using-token-rotation, 2026-11. The person always consents. Refresh tokens are good for one use.
 */
export class OAuth {
  readonly clientId = "20451.99731";
  /** What went wrong on the client's side. */
  readonly refusals: string[] = [];
  readonly #world: World;
  readonly #user: () => string;
  readonly #codes = new Map<string, Grant>();
  readonly #refreshable = new Map<string, string[]>();
  refreshes = 0;

  constructor(world: World, user: () => string) {
    this.#world = world;
    this.#user = user;
  }

  answer(question: Question, origin: string): Answered | undefined {
    const url = new URL(question.url, origin);
    if (url.pathname === "/oauth/v2/authorize") return this.#authorize(url);
    if (url.pathname === "/api/oauth.v2.access")
      return this.#access(new URLSearchParams(question.body.toString("utf8")));
    return undefined;
  }

  #authorize(url: URL): Answered {
    const asked = (name: string) => url.searchParams.get(name) ?? "";
    const redirect = new URL(asked("redirect_uri"));
    if (asked("client_id") !== this.clientId) this.refusals.push("invalid client id");
    if (asked("scope") !== "") this.refusals.push("bot scopes are refused with a redirect to this machine");
    if (asked("code_challenge_method") !== "S256") this.refusals.push("PKCE is missing");
    if (redirect.protocol === "http:" && redirect.hostname !== "localhost")
      this.refusals.push("a redirect must be https or localhost");
    const scopes = asked("user_scope").split(",");
    const unknown = scopes.filter((scope) => ![...USER_SCOPES, ...SEARCH_SCOPES].includes(scope));
    if (unknown.length > 0) this.refusals.push(`unknown scopes ${unknown}`);
    const code = randomUUID();
    this.#codes.set(code, { challenge: asked("code_challenge"), redirectUri: redirect.href, scopes });
    redirect.searchParams.set("code", code);
    redirect.searchParams.set("state", asked("state"));
    return { status: 302, headers: { location: redirect.href }, body: Buffer.alloc(0) };
  }

  #access(form: URLSearchParams): Answered {
    if (form.get("client_id") !== this.clientId) return json(200, { ok: false, error: "invalid_client_id" });
    if (form.get("grant_type") === "refresh_token") {
      const scopes = this.#refreshable.get(form.get("refresh_token") ?? "");
      if (scopes === undefined) return json(200, { ok: false, error: "invalid_refresh_token" });
      this.#refreshable.delete(form.get("refresh_token") ?? "");
      this.refreshes += 1;
      return json(200, {
        ok: true,
        app_id: "A0HEADWATER",
        team: this.#world.team,
        enterprise: null,
        ...this.#issue(scopes),
      });
    }
    const grant = this.#codes.get(form.get("code") ?? "");
    this.#codes.delete(form.get("code") ?? "");
    const proof = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (grant === undefined) return json(200, { ok: false, error: "invalid_code" });
    if (proof !== grant.challenge) return json(200, { ok: false, error: "bad_code_verifier" });
    if (form.get("redirect_uri") !== grant.redirectUri) return json(200, { ok: false, error: "bad_redirect_uri" });
    const authed_user = { id: this.#user(), ...this.#issue(grant.scopes) };
    return json(200, {
      ok: true,
      app_id: "A0HEADWATER",
      authed_user,
      team: this.#world.team,
      enterprise: null,
      is_enterprise_install: false,
    });
  }

  #issue(scopes: string[]) {
    const expiresAt = this.#world.now().getTime() + HALF_A_DAY_MS;
    const { value } = this.#world.token("user", this.#user(), scopes, { expiresAt });
    const refresh_token = `xoxe-1-${randomUUID()}`;
    this.#refreshable.set(refresh_token, scopes);
    return {
      scope: scopes.join(","),
      token_type: "user",
      access_token: value,
      refresh_token,
      expires_in: HALF_A_DAY_MS / 1000,
    };
  }
}
