import { createHash, createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GithubTwin } from "./github/github-twin.ts";
import { clientOf } from "./github-client.ts";

const PRIVATE = "/repos/marta-quill/diary";
let twin: GithubTwin;
let client: ReturnType<typeof clientOf>;
let clock: number;

beforeEach(async () => {
  clock = Date.parse("2026-11-02T10:00:00Z");
  twin = await GithubTwin.open({ now: () => new Date(clock) });
  client = clientOf(twin);
  twin.repository("marta-quill/diary", { visibility: "private" }).issues.open({ title: "Mine" });
  twin.repository("marta-quill/garden").issues.open({ title: "Everybody's" });
});

afterEach(async () => {
  expect([...twin.violations, ...twin.refusals]).toEqual([]);
  await twin.close();
});

describe("who may read what", () => {
  it("hides private repositories from strangers and narrow tokens", async () => {
    const stranger = twin.tokens.issue("jonas-weir");
    const scopeless = twin.tokens.issue("marta-quill", { scopes: [] });
    const elsewhere = twin.tokens.issue("marta-quill", { kind: "fine-grained", repositories: ["marta-quill/garden"] });
    for (const headers of [
      { authorization: undefined },
      ...[stranger, scopeless, elsewhere].map((one) => client.as(one.value)),
    ]) {
      expect((await client.ask(PRIVATE, headers)).status).toBe(404);
      expect((await client.ask("/repos/marta-quill/garden/issues", headers)).status).toBe(200);
    }
    const { headers } = await client.ask(PRIVATE);
    expect(headers.get("x-oauth-scopes")).toBe("repo, read:org");
  });

  it("names the permission that a fine-grained token misses", async () => {
    const token = twin.tokens.issue("marta-quill", {
      kind: "fine-grained",
      permissions: { metadata: "read", issues: "read" },
    });
    expect((await client.ask(`${PRIVATE}/issues`, client.as(token.value))).status).toBe(200);
    const refused = await client.ask(`${PRIVATE}/readme`, client.as(token.value));
    expect([refused.status, refused.json.message]).toEqual([403, "Resource not accessible by personal access token"]);
    expect(refused.headers.get("x-accepted-github-permissions")).toBe("contents=read");
  });

  it("wants tokens of an organization with single sign-on to be authorized", async () => {
    const organization = twin.world.organization("weirs", ["marta-quill"]);
    organization.sso = true;
    twin.repository("weirs/plans", { visibility: "private" });
    const refused = await client.ask("/repos/weirs/plans");
    expect([refused.status, refused.headers.get("x-github-sso")]).toEqual([
      403,
      expect.stringContaining("required; url=https://"),
    ]);
    const list = await client.ask("/user/repos");
    expect(list.headers.get("x-github-sso")).toBe(`partial-results; organizations=${organization.id}`);
    twin.token.authorizedFor.add(organization);
    expect((await client.ask("/repos/weirs/plans")).status).toBe(200);
  });

  it("refuses unknown, revoked and old tokens, and who does not say its name", async () => {
    expect((await client.ask("/user", client.as("ghp_made-up"))).json.message).toBe("Bad credentials");
    const token = twin.tokens.issue("marta-quill", { expiresAt: "2026-11-02T11:00:00Z" });
    const good = await client.ask("/user", client.as(token.value));
    expect(good.headers.get("github-authentication-token-expiration")).toBe("2026-11-02 11:00:00 UTC");
    clock += 3_600_000;
    expect((await client.ask("/user", client.as(token.value))).status).toBe(401);
    expect((await client.ask("/user", { "user-agent": "" })).status).toBe(403);
    expect((await client.ask("/user", { authorization: undefined })).status).toBe(401);
  });
});

describe("versions of the interface", () => {
  it("are two on github.com, one on Enterprise Server and none on an old one", async () => {
    const version = (value: string) => ({ "x-github-api-version": value });
    const issues = "/repos/marta-quill/garden/issues";
    expect((await client.ask(issues, version("2022-11-28"))).json[0]).toHaveProperty("assignee");
    expect((await client.ask(issues, version("2026-03-10"))).json[0]).not.toHaveProperty("assignee");
    expect((await client.ask(issues, version("2021-01-01"))).status).toBe(400);
    for (const [flavour, status] of [
      ["enterprise", 200],
      ["old-enterprise", 400],
    ] as const) {
      const other = await GithubTwin.open({ flavour });
      const { ask } = clientOf(other);
      expect((await ask("/api/v3/meta", version("2022-11-28"))).status).toBe(status);
      expect((await ask("/api/v3/meta", version("2026-03-10"))).status).toBe(400);
      const plain = await ask("/api/v3/user");
      expect([plain.status, plain.headers.get("x-ratelimit-limit"), plain.json.url]).toEqual([
        200,
        null,
        `${other.origin}/api/v3/users/marta-quill`,
      ]);
      expect((await ask("/api/v3/rate_limit")).status).toBe(404);
      expect(other.violations).toEqual([]);
      await other.close();
    }
  });
});

describe("limits", () => {
  it("refuse when the hour is used up, and begin anew", async () => {
    twin.limits.exhaust({ kind: "token", token: twin.token });
    const refused = await client.ask("/user");
    expect([refused.status, refused.headers.get("x-ratelimit-remaining")]).toEqual([403, "0"]);
    expect(Number(refused.headers.get("x-ratelimit-reset"))).toBe(Date.parse("2026-11-02T11:00:00Z") / 1000);
    twin.limits.statusWhenUsedUp = 429;
    expect((await client.ask("/user")).status).toBe(429);
    expect((await client.ask("/rate_limit")).json.resources.core).toMatchObject({ limit: 5000, remaining: 0 });
    clock += 3_600_000;
    expect((await client.ask("/user")).headers.get("x-ratelimit-remaining")).toBe("4999");
  });

  it("are sixty an hour without a token, and none for GraphQL", async () => {
    const { headers } = await client.ask("/repos/marta-quill/garden", { authorization: undefined });
    expect([headers.get("x-ratelimit-limit"), headers.get("x-ratelimit-remaining")]).toEqual(["60", "59"]);
    twin.limits.exhaust({ kind: "token", token: twin.token }, "graphql");
    const { status, json } = await client.ask("/graphql", {}, { query: "{ viewer { login } }" });
    expect([status, json.errors[0].type, json.data]).toEqual([200, "RATE_LIMITED", undefined]);
  });

  it("have a second kind, with and without a time to wait", async () => {
    twin.limits.secondary.pointsPerMinute = 3;
    for (let at = 0; at < 3; at++) expect((await client.ask("/user")).status).toBe(200);
    const refused = await client.ask("/user");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([403, "60"]);
    expect(refused.json.message).toContain("secondary rate limit");
    twin.limits.secondary.retryAfter = undefined;
    expect((await client.ask("/user")).headers.get("retry-after")).toBeNull();
    clock += 61_000;
    expect((await client.ask("/user")).status).toBe(200);
  });
});

describe("search", () => {
  it("shows a thousand results and says when it may not be complete", async () => {
    twin.seedLarge({ issues: 1100, comments: 0 }, "marta-quill/ledger");
    const q = "/search/issues?q=sluice+is:issue+repo:marta-quill/ledger&per_page=100";
    const first = await client.ask(q);
    expect([first.json.total_count, first.json.items.length, first.json.incomplete_results]).toEqual([
      1100,
      100,
      false,
    ]);
    expect(first.headers.get("link")).toContain('page=10>; rel="last"');
    expect((await client.ask(`${q}&page=11`)).status).toBe(422);
    twin.search.incomplete = true;
    expect((await client.ask(q)).json.incomplete_results).toBe(true);
    expect((await client.ask("/search/issues?q=x+repo:marta-quill/nowhere")).status).toBe(422);
    const fine = twin.tokens.issue("marta-quill", { kind: "fine-grained" });
    expect((await client.ask("/search/issues?q=sluice", client.as(fine.value))).json.message).toContain("is:issue");
  });
});

describe("logins", () => {
  const post = async (path: string, form: Record<string, string>) => {
    const answer = await fetch(twin.origin + path, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams(form),
    });
    return (await answer.json()) as Record<string, string>;
  };

  it("work with a code for devices, at the pace that is asked for", async () => {
    const { id: client_id } = twin.oauth.register();
    const given = await post("/login/device/code", { client_id, scope: "repo" });
    const form = {
      client_id,
      device_code: given.device_code as string,
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    };
    expect((await post("/login/oauth/access_token", form)).error).toBe("authorization_pending");
    expect(await post("/login/oauth/access_token", form)).toMatchObject({ error: "slow_down", interval: 10 });
    twin.oauth.enter(given.user_code as string, "marta-quill");
    clock += 10_000;
    const { access_token } = await post("/login/oauth/access_token", form);
    expect((await client.ask("/user", client.as(access_token as string))).json.login).toBe("marta-quill");
  });

  it("work in the browser with proof of possession, once", async () => {
    const { id: client_id, secret: client_secret } = twin.oauth.register({ expiring: true });
    const challenge = createHash("sha256").update("a long verifier").digest("base64url");
    const query = new URLSearchParams({
      client_id,
      state: "s",
      redirect_uri: "http://127.0.0.1:1/back",
      code_challenge: challenge,
      code_challenge_method: "S256",
    });
    const code = async () => {
      const answer = await client.ask(`/login/oauth/authorize?${query}`);
      return new URL(answer.headers.get("location") as string).searchParams.get("code") as string;
    };
    const form = { client_id, client_secret, code: await code(), code_verifier: "a long verifier" };
    expect(
      (await post("/login/oauth/access_token", { ...form, code: await code(), code_verifier: "another" })).error,
    ).toBe("bad_verification_code");
    const { refresh_token } = await post("/login/oauth/access_token", form);
    expect((await post("/login/oauth/access_token", form)).error).toBe("bad_verification_code");
    const renew = { client_id, client_secret, grant_type: "refresh_token", refresh_token: refresh_token as string };
    expect((await post("/login/oauth/access_token", renew)).access_token).toMatch(/^gho_/);
    expect((await post("/login/oauth/access_token", renew)).error).toBe("bad_refresh_token");
  });
});

describe("webhooks", () => {
  it("post each change once, signed over its bytes", async () => {
    const heard: { headers: Record<string, unknown>; body: string }[] = [];
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      heard.push({ headers: request.headers, body: Buffer.concat(parts).toString("utf8") });
      response.writeHead(202).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const garden = twin.repository("marta-quill/garden");
    twin.hooks.add(garden, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
      secret: "It's a Secret to Everybody",
    });
    const issue = garden.issues.open({ title: "Slugs 🐌" });
    garden.comments.add(issue.number, { body: "Again." });
    garden.push({ files: { "beds.md": "# Beds" } });
    twin.repository("marta-quill/diary").issues.open({ title: "Nobody listens here" });
    await twin.hooks.settled();
    server.close();
    expect(heard.map((one) => one.headers["x-github-event"]).sort()).toEqual([
      "issue_comment",
      "issues",
      "ping",
      "push",
    ]);
    for (const { headers, body } of heard) {
      const digest = createHmac("sha256", "It's a Secret to Everybody").update(body).digest("hex");
      expect(headers["x-hub-signature-256"]).toBe(`sha256=${digest}`);
    }
    expect(twin.hooks.deliveries.map((one) => one.status)).toEqual([202, 202, 202, 202]);
  });
});
