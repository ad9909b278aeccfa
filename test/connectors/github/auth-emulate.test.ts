import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { z } from "zod";
import { githubAuth } from "../../../src/connectors/github/account/auth.ts";
import type { GithubLogin } from "../../../src/connectors/github/account/github-login.ts";
import { openHttp } from "../../../src/connectors/kit/index.ts";
import { systemClock } from "../../../src/sources/clock.ts";
import { passingMemory } from "../../../src/sources/passing-memory.ts";
import { type Emulate, startEmulate } from "../../setup/emulate.ts";
import { freePort } from "../../setup/npx.ts";
import { browse } from "../../sources/login/browser.ts";
import { logInAs, silent } from "../../sources/login/settings.ts";

/** GitHub as somebody else understood it: logins in the browser and Apps. */
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

let github: Emulate | undefined;
let redirectPort = 0;

beforeAll(async () => {
  redirectPort = await freePort();
  github = await startEmulate("github", {
    users: [{ login: "marta", name: "Marta Oyelaran" }],
    orgs: [{ login: "otter-trust" }],
    repos: [{ owner: "otter-trust", name: "weir", private: true }],
    oauth_apps: [
      {
        client_id: "Ov23liHall",
        client_secret: "hall-secret",
        name: "headwater",
        redirect_uris: [`http://127.0.0.1:${redirectPort}/callback`],
      },
    ],
    apps: [
      {
        app_id: 4711,
        slug: "hall",
        name: "Hall",
        private_key: privateKey,
        permissions: { contents: "read", issues: "write", metadata: "read" },
        installations: [{ installation_id: 100, account: "otter-trust" }],
      },
    ],
  });
}, 180_000);
afterAll(() => github?.close());

/** The stand-in's address; leaves the test out where it could not be had, which was said aloud. */
function address(context: TestContext): string {
  return github?.url ?? context.skip("emulate could not be started");
}

function open(url: string, config: GithubLogin, accessToken = "unasked") {
  const settings = {
    source: "work",
    service: { baseUrl: () => url, auth: githubAuth, buckets: { default: { concurrency: 4 } } },
    config,
    memory: passingMemory(),
    tokens: async () => ({ accessToken }),
    allowPrivateNetwork: true,
    clock: systemClock,
    log: silent,
  };
  return openHttp(settings).until(new AbortController().signal);
}

const Named = z.object({ login: z.string() });

describe("emulate's GitHub", () => {
  const clientOf = (config: GithubLogin) => {
    const client = githubAuth.find((one) => one.login)?.login?.(config);
    if (!client) throw new Error("GitHub lost its login");
    return { ...client, redirectPort };
  };

  it("gives a person who logs in through the browser tokens that open their account", async (context) => {
    const baseUrl = address(context);
    const config = { clientId: "Ov23liHall", clientSecret: "hall-secret", baseUrl };
    const tokens = await logInAs({ go: (at) => void browse(at, { login: "marta" }) }, clientOf(config), "browser");
    const { body } = await open(baseUrl, config, tokens.accessToken).json({ url: "/user" }, Named);
    expect(body.login).toBe("marta");
  });

  it("refuses a wrong client secret with status 200, and we say which options to look at", async (context) => {
    const config = { clientId: "Ov23liHall", clientSecret: "of-another-hall", baseUrl: address(context) };
    const login = logInAs({ go: (at) => void browse(at, { login: "marta" }) }, clientOf(config), "browser");
    await expect(login).rejects.toMatchObject({ kind: "auth", hint: expect.stringContaining("clientSecret") });
  });

  it("lets an App in as its installation, found by its account", async (context) => {
    const baseUrl = address(context);
    const http = open(baseUrl, { appId: 4711, privateKey, baseUrl });
    const Repository = z.object({ full_name: z.string(), private: z.boolean() });
    const { body } = await http.json({ url: "/repos/otter-trust/weir", realm: "Otter-Trust" }, Repository);
    expect(body).toEqual({ full_name: "otter-trust/weir", private: true });
    const app = await http.json({ url: "/app" }, z.object({ slug: z.string() }));
    expect(app.body.slug).toBe("hall");
  });
});
