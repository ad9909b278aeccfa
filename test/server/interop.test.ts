import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHttpDoor } from "../../src/server.ts";
import type { HttpDoor } from "../../src/web/http.ts";
import { bundle } from "../setup/bundle.mjs";
import { type AnyClient, connectNew, connectOld, type Where } from "./clients.ts";
import { fakeApp } from "./fake-app.ts";

let program: string;
let door: HttpDoor;
let url: string;

beforeAll(async () => {
  program = await bundle("test/server/fake-stdio.ts");
});

const GENERATIONS: [string, (where: Where) => Promise<AnyClient>][] = [
  ["the client of SDK 1", connectOld],
  ["the client of SDK 2, 2025 era", (where) => connectNew(where, "legacy")],
  ["the client of SDK 2, choosing itself", (where) => connectNew(where, "auto")],
  ["the client of SDK 2, 2026-07-28 only", (where) => connectNew(where, { pin: "2026-07-28" })],
];

describe.each(GENERATIONS)("over stdio: %s", (name, connect) => {
  suite(name, () => connect({ program }));
});

describe.each(GENERATIONS)("over HTTP: %s", (name, connect) => {
  beforeAll(open);
  afterAll(() => door.close());
  suite(name, () => connect({ url }));
});

describe("over the old pair of addresses: the client of SDK 1", () => {
  beforeAll(open);
  afterAll(() => door.close());
  suite("the client of SDK 1", () => connectOld({ sse: url.replace(/\/mcp$/, "/sse") }));
});

async function open(): Promise<void> {
  door = await openHttpDoor(fakeApp(), { listen: "127.0.0.1:0", legacySse: true, log: () => undefined });
  url = door.url;
}

const PLAN = "headwater://notes/garden/plan.md";

function suite(name: string, connect: () => Promise<AnyClient>): void {
  const era = /choosing|2026/.test(name) ? "2026" : "2025";
  let any: AnyClient;
  beforeAll(async () => {
    any = await connect();
  });
  afterAll(() => any.close());

  it("lists the nine tools and knows the instructions", async () => {
    const { tools } = await any.client.listTools();
    expect(tools).toHaveLength(9);
    expect(any.client.getInstructions()).toContain("search first");
  });

  it("gets structured output that the client's own check accepts", async () => {
    await any.client.listTools();
    const found = await any.callTool("search", { query: "beetroot" });
    expect(found.structuredContent.results[0].id).toBe("notes/garden/plan.md");
    const refused = await any.callTool("fetch", { id: "notes/none.md" });
    expect(refused.isError).toBe(true);
    for (const tool of ["list_sources", "recent_changes", "sync_status"])
      expect((await any.callTool(tool)).structuredContent).toBeDefined();
    const tested = await any.callTool("test_source", { source: "notes" });
    expect(tested.structuredContent).toMatchObject({ ok: true, account: "ada@example.org" });
  });

  it("sees the progress of a sync and then its numbers", async () => {
    const seen: { progress: number; total?: number; message?: string }[] = [];
    const options = { onprogress: (progress: (typeof seen)[number]) => seen.push(progress) };
    const done = await any.callTool("sync_source", { source: "notes" }, options);
    expect(done.structuredContent).toMatchObject({ state: "succeeded", added: 2, unchanged: 38 });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen[0]).toMatchObject({ total: 40, message: expect.stringContaining("notes") });
    const numbers = seen.map(({ progress }) => progress);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((left, right) => left - right));
  });

  it("stops a sync by cancelling the call that started it", async () => {
    const giveUp = new AbortController();
    const call = any.callTool(
      "sync_source",
      { source: "mail" },
      { signal: giveUp.signal, onprogress: () => giveUp.abort("enough") },
    );
    await expect(call).rejects.toThrow();
    let state = "running";
    while (state === "running")
      state = (await any.callTool("sync_status", { source: "mail" })).structuredContent.syncs[0].state;
    expect(state).toBe("cancelled");
  });

  it("reads resources, templates and their errors", async () => {
    const { resources } = await any.client.listResources();
    const uris = resources.map(({ uri }: { uri: string }) => uri);
    expect(uris.slice(0, 3)).toEqual(["headwater://sources", "headwater://notes", "headwater://notes/items"]);
    expect(uris).toContain(PLAN);
    const { resourceTemplates } = await any.client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }: { uriTemplate: string }) => uriTemplate)).toEqual([
      "headwater://{source}",
      "headwater://{source}/items{?cursor}",
      "headwater://{source}/{+id}",
    ]);
    const text = async (uri: string) => (await any.client.readResource({ uri })).contents[0].text;
    expect(await text("headwater://sources")).toContain("**notes** (files)");
    expect(await text("headwater://notes")).toContain("## Last sync");
    expect(await text("headwater://notes/items")).toContain(`(${PLAN})`);
    expect(await text(PLAN)).toMatch(/^# Garden plan 🌱\n[\s\S]*<untrusted-[0-9a-f]{10} from="notes"/);
    for (const uri of ["headwater://notes/none.md", "headwater://nobody", "file:///etc/passwd"])
      await expect(any.client.readResource({ uri })).rejects.toMatchObject({ code: -32602 });
  });

  it("gets prompts and completes their arguments and those of templates", async () => {
    const { prompts } = await any.client.listPrompts();
    expect(prompts.map(({ name: prompt }: { name: string }) => prompt)).toEqual([
      "find_everything_about",
      "catch_up",
      "connect_a_source",
    ]);
    const prompt = await any.client.getPrompt({ name: "find_everything_about", arguments: { topic: "beetroot" } });
    expect(prompt.messages[0].content.text).toContain("Find everything about: beetroot");
    await expect(any.client.getPrompt({ name: "find_everything_about", arguments: {} })).rejects.toMatchObject({
      code: -32602,
    });
    const completed = async (ref: object, argument: object, context?: object) =>
      (await any.client.complete({ ref, argument, context })).completion.values;
    const byPrompt = { type: "ref/prompt", name: "catch_up" };
    expect(await completed(byPrompt, { name: "source", value: "no" })).toEqual(["notes"]);
    const byTemplate = { type: "ref/resource", uri: "headwater://{source}/{+id}" };
    const inNotes = { arguments: { source: "notes" } };
    expect(await completed(byTemplate, { name: "id", value: "garden/t" }, inNotes)).toEqual(["garden/tools.md"]);
    expect(await completed(byTemplate, { name: "id", value: "tool" }, inNotes)).toEqual(["garden/tools.md"]);
  });

  it("is told what a sync changed", async () => {
    const told: { method: string; params?: { uri?: string } }[] = [];
    any.client.fallbackNotificationHandler = async (notice: (typeof told)[number]) => void told.push(notice);
    if (era === "2026") await any.client.listen({ resourceSubscriptions: [PLAN], resourcesListChanged: true });
    else await any.client.subscribeResource({ uri: PLAN });
    await any.callTool("sync_source", { source: "notes" });
    const methods = () => told.map(({ method }) => method);
    await expect.poll(methods, { timeout: 10_000 }).toContain("notifications/resources/list_changed");
    await expect.poll(methods, { timeout: 10_000 }).toContain("notifications/resources/updated");
    const updated = told.filter(({ method }) => method === "notifications/resources/updated");
    expect(updated.map(({ params }) => params?.uri)).toEqual([PLAN]);
  });
}
