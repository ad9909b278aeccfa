import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RawRequest } from "../../../src/connectors/kit/index.ts";
import { MARTA } from "../../twins/google-drive/drive-twin.ts";
import { INES, QUIET, World } from "./world.ts";

const SECRET = "the weir is not told";
const DAY_MS = 24 * 3_600_000;
let world: World;
let door: Server;
let answers: number[] = [];

/** A door as `headwater serve --http` has it: what Google posts goes to the hook of the source. */
beforeEach(async () => {
  answers = [];
  door = createServer((request, response) => {
    const take = async () => {
      const hook = await world.place.engine.hook("drive");
      const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const url = new URL(request.url ?? "", "http://127.0.0.1");
      const taken = await hook?.take({ method: "POST", headers, body: Buffer.alloc(0), url });
      answers.push(taken === undefined ? 401 : 202);
      response.writeHead(answers.at(-1) as number).end();
    };
    void take();
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await world.close();
  door.closeAllConnections();
  await new Promise((resolve) => door.close(resolve));
});

const address = () => `http://127.0.0.1:${(door.address() as AddressInfo).port}/hooks/drive`;

async function open(config: Record<string, unknown> = {}): Promise<void> {
  world = await World.open((drive, twin) => {
    drive.addDrive("Mill board", { [MARTA]: "reader" });
    drive.add({ name: "Weir.txt", parent: twin.root, content: "The weir holds." });
    return { webhookUrl: address(), webhookSecret: SECRET, ...config };
  });
}

/** Goes on until a channel is open for each place. */
async function live(signal = new AbortController()) {
  const source = await world.place.sources.open("drive");
  const feed = source.connector.live?.(source.context(signal.signal), {});
  return { first: await feed?.next(), end: () => signal.abort(), feed };
}

describe("channels", () => {
  it("are opened for each drive while headwater serves, and what they tell is synced at once", async () => {
    await open();
    await world.sync();
    world.place.clock.sleep = (_ms, signal) =>
      new Promise((resolve) => {
        const nap = setTimeout(resolve, 20);
        signal?.addEventListener("abort", () => resolve(clearTimeout(nap)), { once: true });
      });
    world.place.engine.watch();
    await vi.waitFor(() => expect(world.twin.channels.live()).toHaveLength(2), 10_000);
    world.drive.add({ name: "Puffin.txt", parent: world.twin.root, content: "A puffin on the gate." });
    await vi.waitFor(async () => expect(await world.titles()).toContain("Puffin.txt"), {
      timeout: 20_000,
      interval: 50,
    });
    expect(answers.every((status) => status === 202)).toBe(true);
  });

  it("outlive the process, and are replaced a day before they end", async () => {
    await open();
    const one = await live();
    expect(one.first?.value).toEqual({});
    one.end();
    const before = world.twin.channels.live().map(({ id }) => id);
    expect(before).toHaveLength(2);
    for (const { expiration } of world.twin.channels.live())
      expect(expiration - world.place.clock.now().getTime()).toBeGreaterThan(6.9 * DAY_MS);
    const again = await live();
    again.end();
    expect(world.twin.channels.live().map(({ id }) => id)).toEqual(before);
    world.place.clock.move(6.5 * DAY_MS);
    const later = await live();
    later.end();
    expect(world.twin.channels.live()).toHaveLength(2);
    expect(world.twin.channels.stopped.sort()).toEqual(before.sort());
  });

  it("are opened for a drive that comes later, whose changes until then are looked at", async () => {
    await open();
    const { feed, end } = await live();
    const late = world.drive.addDrive("Late", { [MARTA]: "reader" });
    expect(await feed?.next()).toEqual({ done: false, value: { stale: [late.id] } });
    end();
    expect(world.twin.channels.live()).toHaveLength(3);
  });

  it("are opened for the drives that can be looked into, where an administrator is shown others too", async () => {
    await open({ useDomainAdminAccess: true });
    world.drive.admins.add(MARTA);
    world.drive.addDrive("Of others", { [INES]: "organizer" });
    const { feed, end } = await live();
    const late = world.drive.addDrive("Late", { [MARTA]: "reader" });
    expect(await feed?.next()).toEqual({ done: false, value: { stale: [late.id] } });
    end();
    expect(world.twin.channels.live()).toHaveLength(3);
  });

  it("are none without an address for them", async () => {
    world = await World.open(() => ({ webhookSecret: SECRET }));
    expect((await live()).first).toMatchObject({ done: true });
    expect(world.twin.requests).toEqual([]);
  });
});

describe("deliveries", () => {
  const headers = (more: Record<string, string> = {}) => ({
    "x-goog-channel-token": SECRET,
    "x-goog-channel-id": "c1",
    "x-goog-message-number": "7",
    "x-goog-resource-state": "change",
    "x-goog-resource-uri": "https://www.googleapis.com/drive/v3/changes?alt=json&driveId=0Aboard",
    ...more,
  });
  const request = (given: Record<string, string>): RawRequest => ({
    method: "POST",
    headers: new Headers(given),
    body: Buffer.alloc(0),
    url: new URL("https://mcp.mill.example/hooks/drive"),
  });

  it("count only with the text that was given to Google", async () => {
    await open();
    const hook = (await world.place.sources.open("drive")).connector.webhook;
    const now = new Date();
    expect(hook?.verify(request(headers()), SECRET, now)).toBe(true);
    for (const wrong of [
      "",
      "the weir is not tol",
      "the weir is not toldd",
      "THE WEIR IS NOT TOLD",
      "x".repeat(10_000),
    ])
      expect(hook?.verify(request(headers({ "x-goog-channel-token": wrong })), SECRET, now), wrong).toBe(false);
    const { "x-goog-channel-token": _, ...without } = headers();
    expect(hook?.verify(request(without), SECRET, now)).toBe(false);
    expect(hook?.verify(request(headers()), "", now)).toBe(false);
  });

  it("say which drive to look at, and each counts once", async () => {
    await open();
    await world.sync();
    const { connector, context } = await world.place.sources.open("drive");
    const receive = (given: Record<string, string>) =>
      connector.webhook?.receive(context(AbortSignal.timeout(5_000)), request(given));
    expect(await receive(headers())).toEqual({ push: { stale: ["0Aboard"] }, once: "c1/7" });
    const own = { "x-goog-resource-uri": "https://www.googleapis.com/drive/v3/changes?alt=json" };
    expect(await receive(headers(own))).toEqual({ push: { stale: [world.twin.root] }, once: "c1/7" });
    expect(await receive(headers({ "x-goog-resource-state": "sync" }))).toEqual({ once: "c1/7" });
    expect(await receive({ "x-goog-resource-state": "change" })).toEqual({ push: { stale: [world.twin.root] } });
  });
});

it("nothing is asked of Google that was not asked for: a sync without news costs four questions, and two for each shared drive", async () => {
  await open();
  await world.sync();
  await world.place.reopen();
  world.place.sources.configure("drive", { ...world.twin.config(), webhookUrl: address(), webhookSecret: SECRET });
  world.twin.asked();
  expect(await world.sync()).toMatchObject(QUIET);
  expect(world.twin.asked().sort()).toEqual([
    "GET /about 200",
    "GET /changes 200",
    "GET /changes 200",
    "GET /drives 200",
    "GET /files/{fileId} 200",
    "GET /files/{fileId}/permissions 200",
  ]);
});
