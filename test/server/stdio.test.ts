import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { bundle } from "../setup/bundle.mjs";
import { call, INITIALIZE, INITIALIZED, modern, RawStdio } from "./raw-stdio.ts";

let program: string;
let server: RawStdio;

beforeAll(async () => {
  program = await bundle("test/server/fake-stdio.ts");
});
afterEach(() => server.kill());

function start(env: Record<string, string> = {}): RawStdio {
  server = new RawStdio(program, env);
  return server;
}

describe("stdio", () => {
  it("answers the handshake and the lists before the store is open", async () => {
    start({ SLOW_OPEN: "1" });
    server.send(INITIALIZE, INITIALIZED, { jsonrpc: "2.0", id: 1, method: "tools/list" }, call(2, "list_sources"));
    server.send({ jsonrpc: "2.0", id: 3, method: "prompts/list" });
    await server.answer(2);
    const order = server.messages().map(({ id }) => id);
    expect(order.indexOf(2)).toBe(3);
    expect(order.slice(0, 3)).toEqual(["init", 1, 3]);
  });

  it("keeps stdout for the protocol whatever a dependency prints", async () => {
    start({ NOISY: "1" });
    server.send(INITIALIZE, INITIALIZED, call(1, "list_sources"));
    expect((await server.answer(1)).result.isError).toBeUndefined();
    for (const message of server.messages()) expect(message).toMatchObject({ jsonrpc: "2.0" });
    await vi.waitFor(() => {
      expect(server.stderr).toContain("a dependency says hello");
      expect(server.stderr).toContain("without a line break");
    });
  });

  it("serves a client that discovers first and then initializes in the old way", async () => {
    start();
    server.send(modern("d", "server/discover"));
    expect((await server.answer("d")).result.supportedVersions).toContain("2026-07-28");
    server.send(INITIALIZE, INITIALIZED, { jsonrpc: "2.0", id: 1, method: "tools/list" });
    expect((await server.answer("init")).result.protocolVersion).toBe("2025-11-25");
    expect((await server.answer(1)).result.tools).toHaveLength(9);
  });

  it("serves the 2026 era after discovery and without it", async () => {
    start();
    server.send(modern(1, "tools/list"), modern(2, "server/discover"));
    expect((await server.answer(1)).result).toMatchObject({ resultType: "complete", cacheScope: "private" });
    expect((await server.answer(2)).result.instructions).toContain("headwater");
  });

  it("exits cleanly when the client closes stdin, also during a call", async () => {
    start();
    server.send(INITIALIZE, INITIALIZED, call(1, "sync_source", { source: "mail" }, { progressToken: "p" }));
    await server.message(({ method }) => method === "notifications/progress");
    expect(await server.leave()).toBe(0);
    expect(server.stderr).toContain("closed: true");
  });

  it("exits cleanly on SIGTERM", async () => {
    start();
    server.send(INITIALIZE);
    await server.answer("init");
    const exit = new Promise((resolve) => server.child.once("exit", resolve));
    server.child.kill("SIGTERM");
    expect(await exit).toBe(0);
    expect(server.stderr).toContain("closed: true");
  });

  it("a cancelled call stops the sync it started", async () => {
    start();
    server.send(INITIALIZE, INITIALIZED, call(1, "sync_source", { source: "mail" }, { progressToken: "p" }));
    await server.message(({ method }) => method === "notifications/progress");
    server.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
    server.send(call(2, "sync_status", { source: "mail" }));
    expect((await server.answer(2)).result.structuredContent.syncs[0].state).toBe("cancelled");
  });

  it("a sync longer than the caller waits goes on, and a second caller who gives up does not stop it", async () => {
    start();
    server.send(INITIALIZE, INITIALIZED, call(1, "sync_source", { source: "mail", wait_seconds: 0.05 }));
    const { sync_id, state } = (await server.answer(1)).result.structuredContent;
    expect(state).toBe("running");
    server.send(call(2, "sync_source", { source: "mail" }, { progressToken: "p" }));
    await server.message(({ method }) => method === "notifications/progress");
    server.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 2 } });
    server.send(call(3, "sync_status", { sync_id }));
    expect((await server.answer(3)).result.structuredContent.syncs[0]).toMatchObject({ sync_id, state: "running" });
    server.send(call(4, "cancel_sync", { sync_id }), call(5, "sync_status", { sync_id }));
    expect((await server.answer(4)).result.structuredContent.cancelled).toBe(true);
    expect((await server.answer(5)).result.structuredContent.syncs[0].state).toBe("cancelled");
  });

  it("tells subscribers of the 2025 era what a sync changed", async () => {
    start();
    const uri = "headwater://notes/garden/plan.md";
    server.send(INITIALIZE, INITIALIZED, { jsonrpc: "2.0", id: 1, method: "resources/subscribe", params: { uri } });
    await server.answer(1);
    server.send(call(2, "sync_source", { source: "notes" }));
    await server.message(({ method }) => method === "notifications/resources/list_changed");
    const updated = server.messages().filter(({ method }) => method === "notifications/resources/updated");
    expect(updated.map(({ params }) => params.uri)).toEqual([uri]);
  });

  it("tells a listening client of the 2026 era what a sync changed", async () => {
    start();
    const uri = "headwater://notes/garden/plan.md";
    const notifications = { resourcesListChanged: true, resourceSubscriptions: [uri] };
    server.send(modern("d", "server/discover"), modern("l", "subscriptions/listen", { notifications }));
    await server.message(({ method }) => method === "notifications/subscriptions/acknowledged");
    server.send(modern(1, "tools/call", { name: "sync_source", arguments: { source: "notes" } }));
    await server.message(({ method }) => method === "notifications/resources/list_changed");
    const updated = server.messages().filter(({ method }) => method === "notifications/resources/updated");
    expect(updated.map(({ params }) => params.uri)).toEqual([uri]);
  });
});
