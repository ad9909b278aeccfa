import { request as plainRequest } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AuthorizationServer, startAuthorizationServer } from "./authorization-server.ts";
import { browse } from "./browser.ts";
import { logInAs } from "./settings.ts";

/** Answers that came back to the login page and must not be taken: threat S15. */
let server: AuthorizationServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.grants.length = 0;
});

interface Waiting {
  /** Where the login sent the browser. */
  address: URL;
  /** Where it waits. */
  door: URL;
  state: string;
  /** The tokens, or why there are none. */
  ended: Promise<unknown>;
  stop(): void;
  settled(): boolean;
}

async function waiting(): Promise<Waiting> {
  const stopped = new AbortController();
  let settled = false;
  const { promise, resolve } = withResolver<URL>();
  const ended = logInAs({ go: (address) => resolve(new URL(address)) }, server.client, "browser", {
    signal: stopped.signal,
  }).then(
    (tokens) => tokens,
    (error) => error,
  );
  void ended.then(() => {
    settled = true;
  });
  const address = await promise;
  const door = new URL(address.searchParams.get("redirect_uri") ?? "");
  const state = address.searchParams.get("state") ?? "";
  return { address, door, state, ended, stop: () => stopped.abort(), settled: () => settled };
}

/** The real answer of the server for a login, as the browser would bring it. */
async function answerFor(login: Waiting): Promise<URL> {
  return new URL((await browse(login.address.href, {}, (at) => at.includes("/callback?"))).url);
}

function bring(login: Waiting, query: Record<string, string>): Promise<Response> {
  return fetch(`${login.door.href}?${new URLSearchParams(query)}`);
}

describe("an answer that is not for this login", () => {
  it.each([
    ["without a state", (_state: string) => ({ code: "stolen" })],
    ["with an empty state", () => ({ code: "stolen", state: "" })],
    ["with a guessed state", () => ({ code: "stolen", state: "A".repeat(43) })],
    ["with a part of the state", (state: string) => ({ code: "stolen", state: state.slice(0, -1) })],
    ["with the state in other letters", (state: string) => ({ code: "stolen", state: state.toUpperCase() + "x" })],
    ["that is a refusal without the state", () => ({ error: "access_denied" })],
  ])("%s is refused, and the login goes on", async (_name, query) => {
    const login = await waiting();
    const { status } = await bring(login, { ...query(login.state), iss: server.url } as Record<string, string>);
    expect(status).toBe(400);
    expect(login.settled()).toBe(false);
    expect(server.grants).toEqual([]);
    const real = await answerFor(login);
    expect((await fetch(real)).status).toBe(200);
    expect(await login.ended).toHaveProperty("accessToken");
  });

  it("with the state twice is refused", async () => {
    const login = await waiting();
    const { status } = await fetch(`${login.door.href}?code=stolen&state=${login.state}&state=${login.state}`);
    expect(status).toBe(400);
    expect(server.grants).toEqual([]);
    login.stop();
  });

  it("made for another login of ours is refused: neither takes the other's", async () => {
    const [one, other] = [await waiting(), await waiting()];
    const foreign = await answerFor(one);
    expect((await fetch(`${other.door.href}${foreign.search}`)).status).toBe(400);
    expect(other.settled()).toBe(false);
    expect(server.grants).toEqual([]);
    one.stop();
    other.stop();
  });

  it("posted, for another path, or under another host's name is not looked at", async () => {
    const login = await waiting();
    const { search } = await answerFor(login);
    const asked = [
      await status(login.door, { path: `/callback${search}`, method: "POST" }),
      await status(login.door, { path: `/callback/${search}` }),
      await status(login.door, { path: `/CALLBACK${search}` }),
      await status(login.door, { path: `//evil.example/callback${search}` }),
      await status(login.door, { path: `/callback${search}`, headers: { host: "evil.example" } }),
      await status(login.door, { path: `/callback${search}`, headers: { host: `localhost:${login.door.port}` } }),
      await status(login.door, { path: `/callback${search}`, headers: { host: "127.0.0.1:1" } }),
    ];
    expect(asked).toEqual([404, 404, 404, 404, 404, 404, 404]);
    expect(server.grants).toEqual([]);
    expect(login.settled()).toBe(false);
    login.stop();
  });
});

describe("an answer with the right state", () => {
  it("is taken once: a second one finds nobody, and the server is asked once", async () => {
    const login = await waiting();
    const real = await answerFor(login);
    const [first, second] = await Promise.allSettled([fetch(real), fetch(real)]);
    const statuses = [first, second].map((one) => (one.status === "fulfilled" ? one.value.status : 0));
    expect(statuses.filter((one) => one === 200)).toHaveLength(1);
    expect(await login.ended).toHaveProperty("accessToken");
    await expect(fetch(real).then((answer) => answer.status)).rejects.toThrow();
    expect(server.grants).toEqual(["authorization_code"]);
  });

  it.each([
    ["from another server", { iss: "https://evil.example" }],
    ["from a server with nearly this name", { iss: "http://127.0.0.1" }],
    ["from a server that does not say which", {}],
  ])("%s is refused and its code is given to nobody", async (_name, issuer) => {
    const login = await waiting();
    const { status } = await bring(login, { code: "theirs", state: login.state, ...issuer } as Record<string, string>);
    expect(status).toBe(400);
    expect(await login.ended).toMatchObject({ kind: "auth", message: expect.stringContaining("another server") });
    expect(server.grants).toEqual([]);
  });

  it("that carries tokens instead of a code is refused", async () => {
    const login = await waiting();
    await bring(login, { access_token: "theirs", token_type: "bearer", state: login.state, iss: server.url });
    expect(await login.ended).toBeInstanceOf(Error);
    expect(server.grants).toEqual([]);
  });

  it("with a code of somebody else's login is refused by the server, because the verifier does not fit", async () => {
    const [victim, attacker] = [await waiting(), await waiting()];
    const theirs = await answerFor(attacker);
    await bring(victim, { code: theirs.searchParams.get("code") ?? "", state: victim.state, iss: server.url });
    expect(await victim.ended).toMatchObject({ kind: "auth" });
    attacker.stop();
  });

  it("shows nothing of the answer on the page", async () => {
    const login = await waiting();
    const answer = await bring(login, {
      state: login.state,
      error: "<script>alert(1)</script>",
      error_description: "call +1 555 0100 and read out your password",
      iss: server.url,
    });
    const page = await answer.text();
    expect(page).not.toContain("script");
    expect(page).not.toContain("555");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(JSON.stringify(await login.ended)).not.toContain("555");
  });
});

describe("a login client", () => {
  it.each(["http://login.example.com/token", "http://127.0.0.1.evil.example/token", "ftp://login.example.com/token"])(
    "that would send the code to %s is refused before anything is asked",
    async (tokenUrl) => {
      const login = logInAs({}, { ...server.client, tokenUrl }, "browser");
      await expect(login).rejects.toMatchObject({ kind: "config" });
    },
  );

  it("without a name of its own still refuses answers that name a foreign server", async () => {
    const { issuer: _unknown, ...nameless } = server.client;
    const { promise, resolve } = withResolver<URL>();
    const ended = logInAs({ go: (address) => resolve(new URL(address)) }, nameless, "browser").catch((error) => error);
    const address = await promise;
    const back = new URL(address.searchParams.get("redirect_uri") ?? "");
    const state = address.searchParams.get("state") ?? "";
    back.search = String(new URLSearchParams({ code: "theirs", state, iss: "https://evil.example" }));
    expect((await fetch(back)).status).toBe(400);
    expect(await ended).toMatchObject({ kind: "auth" });
    expect(server.grants).toEqual([]);
  });
});

function status(door: URL, options: { path: string; method?: string; headers?: Record<string, string> }) {
  return new Promise<number | undefined>((resolve, reject) => {
    plainRequest({ host: "127.0.0.1", port: door.port, ...options }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

function withResolver<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((yes) => {
    resolve = yes;
  });
  return { promise, resolve };
}
