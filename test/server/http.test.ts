import { request as httpRequest } from "node:http";
import { connect as connectSocket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHttpDoor, type ServedApp } from "../../src/server.ts";
import type { HttpDoor } from "../../src/web/http.ts";
import { fakeApp } from "./fake-app.ts";
import { INITIALIZE } from "./raw-stdio.ts";

const ADA = "ada-token-0123456789abcdef";
const EVE = "eve-token-0123456789abcdef";
const HTTP = { listen: "127.0.0.1:0", hosts: ["knowledge.example.org"], origins: ["https://app.example.org"] };

function served(http: object = {}): ServedApp {
  const app = fakeApp();
  const { server } = app.config;
  return { ...app, config: { ...app.config, server: { ...server, http: { ...HTTP, tokens: [], ...http } } } };
}

const tokens = [
  { name: "ada", token: ADA, tenant: "default" },
  { name: "eve", token: EVE, tenant: "default", principals: ["user:eve@example.org"] },
];

let open: HttpDoor;
let guarded: HttpDoor;
const problems: string[] = [];

beforeAll(async () => {
  const log = (line: string) => void problems.push(line);
  open = await openHttpDoor(served(), { log, legacySse: true });
  guarded = await openHttpDoor(served({ tokens }), { log });
});
afterAll(async () => {
  await open.close();
  await guarded.close();
});

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** fetch() would not let us choose Host. */
function send(door: HttpDoor, { method = "POST", path = "/mcp", headers = {}, body }: Sent) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const request = httpRequest(
      { host: "127.0.0.1", port: door.port, method, path, headers, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

const JSON_HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const LIST = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
const as = (token: string) => ({ ...JSON_HEADERS, authorization: `Bearer ${token}` });
const MODERN = {
  ...JSON_HEADERS,
  "mcp-protocol-version": "2026-07-28",
  "mcp-method": "tools/list",
};
const modernBody = (method: string, params: object = {}) =>
  JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method,
    params: {
      ...params,
      _meta: {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": { name: "table", version: "1" },
      },
    },
  });

describe("who gets in", () => {
  const allowed: [string, Sent, number][] = [
    ["a plain request on loopback", { headers: JSON_HEADERS, body: LIST }, 200],
    ["Host localhost", { headers: { ...JSON_HEADERS, host: "localhost:1234" }, body: LIST }, 200],
    ["Host of IPv6 loopback", { headers: { ...JSON_HEADERS, host: "[::1]:1234" }, body: LIST }, 200],
    [
      "a configured Host without a token",
      { headers: { ...JSON_HEADERS, host: "Knowledge.Example.org" }, body: LIST },
      401,
    ],
    [
      "a tunnel that hides the Host",
      { headers: { ...JSON_HEADERS, "x-forwarded-for": "203.0.113.9" }, body: LIST },
      401,
    ],
    [
      "health through a configured Host",
      { method: "GET", path: "/health", headers: { host: "knowledge.example.org" } },
      200,
    ],
    ["a hook of no source", { path: "/hooks/none", headers: JSON_HEADERS, body: LIST }, 404],
    ["a hook of no source for a foreign Host", { path: "/hooks/none", headers: { host: "evil.example.com" } }, 403],
    ["a hook by GET", { method: "GET", path: "/hooks/notes" }, 405],
    ["a foreign Host", { headers: { ...JSON_HEADERS, host: "evil.example.com" }, body: LIST }, 403],
    [
      "a foreign Host that begins like ours",
      { headers: { ...JSON_HEADERS, host: "localhost.evil.com" }, body: LIST },
      403,
    ],
    ["a Host with user information", { headers: { ...JSON_HEADERS, host: "localhost@evil.com" }, body: LIST }, 403],
    ["a Host that is no name", { headers: { ...JSON_HEADERS, host: "%" }, body: LIST }, 403],
    ["a local Origin", { headers: { ...JSON_HEADERS, origin: "http://localhost:6274" }, body: LIST }, 200],
    ["a configured Origin", { headers: { ...JSON_HEADERS, origin: "https://app.example.org" }, body: LIST }, 200],
    ["a foreign Origin", { headers: { ...JSON_HEADERS, origin: "https://evil.example.com" }, body: LIST }, 403],
    [
      "a configured Origin on plain http",
      { headers: { ...JSON_HEADERS, origin: "http://app.example.org" }, body: LIST },
      403,
    ],
    ["Origin null", { headers: { ...JSON_HEADERS, origin: "null" }, body: LIST }, 403],
    ["an Origin of another scheme", { headers: { ...JSON_HEADERS, origin: "file://localhost" }, body: LIST }, 403],
    [
      "a page asking beforehand from a configured Origin",
      { method: "OPTIONS", headers: { origin: "https://app.example.org" } },
      204,
    ],
    [
      "a page asking beforehand from elsewhere",
      { method: "OPTIONS", headers: { origin: "https://evil.example.com" } },
      403,
    ],
    [
      "a page asking beforehand from a local Origin",
      { method: "OPTIONS", headers: { origin: "http://localhost:1" } },
      405,
    ],
    ["health", { method: "GET", path: "/health" }, 200],
    ["health for a foreign Host", { method: "GET", path: "/health", headers: { host: "evil.example.com" } }, 403],
    ["health by POST", { method: "POST", path: "/health" }, 405],
    ["another address", { method: "GET", path: "/admin" }, 404],
    ["an address that climbs", { method: "GET", path: "/../mcp" }, 404],
    ["an address that begins like ours", { method: "POST", path: "/mcpx", headers: JSON_HEADERS, body: LIST }, 404],
    ["a query after the address", { path: "/mcp?x=1", headers: JSON_HEADERS, body: LIST }, 200],
    ["a bare GET", { method: "GET", headers: { accept: "text/event-stream" } }, 405],
    ["a bare DELETE", { method: "DELETE" }, 405],
    ["PUT", { method: "PUT", headers: JSON_HEADERS, body: LIST }, 405],
    ["PATCH", { method: "PATCH", headers: JSON_HEADERS, body: LIST }, 405],
    ["HEAD", { method: "HEAD" }, 405],
  ];
  it.each(allowed)("%s", async (_name, sent, status) => {
    expect((await send(open, sent)).status).toBe(status);
  });

  const barred: [string, Sent, number][] = [
    ["no token", { headers: JSON_HEADERS, body: LIST }, 401],
    ["a wrong token", { headers: as("wrong"), body: LIST }, 401],
    ["the beginning of a token", { headers: as(ADA.slice(0, -1)), body: LIST }, 401],
    ["a token and more", { headers: as(`${ADA}x`), body: LIST }, 401],
    ["an empty token", { headers: { ...JSON_HEADERS, authorization: "Bearer " }, body: LIST }, 401],
    ["another scheme", { headers: { ...JSON_HEADERS, authorization: `Basic ${ADA}` }, body: LIST }, 401],
    ["the token in the address", { path: `/mcp?access_token=${ADA}`, headers: JSON_HEADERS, body: LIST }, 401],
    ["the token in a cookie", { headers: { ...JSON_HEADERS, cookie: `token=${ADA}` }, body: LIST }, 401],
    ["the right token", { headers: as(ADA), body: LIST }, 200],
    ["the second token", { headers: as(EVE), body: LIST }, 200],
    ["the scheme in capitals", { headers: { ...JSON_HEADERS, authorization: `BEARER ${ADA}` }, body: LIST }, 200],
    [
      "the right token from a foreign Origin",
      { headers: { ...as(ADA), origin: "https://evil.example.com" }, body: LIST },
      403,
    ],
    [
      "the right token for a configured Host",
      { headers: { ...as(ADA), host: "Knowledge.Example.org" }, body: LIST },
      200,
    ],
    ["the right token for a foreign Host", { headers: { ...as(ADA), host: "evil.example.com" }, body: LIST }, 403],
    ["a GET without a token", { method: "GET" }, 401],
    ["a PUT without a token", { method: "PUT" }, 401],
    ["health without a token", { method: "GET", path: "/health" }, 200],
    ["the 2026 era without a token", { headers: MODERN, body: modernBody("tools/list") }, 401],
    ["the 2026 era with a token", { headers: { ...MODERN, ...as(ADA) }, body: modernBody("tools/list") }, 200],
    ["the old addresses, which are switched off", { method: "GET", path: "/sse", headers: as(ADA) }, 404],
  ];
  it.each(barred)("behind tokens: %s", async (_name, sent, status) => {
    const answer = await send(guarded, sent);
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers["www-authenticate"]).toBe('Bearer realm="headwater"');
  });

  it("only pages of configured origins may read answers", async () => {
    const configured = await send(open, {
      headers: { ...JSON_HEADERS, origin: "https://app.example.org" },
      body: LIST,
    });
    expect(configured.headers["access-control-allow-origin"]).toBe("https://app.example.org");
    const local = await send(open, { headers: { ...JSON_HEADERS, origin: "http://localhost:5173" }, body: LIST });
    expect(local.headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("what is accepted", () => {
  const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const bodies: [string, Sent, number][] = [
    ["text", { headers: { ...JSON_HEADERS, "content-type": "text/plain" }, body: LIST }, 415],
    ["a form", { headers: { ...JSON_HEADERS, "content-type": "application/x-www-form-urlencoded" }, body: "a=1" }, 415],
    ["no content type", { headers: { accept: JSON_HEADERS.accept }, body: LIST }, 415],
    [
      "a content type that begins like JSON",
      { headers: { ...JSON_HEADERS, "content-type": "application/json5" }, body: LIST },
      415,
    ],
    [
      "JSON with a charset",
      { headers: { ...JSON_HEADERS, "content-type": "application/json; charset=utf-8" }, body: LIST },
      200,
    ],
    ["broken JSON", { headers: JSON_HEADERS, body: "{" }, 400],
    ["an empty body", { headers: JSON_HEADERS, body: "" }, 400],
    ["JSON that is no message", { headers: JSON_HEADERS, body: '{"a":1}' }, 400],
    ["a number", { headers: JSON_HEADERS, body: "7" }, 400],
    ["deep nesting", { headers: JSON_HEADERS, body: nested }, 400],
    ["a batch of too many", { headers: JSON_HEADERS, body: `[${Array(60).fill(LIST).join()}]` }, 400],
    ["a body above 4 MB", { headers: JSON_HEADERS, body: Buffer.alloc(4 * 1024 * 1024 + 1, 32) }, 413],
    [
      "a body above 4 MB without its length",
      { headers: { ...JSON_HEADERS, "transfer-encoding": "chunked" }, body: Buffer.alloc(5e6, 32) },
      413,
    ],
    ["a body just below 4 MB", { headers: JSON_HEADERS, body: LIST + " ".repeat(4 * 1024 * 1024 - LIST.length) }, 200],
    ["a session nobody opened", { headers: { ...JSON_HEADERS, "mcp-session-id": "nope" }, body: LIST }, 404],
    ["a stream of a session nobody opened", { method: "GET", headers: { "mcp-session-id": "nope" } }, 404],
    [
      "2026 headers that do not fit the body",
      { headers: { ...MODERN, "mcp-method": "tools/call" }, body: modernBody("tools/list") },
      400,
    ],
    [
      "2026 era: an unknown method",
      { headers: { ...MODERN, "mcp-method": "no/such" }, body: modernBody("no/such") },
      404,
    ],
    [
      "an Accept that wants no answer of ours",
      { headers: { ...JSON_HEADERS, accept: "text/html" }, body: JSON.stringify(INITIALIZE) },
      406,
    ],
  ];
  it.each(bodies)("%s", async (_name, sent, status) => {
    expect((await send(open, sent)).status).toBe(status);
  });

  it("answers floods with 429 and when to come back", async () => {
    const door = await openHttpDoor(served({ tokens }), { log: () => undefined });
    const flood = await Promise.all(Array.from({ length: 25 }, () => send(door, { headers: as("guess"), body: LIST })));
    const statuses = flood.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    const late = flood.find(({ status }) => status === 429)!;
    expect(Number(late.headers["retry-after"])).toBeGreaterThan(0);
    // Guessing shuts the door for this address even with the right token.
    expect((await send(door, { headers: as(ADA), body: LIST })).status).toBe(429);
    await door.close();
  });

  it("limits the requests of one client without touching another", async () => {
    const door = await openHttpDoor(served({ tokens }), { log: () => undefined });
    const round = async () => {
      const asked = Array.from({ length: 60 }, () => send(door, { method: "PUT", headers: as(ADA) }));
      return (await Promise.all(asked)).map(({ status }) => status);
    };
    while (!(await round()).includes(429)); // a busy machine may be too slow to ask too often for a while
    expect((await send(door, { headers: as(EVE), body: LIST })).status).toBe(200);
    await door.close();
  });

  it("goes on serving others while somebody sends headers drop by drop", async () => {
    const slow = connectSocket(open.port, "127.0.0.1");
    slow.write("POST /mcp HTTP/1.1\r\nHost: localhost\r\n");
    expect((await send(open, { method: "GET", path: "/health" })).status).toBe(200);
    slow.destroy();
  });
});

describe("sessions", () => {
  it("belong to the token that opened them", async () => {
    const opened = await send(guarded, { headers: as(ADA), body: JSON.stringify(INITIALIZE) });
    const id = String(opened.headers["mcp-session-id"]);
    expect(opened.status).toBe(200);
    const use = (token: string, method = "POST") =>
      send(guarded, {
        method,
        headers: { ...as(token), "mcp-session-id": id, "mcp-protocol-version": "2025-11-25" },
        body: method === "POST" ? LIST : undefined,
      });
    expect((await use(ADA)).status).toBe(200);
    expect((await use(EVE)).status).toBe(404);
    expect((await use(EVE, "DELETE")).status).toBe(404);
    expect((await use(ADA)).status).toBe(200);
    expect((await use(ADA, "DELETE")).status).toBe(200);
    expect((await use(ADA)).status).toBe(404);
  });

  it("a token with principals sees through its own eyes", async () => {
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "list_sources", arguments: {} },
    });
    const seen: unknown[] = [];
    const app = served({ tokens });
    const door = await openHttpDoor(
      {
        ...app,
        desk: (tenant, viewer) => {
          seen.push([tenant, viewer]);
          return app.desk(tenant, viewer);
        },
      },
      { log: () => undefined },
    );
    await send(door, { headers: as(EVE), body });
    await door.close();
    expect(seen).toContainEqual(["default", { principals: ["user:eve@example.org"] }]);
    expect(seen).not.toContainEqual(["default", "everything"]);
  });
});

describe("where it listens", () => {
  it.each(["0.0.0.0:0", "[::]:0", "192.0.2.1:0"])("refuses %s without a token, in a sentence", async (listen) => {
    await expect(openHttpDoor(served(), { listen })).rejects.toMatchObject({
      kind: "config",
      message: expect.stringContaining("no token protects it"),
      hint: expect.stringContaining("server.http.token"),
    });
  });

  it("says so when the port is taken", async () => {
    await expect(openHttpDoor(served(), { listen: `127.0.0.1:${open.port}` })).rejects.toMatchObject({
      kind: "config",
      message: `headwater cannot listen on 127.0.0.1:${open.port}: another program uses it.`,
    });
  });

  it("never tells paths or stacks, and logs what went wrong", () => {
    expect(problems.join("\n")).not.toMatch(/\n\s+at |node_modules/);
  });
});
