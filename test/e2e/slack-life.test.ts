// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration are written like this.
import type { ChildProcess } from "node:child_process";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { SyncReport } from "../../src/model/index.ts";
import { Sandbox } from "../cli/sandbox.ts";
import type { Channel, Message } from "../twins/slack/model.ts";
import { permalink } from "../twins/slack/search.ts";
import { SlackTwin } from "../twins/slack/slack-twin.ts";

/** Everything that a person does with Slack, through the built command line and an MCP client. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });
const soon = { timeout: 30_000, interval: 200 };
const box = new Sandbox();
let twin: SlackTwin;
let ops: Channel;
let root: Message;
let ana = "";
let env: Record<string, string>;

const QUIET = { added: 0, updated: 0, deleted: 0, lost: 0, failed: 0, failures: [], state: "succeeded" };

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await box.run(args, env);
  expect(code, `${args.join(" ")}: ${stderr}${stdout}`).toBe(0);
  return stdout;
}

async function sync(): Promise<SyncReport> {
  return (JSON.parse(await run("sync", "slack", "--json")) as { reports: [SyncReport] }).reports[0];
}

beforeAll(async () => {
  twin = await SlackTwin.open({ historyCap: 7 });
  await twin.seed();
  ops = [...twin.world.channels.values()].find(({ name }) => name === "field-ops") as Channel;
  ana = [...twin.world.users.values()].find(({ name }) => name === "ana.ruiz")?.id ?? "";
  root = twin.world.post(ops, ana, "Who has the *blue* key? See <https://keys.example/blue|the list>");
  twin.world.reply(ops, root, twin.person.id, "It hangs behind the door of the gauge house.");
  env = { SLACK_BOT_TOKEN: twin.botToken.value, SLACK_APP_TOKEN: twin.appToken.value };
  box.put("headwater.yaml", JSON.stringify({ version: 1, sources: {} }));
});
afterAll(async () => {
  await twin.close();
});

it("add tests the account and writes it down; test and list name what is there", async () => {
  const set = [
    "--set",
    `baseUrl=${twin.origin}/api`,
    "--set",
    "allowPrivateNetwork=true",
    "--set",
    "botToken=${SLACK_BOT_TOKEN}",
    "--set",
    "appToken=${SLACK_APP_TOKEN}",
  ];
  const added = await run("add", "slack", "--no-input", ...set);
  expect(added).toContain("headwater (app) in Weir & Sluice");
  const told = await run("test", "slack");
  expect(told).toMatch(/may read: #field-ops \(public\)/);
  expect(told).toMatch(/limit: about 50 questions a minute/);
  const listed = await run("list", "slack");
  expect(listed).toContain("#fische-und-netze");
  expect(listed).not.toContain("secret-plans");
  expect(await run("list", "slack", ops.id)).toContain("Who has the blue key?");
});

it("the first sync brings everything, search and fetch show it, and the second has nothing to do", async () => {
  const expected = await twin.expected();
  expect(await sync()).toMatchObject({ ...QUIET, added: expected.size });
  twin.asked();
  expect(await sync()).toMatchObject(QUIET);
  expect(new Set(twin.asked())).toEqual(new Set(["auth.test", "conversations.history", "users.conversations"]));
  expect(await run("search", "key behind the door")).toContain("Ana Ruiz in #field-ops: Who has the blue key?");
  for (const ref of [`slack/${ops.id}/${root.ts}`, permalink(twin.world, ops, root)]) {
    const shown = await run("fetch", ref);
    expect(shown).toContain("Who has the **blue** key? See [the list](https://keys.example/blue)");
    expect(shown).toMatch(/\*\*Marta Quill\*\* · [\d-]+ [\d:]+\n\nIt hangs behind the door/);
  }
  expect(await run("search", "looked after")).toContain("Canvas of #field-ops");
  expect(await run("fetch", `slack/${ops.id}`)).not.toContain("## Conversation"); // its canvas is a document of its own
});

it("an edit, a deletion and a reply are in the next sync, and in changes", async () => {
  const since = new Date().toISOString();
  const gone = [...ops.messages.values()].find(({ text }) => text.endsWith("(17)")) as Message;
  twin.world.edit(ops, root.ts, "Who has the green key?");
  twin.world.delete(ops, gone.ts);
  expect(await sync()).toMatchObject({ ...QUIET, updated: 1, deleted: 1 });
  const log = JSON.parse(await run("changes", "--since", since, "--json")) as {
    changes: { verb: string; id: string }[];
  };
  const told = log.changes.map(({ verb, id }) => `${verb} ${id}`);
  expect(told).toEqual(expect.arrayContaining([`updated ${ops.id}/${root.ts}`, `deleted ${ops.id}/${gone.ts}`]));
});

it("news comes by itself while headwater serves, to an assistant too, and then there is nothing to do", async () => {
  const server: ChildProcess = box.start(["serve", "--http", "127.0.0.1:0", "--config", "headwater.yaml"], env);
  let said = "";
  server.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  await vi.waitFor(() => expect(said).toMatch(/serves MCP at http:\S+\/mcp/), soon);
  const client = new Client({ name: "reader", version: "1" });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(/serves MCP at (http:\S+\/mcp)/.exec(said)?.[1] ?? "")),
  );
  const texts = async (name: string, args: object) =>
    JSON.stringify((await client.callTool({ name, arguments: args as Record<string, unknown> })).structuredContent);
  try {
    await vi.waitFor(() => expect(twin.events.sockets.length).toBeGreaterThan(0), soon);
    twin.world.reply(ops, root, ana, "A heron took it. 🪶");
    await vi.waitFor(async () => expect(await texts("search", { query: "heron took" })).toContain(root.ts), soon);
    const fetched = await texts("fetch", { id: permalink(twin.world, ops, root) });
    expect(fetched).toContain("A heron took it. 🪶");
    expect(fetched).toContain("Ana Ruiz in #field-ops: Who has the green key?");
    expect(await texts("recent_changes", { since: "1h" })).toContain("green key");
  } finally {
    await client.close();
    const ended = new Promise((resolve) => server.once("close", resolve));
    server.kill("SIGTERM");
    await ended;
  }
  expect(await sync()).toMatchObject(QUIET);
  expect(said).not.toMatch(/canary|xox[bp]-|xapp-|ticket=/);
  expect(twin.refusals).toEqual([]);
});
