import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { importSPKI, jwtVerify } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { githubAuth } from "../../../src/connectors/github/account/auth.ts";
import type { GithubLogin } from "../../../src/connectors/github/account/github-login.ts";
import type { Clock, Http, Tokens } from "../../../src/connectors/kit/index.ts";
import { openHttp } from "../../../src/connectors/kit/index.ts";
import { passingMemory } from "../../../src/sources/passing-memory.ts";

const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" }, // as GitHub hands them out
  publicKeyEncoding: { type: "spki", format: "pem" },
});

/** An app installed for 101 accounts, 100 a page; the last one on the second page is "Otter-Trust". */
const INSTALLATIONS = [
  ...Array.from({ length: 99 }, (_, index) => ({
    id: index + 1,
    account: { login: `account-${index + 1}` },
    suspended_at: null,
    permissions: { metadata: "read", issues: "write" },
  })),
  { id: 100, account: { login: "sleepers" }, suspended_at: "2026-01-01T00:00:00Z", permissions: {} },
  {
    id: 101,
    account: { login: "Otter-Trust" },
    suspended_at: null,
    permissions: { metadata: "read", contents: "write", issues: "read", actions: "write", secrets: "write" },
  },
];

interface Asked {
  line: string;
  bearer: string | undefined;
  body: unknown;
}
let asked: Asked[] = [];
let now = Date.parse("2026-05-01T09:00:00Z");
let url = "";

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  asked.push({ line: `${request.method} ${request.url}`, bearer, body: text === "" ? undefined : JSON.parse(text) });
  const { status, body, link } = await answerTo(request, bearer);
  response.writeHead(status, { "content-type": "application/json", ...(link && { link }) }).end(JSON.stringify(body));
});

async function answerTo(request: IncomingMessage, bearer: string | undefined) {
  const { pathname, searchParams } = new URL(request.url ?? "", url);
  if (!pathname.startsWith("/app")) return { status: 200, body: { seen: bearer ?? "nobody" } };
  const claims = await claimsOf(bearer);
  if (!claims) return { status: 401, body: { message: "A JSON web token could not be decoded" } };
  const [, id] = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(pathname) ?? [];
  if (id) {
    const expires_at = new Date(now + 3_600_000).toISOString();
    return { status: 201, body: { token: `ghs_${id}_${asked.length}`, expires_at, permissions: {} } };
  }
  if (pathname === "/app") return { status: 200, body: { seen: claims.iss } };
  const page = Number(searchParams.get("page") ?? "1");
  const link = page === 1 ? `<${url}/app/installations?per_page=100&page=2>; rel="next"` : undefined;
  return { status: 200, body: INSTALLATIONS.slice((page - 1) * 100, page * 100), link };
}

/** As GitHub checks it: signed, begun, not over, and not good for more than ten minutes. */
async function claimsOf(bearer: string | undefined) {
  try {
    const key = await importSPKI(keys.publicKey, "RS256");
    const { payload } = await jwtVerify(bearer ?? "", key, { algorithms: ["RS256"], currentDate: new Date(now) });
    return (payload.exp ?? 0) - now / 1000 <= 600 && (payload.iat ?? Infinity) <= now / 1000 ? payload : undefined;
  } catch {
    return undefined;
  }
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  asked = [];
  now = Date.parse("2026-05-01T09:00:00Z");
});

const clock: Clock = { now: () => new Date(now), sleep: async () => {} };
const silent = { debug: () => {}, info: () => {}, warn: () => {} };
const Seen = z.object({ seen: z.string() });

function open(config: GithubLogin, tokens: () => Promise<Tokens> = async () => ({ accessToken: "unasked" })): Http {
  const service = { baseUrl: () => url, auth: githubAuth, buckets: { default: { concurrency: 4 } } };
  const memory = passingMemory();
  const settings = { source: "work", service, config, memory, tokens, allowPrivateNetwork: true, clock, log: silent };
  return openHttp(settings).until(new AbortController().signal);
}

const app = { appId: 4711, privateKey: keys.privateKey };
const whoFor = async (http: Http, realm?: string) =>
  (await http.json({ url: "/user", ...(realm !== undefined && { realm }) }, Seen)).body.seen;

describe("a token in the options", () => {
  it("is the first choice, also beside everything else", async () => {
    expect(await whoFor(open({ ...app, accessToken: "github_pat_x", clientId: "Iv1.a" }))).toBe("github_pat_x");
  });

  it("is not needed: without anything nobody asks", async () => {
    expect(await whoFor(open({}))).toBe("nobody");
  });
});

describe("a GitHub App", () => {
  it("speaks for itself with a signature that GitHub's rules accept, renewed before it ends", async () => {
    const http = open(app);
    const first = await http.json({ url: "/app" }, Seen);
    expect(first.body.seen).toBe("4711");
    now += 7 * 60_000;
    await http.json({ url: "/app" }, Seen);
    now += 7 * 60_000;
    await http.json({ url: "/app" }, Seen);
    expect(new Set(asked.map((one) => one.bearer)).size).toBe(2);
  });

  it("takes its client id as well as its number", async () => {
    expect(
      (await open({ clientId: "Iv23liHall", privateKey: keys.privateKey }).json({ url: "/app" }, Seen)).body.seen,
    ).toBe("Iv23liHall");
  });

  it("has one token for each account, found on any page and in any spelling, and kept until it ends", async () => {
    const http = open(app);
    const token = await whoFor(http, "otter-trust");
    expect(token).toMatch(/^ghs_101_/);
    expect(await whoFor(http, "otter-trust")).toBe(token);
    expect(await whoFor(http, "account-7")).toMatch(/^ghs_7_/);
    now += 3_590_000;
    const next = await whoFor(http, "otter-trust");
    expect(next).toMatch(/^ghs_101_/);
    expect(next).not.toBe(token);
    expect(asked.filter(({ line }) => line.startsWith("POST /app/installations/101/"))).toHaveLength(2);
  });

  it("asks for reading only, whatever else the app was given", async () => {
    await whoFor(open(app), "otter-trust");
    expect(asked.find(({ line }) => line.startsWith("POST"))?.body).toEqual({
      permissions: { metadata: "read", contents: "read", issues: "read" },
    });
  });

  it("that is suspended or not installed says for whom and who can change it", async () => {
    await expect(whoFor(open(app), "sleepers")).rejects.toMatchObject({
      kind: "permission",
      message: "The GitHub App of work is suspended for sleepers.",
    });
    await expect(whoFor(open(app), "strangers")).rejects.toMatchObject({
      kind: "permission",
      hint: expect.stringContaining("An owner of strangers can install it"),
    });
    await expect(whoFor(open({ ...app, installationId: "7" }), "otter-trust")).rejects.toMatchObject({
      kind: "permission",
      message: expect.stringContaining("installationId"),
    });
    expect(await whoFor(open({ ...app, installationId: 101 }), "otter-trust")).toMatch(/^ghs_101_/);
  });

  it.each([
    ["with line breaks written as \\n", keys.privateKey.replaceAll("\n", "\\n")],
    ["with Windows line breaks", keys.privateKey.replaceAll("\n", "\r\n")],
    ["with white space around", `\n  ${keys.privateKey}  \n`],
  ])("takes its key %s", async (_name, privateKey) => {
    expect((await open({ appId: "1", privateKey }).json({ url: "/app" }, Seen)).body.seen).toBe("1");
  });

  it("with a key that is none says so without showing any of it", async () => {
    const broken = open({ appId: "1", privateKey: `${keys.privateKey.slice(0, 200)}-cut` });
    const error = await broken.json({ url: "/app" }, Seen).catch((thrown) => thrown);
    expect(error).toMatchObject({ kind: "config", hint: expect.stringContaining("file:") });
    expect(`${error.message} ${error.hint} ${JSON.stringify(error)}`).not.toContain(keys.privateKey.slice(40, 80));
    const nameless = open({ privateKey: keys.privateKey });
    await expect(nameless.json({ url: "/app" }, Seen)).rejects.toMatchObject({ kind: "config" });
  });
});

describe("a login", () => {
  const method = githubAuth.find((one) => one.id === "oauth");

  it("uses what headwater login keeps, anew when it ends", async () => {
    let given = 0;
    const tokens = async () => ({
      accessToken: `ghu_${++given}`,
      expiresAt: new Date(now + 8 * 3_600_000).toISOString(),
    });
    const http = open({ clientId: "Iv23liHall" }, tokens);
    expect(await whoFor(http)).toBe("ghu_1");
    expect(await whoFor(http)).toBe("ghu_1");
    now += 8 * 3_600_000;
    expect(await whoFor(http)).toBe("ghu_2");
  });

  it("offers the code always and the browser only with a client secret, on the host that people see", () => {
    const plain = method?.login?.({ clientId: "Iv23liHall", baseUrl: "https://code.example.com/api/v3" });
    expect(plain).toMatchObject({
      scopes: [],
      tokenUrl: "https://code.example.com/login/oauth/access_token",
      deviceUrl: "https://code.example.com/login/device/code",
    });
    expect(plain?.authorizationUrl).toBeUndefined();
    const secret = method?.login?.({ clientId: "Iv23liHall", clientSecret: "s3cret" });
    expect(secret?.authorizationUrl).toBe("https://github.com/login/oauth/authorize");
  });

  it("asks no right to write of anybody", () => {
    for (const clientId of ["Iv1.8a61f9b3a7aba766", "Iv23liHall", "Ov23liHall", "0123456789abcdef0123"]) {
      const scopes = method?.login?.({ clientId })?.scopes ?? [];
      expect(scopes.filter((scope) => !scope.startsWith("read:"))).toEqual([]);
    }
  });
});
