import type { ChildProcess } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { connect } from "node:net";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Sandbox } from "../cli/sandbox.ts";
import { GithubTwin } from "../twins/github/github-twin.ts";
import type { HookDelivery } from "../twins/github/hooks.ts";
import type { Repository } from "../twins/github/repository.ts";

const SECRET = "mill-hook-secret-5e0c3a41";
const ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}";
/** The machine may be busy: nothing here is about speed. */
const soon = { timeout: 30_000, interval: 200 };
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const box = new Sandbox();
let twin: GithubTwin;
let docs: Repository;
let server: ChildProcess;
let base: string;
let client: Client;

function write(every: string): void {
  const work = { connector: "github", ...twin.config(), webhookSecret: SECRET, allowPrivateNetwork: true, every };
  box.put(
    "headwater.yaml",
    JSON.stringify({ version: 1, sources: { work: { ...work, repositories: ["acme/docs"] } } }),
  );
}

/** `headwater serve --http` as a person starts it; ready when it says its address. */
async function serve(): Promise<void> {
  server = box.start(["serve", "--http", "127.0.0.1:0", "--config", "headwater.yaml"]);
  let told = "";
  server.stderr?.on("data", (chunk) => {
    told += chunk;
  });
  await vi.waitFor(() => expect(told).toMatch(/serves MCP at http:\S+\/mcp/), soon);
  const url = /serves MCP at (http:\S+)\/mcp/.exec(told)?.[1];
  base = url ?? "";
  client = new Client({ name: "reader", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${base}/mcp`)));
}

async function stop(): Promise<void> {
  await client.close();
  const ended = new Promise((resolve) => server.once("close", resolve));
  server.kill("SIGTERM");
  await ended;
}

beforeAll(async () => {
  twin = await GithubTwin.open();
  docs = twin.repository("acme/docs", { hasWiki: false });
  docs.issues.open({ title: "Gauge drifts", body: "It shows quince too much." });
  docs.issues.open({ title: "Gate sticks", body: "Since the medlar frost." });
  docs.comments.add(2, { body: "Oiled it with walnut oil." });
  docs.issues.open({ title: "Rack is full", body: "Of hawthorn." });
  docs.pulls.open({ title: "Mend the gate", body: "With rowan wood." });
  docs.discussions.open({ title: "Names for gates", body: "Bramble or Sloe?" });
  docs.push({ message: "Begin", files: { "README.md": "# Handbook\n\nStart below the alder.\n" } });
  write("off");
  expect(await box.run(["sync", "work", "--config", "headwater.yaml"])).toMatchObject({ code: 0 });
  await serve();
});

afterAll(async () => {
  await stop();
  await twin.close();
});

/** Ids that a search through MCP finds, without those of another repository's number in them. */
async function found(query: string): Promise<string[]> {
  const answer = await client.callTool({ name: "search", arguments: { query } });
  const { results } = answer.structuredContent as { results: { id: string }[] };
  return results.map(({ id }) => id.replace(`work/${docs.id}`, ""));
}

const runs = async () => (await box.json<{ runs: { startedBy: string; part?: string }[] }>(["history", "work"])).runs;
const hook = (path = "/hooks/work") => `${base}${path}`;

/** What was asked since the last time, by route. */
function asked(): string[] {
  const routes = twin.requests.map(({ route, url }) => route ?? url);
  twin.recount();
  return routes;
}

/** A delivery that GitHub sent and nobody received. */
async function lostDelivery(change: () => void): Promise<HookDelivery> {
  const before = twin.hooks.deliveries.length;
  const nowhere = twin.hooks.add(docs, "http://127.0.0.1:9/", { secret: SECRET });
  change();
  await twin.hooks.settled();
  twin.hooks.all.splice(twin.hooks.all.indexOf(nowhere), 1);
  const delivery = twin.hooks.deliveries.slice(before).find((one) => one.event !== "ping" && one.status === 0);
  if (delivery === undefined) throw new Error("nothing was told");
  return delivery;
}

it("what people do on GitHub is found by search at once, with single questions and no poll", async () => {
  const before = (await runs()).length;
  const set = twin.hooks.add(docs, hook(), { secret: SECRET });
  await twin.hooks.settled();
  asked();

  docs.issues.edit(1, { body: "It shows persimmon too much. 🦦" });
  await vi.waitFor(async () => expect(await found("persimmon")).toEqual(["#1"]), soon);
  expect(await found("quince")).toEqual([]);
  expect(new Set(asked())).toEqual(new Set([ISSUE]));

  const remark = docs.comments.add(1, { body: "The float is made of cork oak." });
  await vi.waitFor(async () => expect(await found("cork oak")).toEqual([`#issuecomment-${remark.id}`]), soon);
  docs.comments.delete(remark.id);
  await vi.waitFor(async () => expect(await found("cork oak")).toEqual([]), soon);

  const review = docs.reviews.submit(4, { body: "Larch lasts longer.", state: "CHANGES_REQUESTED" });
  await vi.waitFor(async () => expect(await found("larch")).toEqual([`#pullrequestreview-${review.id}`]), soon);
  const answer = docs.discussions.comment(5, { body: "Sloe, like the hornbeam says." });
  await vi.waitFor(async () => expect(await found("hornbeam")).toEqual([`#discussioncomment-${answer.id}`]), soon);
  docs.push({ message: "Move", files: { "README.md": "# Handbook\n\nStart below the poplar.\n" } });
  await vi.waitFor(async () => expect(await found("poplar")).toEqual([":README.md"]), soon);

  const elsewhere = twin.repository("acme/attic");
  docs.issues.transfer(3, elsewhere);
  await vi.waitFor(async () => expect(await found("hawthorn")).toEqual([]), soon);
  docs.issues.delete(2);
  await vi.waitFor(async () => expect(await found("medlar")).toEqual([]), soon);
  await vi.waitFor(async () => expect(await found("walnut")).toEqual([]), soon); // its comment goes with it

  await twin.hooks.settled();
  twin.hooks.all.splice(twin.hooks.all.indexOf(set), 1);
  const sent = twin.hooks.deliveries.filter(({ headers }) => headers["x-github-hook-id"] === String(set.id));
  expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([202]));
  const since = (await runs()).slice(0, -before);
  expect(new Set(since.map((run) => run.startedBy))).toEqual(new Set(["webhook"]));
  expect(twin.refusals).toEqual([]);
});

it("a thousand copies of one delivery have one effect, and none after a restart", async () => {
  const delivery = await lostDelivery(() => docs.issues.edit(1, { body: "It shows mulberry too much." }));
  expect(await found("mulberry")).toEqual([]);
  const before = (await runs()).length;
  asked();
  for (let at = 0; at < 1000; at += 50) {
    const some = Array.from({ length: 50 }, () => twin.hooks.redeliver(delivery, hook()));
    expect(new Set(await Promise.all(some))).toEqual(new Set([202]));
  }
  await vi.waitFor(async () => expect(await found("mulberry")).toEqual(["#1"]), soon);
  await vi.waitFor(async () => expect(await runs()).toHaveLength(before + 1), soon);
  await stop();
  await serve();
  expect(await twin.hooks.redeliver(delivery, hook())).toBe(202);
  const last = await lostDelivery(() => docs.issues.edit(1, { body: "It shows almond too much." }));
  expect(await twin.hooks.redeliver(last, hook())).toBe(202);
  await vi.waitFor(async () => expect(await found("almond")).toEqual(["#1"]), soon);
  await vi.waitFor(async () => expect(await runs()).toHaveLength(before + 2), soon);
  expect(asked().filter((route) => route === ISSUE)).toHaveLength(2);
});

it("forged, cut, re-serialised, misdirected and too large deliveries are refused, and nothing is asked because of them", async () => {
  const { body, headers } = await lostDelivery(() => docs.issues.edit(1, { body: "It shows zirbelkiefer." }));
  const before = (await runs()).length;
  asked();
  const signature = headers["x-hub-signature-256"] ?? "";
  const forged = (secret: string, algorithm = "sha256") =>
    `${algorithm}=${createHmac(algorithm, secret).update(body).digest("hex")}`;
  const spaced = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1));
  const other = Buffer.from(body.toString().replace('"edited"', '"deleted"'));
  const refused: [number, string, Buffer, Record<string, string>][] = [
    [401, "/hooks/work", body, { "x-hub-signature-256": forged("guess") }],
    [401, "/hooks/work", body, { "x-hub-signature-256": forged("") }],
    [401, "/hooks/work", body, { "x-hub-signature-256": "" }],
    [401, "/hooks/work", body, { "x-hub-signature-256": signature.slice(0, -2) }],
    [401, "/hooks/work", body, { "x-hub-signature-256": signature.slice("sha256=".length) }],
    [401, "/hooks/work", body, { "x-hub-signature-256": forged(SECRET, "sha1") }],
    [401, "/hooks/work", spaced, {}],
    [401, "/hooks/work", other, {}],
    [401, "/hooks/work", Buffer.concat([body, Buffer.from("\n")]), {}],
    [404, "/hooks/default/nothing", body, {}],
    [404, "/hooks/club/work", body, {}],
    [404, "/hooks/work/more", body, {}],
  ];
  for (const [at, [status, path, bytes, changed]] of refused.entries()) {
    const sent = { ...headers, "x-github-delivery": randomUUID(), "x-forwarded-for": `203.0.113.${at}`, ...changed };
    const answer = await fetch(hook(path), { method: "POST", headers: sent, body: new Uint8Array(bytes) });
    expect([at, answer.status, await answer.text()]).toEqual([at, status, ""]);
  }
  expect(await tooLarge()).toMatch(/^HTTP\/1.1 413 /);
  const get = await fetch(hook(), { headers: { "x-forwarded-for": "203.0.113.99" } });
  expect(get.status).toBe(405);
  expect(await found("zirbelkiefer")).toEqual([]);
  expect(asked()).toEqual([]);
  expect(await runs()).toHaveLength(before);
});

/** 25 MB and one byte, announced. */
function tooLarge(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(base).port), "127.0.0.1");
    socket.once("data", (data) => {
      socket.destroy();
      resolve(data.toString());
    });
    socket.on("error", reject);
    socket.write("POST /hooks/work HTTP/1.1\r\nhost: localhost\r\ncontent-length: 26214401\r\n\r\n");
  });
}

it("what a lost delivery would have told is found by the schedule", async () => {
  await lostDelivery(() => docs.issues.edit(1, { body: "It shows chestnut too much." }));
  expect(await found("chestnut")).toEqual([]);
  await stop();
  write("2s");
  await serve();
  await vi.waitFor(async () => expect(await found("chestnut")).toEqual(["#1"]), soon);
  docs.issues.edit(1, { body: "It shows juniper too much." });
  await vi.waitFor(async () => expect(await found("juniper")).toEqual(["#1"]), soon);
  expect((await runs())[0]?.startedBy).toBe("schedule");
});
