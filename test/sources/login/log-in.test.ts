import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuthorizationServer, startAuthorizationServer } from "./authorization-server.ts";
import { browse, type Ended } from "./browser.ts";
import { hurried, logInAs } from "./settings.ts";

let server: AuthorizationServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
});
afterAll(() => server.close());

describe("a login through the browser", () => {
  it("ends with tokens that the server knows and a page that says so in plain words", async () => {
    let ended: Promise<Ended> | undefined;
    const tokens = await logInAs(
      {
        go: (address) => {
          ended = browse(address);
        },
      },
      server.client,
      "browser",
    );
    expect(await server.isGood(tokens.accessToken)).toBe(true);
    expect(tokens.refreshToken).toBeTruthy();
    expect(Date.parse(tokens.expiresAt ?? "")).toBeGreaterThan(Date.now() + 3_500_000);
    const page = await ended;
    expect(page?.status).toBe(200);
    expect(page?.text).toContain("You are logged in");
  });

  it("asks for a code with S256, state and the exact address it listens at", async () => {
    let asked = "";
    const stopped = new AbortController();
    const login = logInAs(
      {
        go: (address) => {
          asked = address;
          stopped.abort();
        },
      },
      server.client,
      "browser",
      { signal: stopped.signal },
    );
    await expect(login).rejects.toThrow();
    const query = Object.fromEntries(new URL(asked).searchParams);
    expect(query).toMatchObject({ response_type: "code", code_challenge_method: "S256", scope: "read" });
    expect(query.redirect_uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect(query.state?.length).toBeGreaterThan(30);
    expect(query.code_challenge?.length).toBe(43);
  });

  it("that is declined says so and keeps nothing", async () => {
    const login = logInAs(
      {
        go: (address) => {
          const { searchParams } = new URL(address);
          const back = `${searchParams.get("redirect_uri")}?error=access_denied&state=${searchParams.get("state")}`;
          void fetch(`${back}&iss=${encodeURIComponent(server.url)}`);
        },
      },
      server.client,
      "browser",
    );
    await expect(login).rejects.toMatchObject({
      kind: "auth",
      message: "hall: The login was declined in the browser.",
    });
  });
});

describe("a login with a code", () => {
  it("waits while the person types it", async () => {
    let typed: Promise<Ended> | undefined;
    const tokens = await logInAs(
      {
        type: (code, address) => {
          typed = new Promise((resolve) => setTimeout(resolve, 300)).then(() =>
            browse(address, { user_code: code, "+user_code": code, "+confirm": "yes" }),
          );
        },
      },
      server.client,
      "device",
      { clock: hurried },
    );
    expect(await server.isGood(tokens.accessToken)).toBe(true);
    await typed;
    expect(server.statuses).toContain(400); // it asked before the person was done
  });
});

describe("a login by a pasted address", () => {
  it("works without any page of ours, and takes white space around the address", async () => {
    let opened = "";
    const tokens = await logInAs(
      {
        go: (address) => {
          opened = address;
        },
        paste: async () => {
          const { url } = await browse(opened, {}, (at) => at.includes("/callback?"));
          return `  ${url}\r\n`;
        },
      },
      server.client,
      "paste",
    );
    expect(await server.isGood(tokens.accessToken)).toBe(true);
  });

  it("says what is wrong with an address that does not fit, and takes the right one after", async () => {
    let opened = "";
    const said: (string | undefined)[] = [];
    const tokens = await logInAs(
      {
        go: (address) => {
          opened = address;
        },
        paste: async (problem) => {
          said.push(problem);
          if (said.length === 1) return "https://example.com/callback?code=abc&state=def";
          if (said.length === 2) return `${new URL(opened).searchParams.get("redirect_uri")}?code=abc&state=of-another`;
          return (await browse(opened, {}, (at) => at.includes("/callback?"))).url;
        },
      },
      server.client,
      "paste",
    );
    expect(await server.isGood(tokens.accessToken)).toBe(true);
    expect(said[1]).toContain("not the address the browser ended at");
    expect(said[2]).toContain("belongs to another login");
  });
});

it("a login that nobody finishes ends after ten minutes", async () => {
  const login = logInAs({}, server.client, "browser", {
    clock: { now: () => new Date(), sleep: async () => {} },
  });
  await expect(login).rejects.toMatchObject({ kind: "auth", message: expect.stringContaining("within 10 minutes") });
});
