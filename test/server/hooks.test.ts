import { createHmac } from "node:crypto";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type HttpDoor, openHttp } from "../../src/web/http.ts";
import { TestWorkplace } from "../contract/workplace.ts";
import { Ledger } from "../twins/ledger.ts";
import { hookedLedger, signed } from "./hooked-ledger.ts";

const SECRET = "mill-hook-secret-5e0c3a41";
const CLUB_SECRET = "club-hook-secret-90b1d7f2";

interface Tenant {
  place: TestWorkplace;
  ledger: Ledger;
  /** Ids asked for one by one. */
  asked: string[];
}

/** The machine may be busy: nothing here is about speed. */
vi.setConfig({ testTimeout: 60_000 });
const soon = { timeout: 30_000 };

const tenants = new Map<string, Tenant>();
const problems: string[] = [];
let door: HttpDoor | undefined;

afterEach(async () => {
  await door?.close();
  for (const { place } of tenants.values()) await place.close();
  tenants.clear();
  problems.length = 0;
});

async function tenant(name: string, secret: string | undefined): Promise<Tenant> {
  const [ledger, asked] = [new Ledger(), [] as string[]];
  ledger.seed(12, "left");
  ledger.seed(12, "right");
  const connector = hookedLedger({ feed: "edits", scope: "container" }, asked);
  const { webhook: _, ...deaf } = connector;
  const config = { ledger: ledger.name, ...(secret && { webhookSecret: secret }) };
  const place = await TestWorkplace.open(
    { id: "mill", connector, config },
    { id: "deaf", connector: deaf, config },
    { id: "off", connector, config, settings: { enabled: false } },
    { id: "open", connector, config: { ledger: ledger.name } },
    { id: "empty", connector, config: { ledger: ledger.name, webhookSecret: "" } },
  );
  await place.sync("mill");
  const made = { place, ledger, asked };
  tenants.set(name, made);
  return made;
}

async function openDoor(): Promise<HttpDoor> {
  door = await openHttp({
    host: "127.0.0.1",
    port: 0,
    tokens: [{ name: "ada", token: "ada-token-0123456789abcdef", tenant: "default" }],
    hosts: ["hooks.example.org"],
    origins: [],
    legacySse: false,
    version: "0.0.0-test",
    roomOf: () => {
      throw new Error("no client comes here");
    },
    hookOf: async (name, source) => {
      const found = tenants.get(name);
      if (found === undefined) throw new Error("no such tenant");
      return found.place.engine.hook(source);
    },
    onProblem: (message) => void problems.push(message),
  });
  return door;
}

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 50 });

function post(path: string, body: string | Buffer, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: "127.0.0.1", port: door?.port, method: "POST", path, agent, headers },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

const event = (delivery: string, more: object) => JSON.stringify({ delivery, ...more });
const deliver = (delivery: string, more: object, { path = "/hooks/mill", secret = SECRET } = {}) => {
  const body = event(delivery, more);
  return post(path, body, signed(secret, body));
};
const runsOf = ({ place }: Tenant) => place.store.runs({ source: "mill", limit: 200 });
const textOf = async ({ place }: Tenant, id: string) => (await place.stored("mill")).get(id)?.text;

describe("a delivery", () => {
  it("is answered at once, and what it names is asked of the service", async () => {
    const mill = await tenant("default", SECRET);
    await openDoor();
    mill.ledger.put("left-0003", "The sluice was opened at dawn.", "left");
    const answer = await deliver("d1", { entry: "left-0003", text: "Words of the delivery are not stored." });
    expect(answer).toMatchObject({ status: 202, body: "" });
    await vi.waitFor(async () => expect(await textOf(mill, "left-0003")).toBe("The sluice was opened at dawn."), soon);
    await vi.waitFor(
      async () =>
        expect((await runsOf(mill))[0]).toMatchObject({ startedBy: "webhook", part: "items", state: "succeeded" }),
      soon,
    );
  });

  it("that names a container has that one looked at", async () => {
    const mill = await tenant("default", SECRET);
    await openDoor();
    mill.ledger.put("right-new", "On the right bank.", "right");
    mill.ledger.put("left-new", "On the left bank.", "left");
    expect((await deliver("d1", { folder: "right" })).status).toBe(202);
    await vi.waitFor(async () => expect(await textOf(mill, "right-new")).toBeDefined(), soon);
    expect(await textOf(mill, "left-new")).toBeUndefined();
  });

  it("comes through the public name, which serves nothing else without a token", async () => {
    await tenant("default", SECRET);
    await openDoor();
    const body = event("d1", { entry: "left-0001" });
    const host = { host: "hooks.example.org", "x-forwarded-for": "203.0.113.9" };
    expect((await post("/hooks/mill", body, { ...signed(SECRET, body), ...host })).status).toBe(202);
    expect((await post("/mcp", body, { ...signed(SECRET, body), ...host })).status).toBe(401);
    expect((await post("/hooks/mill", body, { ...signed(SECRET, body), host: "evil.example.org" })).status).toBe(403);
  });

  it("of a handshake is answered with the words that the service wants back", async () => {
    await tenant("default", SECRET);
    await openDoor();
    const answer = await deliver("d1", { challenge: "<b>echo</b>" });
    expect(answer).toMatchObject({ status: 200, body: "<b>echo</b>" });
    expect(answer.headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
    });
  });

  it("that is verified but not understood has the whole source looked at", async () => {
    const mill = await tenant("default", SECRET);
    await openDoor();
    mill.ledger.put("left-new", "On the left bank.", "left");
    expect((await post("/hooks/mill", "not json", signed(SECRET, "not json"))).status).toBe(202);
    await vi.waitFor(async () => expect(await textOf(mill, "left-new")).toBeDefined(), soon);
    await vi.waitFor(async () => expect((await runsOf(mill))[0]).toMatchObject({ startedBy: "webhook" }), soon);
  });
});

describe("a thousand deliveries", () => {
  it("that are the same one have one effect, also after a restart and in another process", async () => {
    const mill = await tenant("default", SECRET);
    await openDoor();
    const before = (await runsOf(mill)).length;
    const repeats = Array.from({ length: 1000 }, () => deliver("the same", { entry: "left-0003" }));
    for (const { status } of await Promise.all(repeats)) expect(status).toBe(202);
    await vi.waitFor(async () => expect((await runsOf(mill)).length).toBe(before + 1), soon);
    await mill.place.reopen();
    for (let at = 0; at < 10; at++) expect((await deliver("the same", { entry: "left-0003" })).status).toBe(202);
    expect((await deliver("another", { entry: "left-0004" })).status).toBe(202);
    await vi.waitFor(async () => expect((await runsOf(mill)).length).toBe(before + 2), soon);
    expect(mill.asked).toEqual(["left-0003", "left-0004"]);
  });

  it("are each answered, and none is lost", async () => {
    const mill = await tenant("default", SECRET);
    await openDoor();
    const ids = [...(await mill.place.stored("mill")).keys()];
    for (const id of ids) mill.ledger.put(id, "Changed while the deliveries came.", id.split("-")[0]);
    const answers = Array.from({ length: 1000 }, (_, at) => deliver(`d${at}`, { entry: ids[at % ids.length] }));
    for (const { status } of await Promise.all(answers)) expect(status).toBe(202);
    await vi.waitFor(async () => {
      const stored = await mill.place.stored("mill");
      for (const id of ids) expect(stored.get(id)?.text).toBe("Changed while the deliveries came.");
    }, soon);
    const changes = await mill.place.store.changes({ limit: 1000, viewer: "everything", verbs: ["updated"] });
    expect(changes.changes).toHaveLength(ids.length);
  });

  it("that come faster than they can be noted become one look at the whole source", async () => {
    const mill = await tenant("default", SECRET);
    await openDoor();
    mill.ledger.put("left-new", "On the left bank.", "left");
    let go = () => {};
    const held = new Promise<boolean>((resolve) => {
      go = () => resolve(true);
    });
    vi.spyOn(mill.place.store, "firstDelivery").mockImplementation(() => held);
    const answers = Array.from({ length: 1100 }, (_, at) => deliver(`d${at}`, { entry: "left-0001" }));
    for (const { status } of await Promise.all(answers)) expect(status).toBe(202);
    await vi.waitFor(async () => expect(await textOf(mill, "left-new")).toBeDefined(), soon);
    go();
  });
});

describe("what is not accepted", () => {
  it("forged, old, re-serialised, misdirected: none has an effect, and none learns why", async () => {
    const mill = await tenant("default", SECRET);
    const club = await tenant("club", CLUB_SECRET);
    await openDoor();
    const body = event("d1", { entry: "left-0003" });
    const good = signed(SECRET, body);
    const now = Date.now();
    const hex = good["x-ledger-signature"] ?? "";
    const bad: [string, string, Record<string, string>][] = [
      ["/hooks/mill", body, { "content-type": "application/json" }],
      ["/hooks/mill", body, { ...good, "x-ledger-signature": "" }],
      ["/hooks/mill", body, { ...good, "x-ledger-signature": hex.slice(0, -2) }],
      ["/hooks/mill", body, { ...good, "x-ledger-signature": `${hex}00` }],
      ["/hooks/mill", body, { ...good, "x-ledger-signature": "0".repeat(64) }],
      ["/hooks/mill", body, { ...good, "x-ledger-signature": "zz".repeat(32) }],
      ["/hooks/mill", body, signed(`${SECRET}x`, body)],
      ["/hooks/mill", body, signed("", body)],
      ["/hooks/mill", body, signed(SECRET, body, new Date(now - 5 * 60_000 - 2000))],
      ["/hooks/mill", body, signed(SECRET, body, new Date(now + 6 * 60_000))],
      ["/hooks/mill", body, { ...good, "x-ledger-time": String(now + 1) }],
      ["/hooks/mill", JSON.stringify(JSON.parse(body), null, 1), good],
      ["/hooks/mill", `${body} `, good],
      ["/hooks/mill", "", good],
      ["/hooks/mill", body, { ...good, "x-ledger-signature": createHmac("sha1", SECRET).update(body).digest("hex") }],
      ["/hooks/club/mill", body, good],
      ["/hooks/mill", body, signed(CLUB_SECRET, body)],
    ];
    for (const [path, sent, headers] of bad) {
      const answer = await post(path, sent, { ...headers, "x-forwarded-for": `203.0.113.${bad.length}` });
      expect(answer).toMatchObject({ status: 401, body: "" });
    }
    expect((await post("/hooks/club/mill", body, signed(CLUB_SECRET, body))).status).toBe(202);
    await vi.waitFor(() => expect(club.asked).toEqual(["left-0003"]), soon);
    expect(mill.asked).toEqual([]);
    expect(await runsOf(mill)).toHaveLength(1);
  });

  it("what takes no deliveries looks like what is not there", async () => {
    await tenant("default", SECRET);
    await openDoor();
    const body = event("d1", { entry: "left-0003" });
    const paths = [
      "none",
      "deaf",
      "off",
      "open",
      "empty",
      "default/none",
      "club/mill",
      "default/mill/x",
      "..%2fmill",
      "",
    ];
    const answers = [];
    for (const path of paths) answers.push(await post(`/hooks/${path}`, body, signed(SECRET, body)));
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 404, body: "" });
      expect(Object.keys(answer.headers)).toEqual(Object.keys(answers[0]?.headers ?? {}));
    }
    expect((await post("/hooks/default/mill", body, signed(SECRET, body))).status).toBe(202);
  });

  it("whoever keeps failing is slowed down, others are not", async () => {
    await tenant("default", SECRET);
    await openDoor();
    const body = event("d1", { entry: "left-0003" });
    const from = (address: string) => ({ "x-forwarded-for": `198.51.100.7, ${address}` });
    const statuses = [];
    for (let at = 0; at < 30; at++)
      statuses.push((await post("/hooks/mill", body, { ...signed("guess", body), ...from("203.0.113.9") })).status);
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401));
    expect(statuses.at(-1)).toBe(429);
    const slowed = await post("/hooks/mill", body, { ...signed(SECRET, body), ...from("203.0.113.9") });
    expect(slowed).toMatchObject({ status: 429, headers: { "retry-after": expect.stringMatching(/^\d+$/) } });
    expect((await post("/hooks/mill", body, { ...signed(SECRET, body), ...from("203.0.113.10") })).status).toBe(202);
  });

  it("bodies up to 25 MB are taken, larger ones are not read", async () => {
    await tenant("default", SECRET);
    await openDoor();
    const start = `{"delivery":"large","entry":"left-0003","padding":"`;
    const body = Buffer.from(`${start}${"x".repeat(25 * 1024 * 1024 - start.length - 2)}"}`);
    expect(body).toHaveLength(25 * 1024 * 1024);
    expect((await post("/hooks/mill", body, signed(SECRET, body))).status).toBe(202);
    expect(await raw(`POST /hooks/mill HTTP/1.1\r\nhost: localhost\r\ncontent-length: 26214401\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 413 /,
    );
    const chunk = `100000\r\n${"x".repeat(0x100000)}\r\n`;
    const chunked = `POST /hooks/mill HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(26)}`;
    expect(await raw(chunked)).toMatch(/^HTTP\/1.1 413 /);
  });

  it("nothing of a delivery stands in a log", async () => {
    const mill = await tenant("default", SECRET);
    await openDoor();
    const bodies = ["canary-body-71c0 is no json", event("canary-id-71c0", { entry: "canary-entry-71c0" })];
    for (const body of bodies)
      for (const secret of [SECRET, "guess"])
        await post("/hooks/mill", body, { ...signed(secret, body), "x-note": "canary-header-71c0" });
    await vi.waitFor(() => expect(mill.asked).toEqual(["canary-entry-71c0"]), soon);
    await vi.waitFor(async () => expect((await runsOf(mill))[0]?.state).toBe("succeeded"), soon);
    const told = [...mill.place.sources.log.lines, ...problems].join("\n");
    expect(told).toContain("webhook.refused");
    expect(told).not.toContain("71c0");
    expect(told).not.toContain(SECRET);
  });
});

/** Sends bytes and answers what comes back until the server closes or says something. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(door?.port ?? 0, "127.0.0.1");
    socket.once("data", (data) => {
      socket.destroy();
      resolve(data.toString());
    });
    socket.on("error", () => {});
    socket.write(bytes);
  });
}
