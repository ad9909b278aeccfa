import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHttpDoor } from "../../src/server.ts";
import type { HttpDoor } from "../../src/web/http.ts";
import { tellFigure } from "../proof/figure.ts";
import { bundle } from "../setup/bundle.mjs";
import { fakeApp } from "./fake-app.ts";
import { call, INITIALIZE, INITIALIZED, RawStdio } from "./raw-stdio.ts";

/** Reliability S1. HEADWATER_FRAMES=10000 is the full number. */
const FRAMES = Number(process.env.HEADWATER_FRAMES ?? 1000);
const LEAK = /\n\s+at .+:\d+|node_modules|\/src\/tools|Cannot read propert|is not a function/;

let server: RawStdio;
let door: HttpDoor;

beforeAll(async () => {
  server = new RawStdio(await bundle("test/server/fake-stdio.ts"));
  door = await openHttpDoor(fakeApp(), { log: () => undefined });
});
afterAll(async () => {
  server.kill();
  await door.close();
});

const METHODS = [
  "initialize",
  "ping",
  "server/discover",
  "tools/list",
  "tools/call",
  "resources/read",
  "resources/list",
  "resources/subscribe",
  "prompts/get",
  "completion/complete",
  "subscriptions/listen",
  "notifications/cancelled",
  "no/such",
  "__proto__",
];
const deep = "[".repeat(5000) + "]".repeat(5000);
const frame = fc.oneof(
  fc
    .record(
      {
        jsonrpc: fc.constantFrom("2.0", "1.0", 2),
        id: fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.double(), fc.object()),
        method: fc.oneof(fc.constantFrom(...METHODS), fc.string(), fc.integer()),
        params: fc.oneof(
          fc.jsonValue({ maxDepth: 4 }),
          fc.record(
            { name: fc.constantFrom("search", "fetch", "x"), arguments: fc.jsonValue(), uri: fc.string() },
            { requiredKeys: [] },
          ),
          fc.constant(JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')),
        ),
        result: fc.jsonValue(),
        error: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((message) => JSON.stringify(message)),
  fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", " ")),
  fc.constantFrom(
    deep,
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${deep}}`,
    "{",
    "null",
    "[]",
    '"',
    "\u0000",
  ),
);

describe("whatever comes over the wire", () => {
  it(`stdio survives ${FRAMES} odd lines and then answers`, async () => {
    server.send(INITIALIZE, INITIALIZED);
    await server.answer("init");
    for (const line of fc.sample(frame, FRAMES)) server.send(line);
    server.send(call("after-all", "search", { query: "beetroot" }));
    expect((await server.answer("after-all")).result.structuredContent.results).not.toHaveLength(0);
    const leaking = server.lines.filter((line) => LEAK.test(line));
    expect(leaking).toEqual([]);
    expect(server.child.exitCode).toBeNull();
    const figures = { frames: FRAMES, leaks: leaking.length, crashes: server.child.exitCode === null ? 0 : 1 };
    tellFigure("S1", "odd frames over stdio", figures, { leaks: 0, crashes: 0 });
  }, 300_000);

  it("HTTP survives 300 odd bodies and then answers", async () => {
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
    const post = (body: string) => fetch(door.url, { method: "POST", headers, body });
    for (const body of fc.sample(frame, 300)) {
      const stop = new AbortController();
      const answer = await fetch(door.url, { method: "POST", headers, body, signal: stop.signal });
      expect([200, 202, 400, 404, 429]).toContain(answer.status);
      if (answer.headers.get("content-type") !== "text/event-stream") expect(await answer.text()).not.toMatch(LEAK);
      stop.abort();
    }
    const answer = await post(JSON.stringify(call(1, "search", { query: "beetroot" })));
    expect(await answer.text()).toContain("notes/garden/plan.md");
  });

  it("a line above the cap ends the connection instead of filling the memory", async () => {
    const flooded = new RawStdio(await bundle("test/server/fake-stdio.ts"));
    const exit = new Promise((resolve) => flooded.child.once("exit", resolve));
    flooded.child.stdin.on("error", () => undefined);
    const piece = "x".repeat(1_000_000);
    for (let megabyte = 0; megabyte < 12; megabyte++) flooded.child.stdin.write(piece);
    expect(await exit).toBe(0);
  });
});
