import { afterEach, describe, expect, it, vi } from "vitest";
import type { SlackContext } from "../../../src/connectors/slack/api.ts";
import { slackWebhook } from "../../../src/connectors/slack/webhook.ts";
import { SlackWorld } from "./world.ts";

let world: SlackWorld;
afterEach(async () => {
  const { refusals } = world.twin;
  await world.close();
  expect(refusals).toEqual([]);
});

const WAIT = 20_000;

function request(raw: string, headers: Record<string, string>) {
  return {
    method: "POST",
    url: new URL("https://hooks.example/hooks/work"),
    headers: new Headers(headers),
    body: Buffer.from(raw),
  };
}

describe("a delivery of the Events API", () => {
  it("is believed with the signature that Slack documents, for its raw bytes and five minutes", async () => {
    world = await SlackWorld.open();
    const secret = "8f742231b10e8888abcd99yyyzzz85a5";
    const body =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const headers = { "x-slack-request-timestamp": "1531420618", "x-slack-signature": signature };
    const at = (seconds: number) => new Date(seconds * 1000);
    const check = (more: Record<string, string> = {}, raw = body, now = at(1531420700), key = secret) =>
      slackWebhook.verify(request(raw, { ...headers, ...more }), key, now);
    expect(check()).toBe(true);
    for (const seconds of [1531420618 + 299, 1531420618 - 299]) expect(check({}, body, at(seconds))).toBe(true);
    for (const seconds of [1531420618 + 301, 1531420618 - 301]) expect(check({}, body, at(seconds))).toBe(false);
    expect(check({}, `${body} `)).toBe(false);
    expect(check({ "x-slack-request-timestamp": "1531420619" })).toBe(false);
    for (const wrong of ["", signature.slice(3), signature.slice(0, -1), `${signature}0`, signature.toUpperCase()])
      expect(check({ "x-slack-signature": wrong })).toBe(false);
    expect(check({}, body, at(1531420700), "")).toBe(false);
  });

  it("of the handshake is answered with its challenge", async () => {
    world = await SlackWorld.open({ config: { signingSecret: "s" } });
    const ctx = (await world.place.sources.open("work")).context(new AbortController().signal) as SlackContext;
    const raw = JSON.stringify({
      token: "x",
      challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P",
      type: "url_verification",
    });
    const { reply, push } = await slackWebhook.receive(ctx, request(raw, {}));
    expect(reply).toMatchObject({ status: 200, body: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P" });
    expect(push).toBeUndefined();
  });

  it("brings what it tells of, once, also to conversations of any age, and nothing that it says itself", async () => {
    world = await SlackWorld.open();
    const { events, world: workspace } = world.twin;
    world.configure({ signingSecret: events.signingSecret });
    const [old, gone] = [world.post("Old words", 60), world.post("To be deleted", 61)];
    const ancient = world.post("Before all that is read", 200);
    await world.sync();
    const hook = await world.place.engine.hook("work");
    const deliver = async (body: object, more = {}) => {
      const { raw, headers } = events.signed(body, more);
      return hook?.take(request(raw, headers));
    };
    const before = events.told.length;
    world.reply(old, "A late answer");
    workspace.delete(world.ops, gone.ts);
    world.reply(ancient, "An answer after all");
    const fresh = world.post("Quite new");
    const told = events.told.slice(before);
    for (const event of told.toReversed()) expect(await deliver(event)).toEqual({});
    for (const event of told) await deliver(event, { retry: 1 });
    const lie = {
      ...told[0],
      event_id: "Ev0LIE",
      event: { type: "message", channel: world.ops.id, ts: fresh.ts, text: "A lie" },
    };
    await deliver(lie);
    expect(await deliver(lie, { secret: "another" })).toBeUndefined();
    expect(await deliver(lie, { at: new Date(world.place.clock.now().getTime() - 6 * 60_000) })).toBeUndefined();
    await vi.waitFor(async () => {
      expect(await world.text(old)).toContain("A late answer");
      expect(await world.text(ancient)).toContain("An answer after all");
      expect(await world.text(gone)).toBeUndefined();
      expect(await world.text(fresh)).toBe("Quite new");
    }, WAIT);
    // What was brought from before the window is not swept, and followed from then on.
    world.reply(ancient, "And another one");
    expect(await world.syncTomorrow()).toMatchObject({ deleted: 0 });
    expect(await world.text(ancient)).toContain("And another one");
  });

  it("of a channel that the app was put out of hides what it tells of, and deletes nothing", async () => {
    world = await SlackWorld.open({ config: { includePrivate: true } });
    const { events, world: workspace, bot } = world.twin;
    world.configure({ signingSecret: events.signingSecret });
    const secret = workspace.channel("secret", { kind: "private", members: new Set([bot.id, world.ana.id]) });
    const said = workspace.post(secret, world.ana.id, "Between us: the ladder leaks.");
    await world.sync();
    const hook = await world.place.engine.hook("work");
    const before = events.told.length;
    workspace.edit(secret, said.ts, "Between us: the ladder is tight.");
    secret.members.delete(bot.id);
    const { raw, headers } = events.signed(events.told[before] as object);
    await hook?.take(request(raw, headers));
    await vi.waitFor(async () => expect(await world.text(said, secret)).toBeUndefined(), WAIT);
    secret.members.add(bot.id);
    expect(await world.sync()).toMatchObject({ deleted: 0, added: 0 });
    expect(await world.text(said, secret)).toBe("Between us: the ladder is tight.");
  });

  it("of a canvas brings it where it is followed, though the delivery does not say where that is", async () => {
    world = await SlackWorld.open();
    const { events, world: workspace } = world.twin;
    world.configure({ signingSecret: events.signingSecret });
    for (let at = 0; at < 8; at++) world.twin.channel(`room-${at}`);
    const canvas = workspace.canvas("Levels", "<p>84 cm</p>", world.ana.id, { ownOf: world.ops });
    await world.sync();
    const hook = await world.place.engine.hook("work");
    const before = events.told.length;
    workspace.editCanvas(canvas, "<p>91 cm</p>");
    world.twin.asked();
    const { raw, headers } = events.signed(events.told[before] as object);
    await hook?.take(request(raw, headers));
    await vi.waitFor(async () => expect(await world.text(canvas.id)).toBe("91 cm"), WAIT);
    expect(world.twin.asked().filter((name) => name === "files.info").length).toBeLessThanOrEqual(2);
  });

  it.each<[string, object, object, unknown]>([
    ["a message", { type: "message", ts: "1760000000.000100" }, {}, { refresh: ["C/1760000000.000100"] }],
    [
      "a reply",
      { type: "message", ts: "1760000009.000100", thread_ts: "1760000000.000100" },
      {},
      { refresh: ["C/1760000000.000100"] },
    ],
    [
      "an edited reply",
      {
        type: "message",
        subtype: "message_changed",
        ts: "1760000099.000100",
        message: { ts: "1760000009.000100", thread_ts: "1760000000.000100" },
      },
      {},
      { refresh: ["C/1760000000.000100"] },
    ],
    [
      "a deleted reply",
      {
        type: "message",
        subtype: "message_deleted",
        deleted_ts: "1760000009.000100",
        previous_message: { ts: "1760000009.000100", thread_ts: "1760000000.000100" },
      },
      {},
      { refresh: ["C/1760000000.000100"], stale: ["C"] },
    ],
    [
      "a reply by itself",
      { type: "message", ts: "1760000009.000100", thread_ts: "1760000000.000100" },
      { groupBy: "message" },
      { refresh: ["C/1760000009.000100"] },
    ],
    [
      "a reply when there are no threads",
      { type: "message", ts: "1760000009.000100", thread_ts: "1760000000.000100" },
      { includeThreads: false },
      null,
    ],
    ["a join", { type: "message", subtype: "channel_join", ts: "1760000000.000100" }, {}, null],
    ["a bot", { type: "message", bot_id: "B1", ts: "1760000000.000100" }, {}, null],
    [
      "a bot that is wanted",
      { type: "message", bot_id: "B1", ts: "1760000000.000100" },
      { includeBots: true },
      { refresh: ["C/1760000000.000100"] },
    ],
    [
      "a reaction",
      { type: "reaction_added", item: { type: "message", channel: "C", ts: "1760000000.000100" } },
      {},
      { refresh: ["C/1760000000.000100"] },
    ],
    [
      "a deleted file",
      { type: "file_deleted", file_id: "F1", channel_ids: ["C", "C2"] },
      {},
      { refresh: ["C/F1", "C2/F1"] },
    ],
    ["a rename", { type: "channel_rename", channel: { id: "C", name: "x" } }, {}, { stale: "all" }],
    ["an invitation", { type: "member_joined_channel", user: "U1" }, {}, { stale: "all" }],
    ["something unknown", { type: "star_added" }, {}, null],
  ])("of %s says where to look", async (_, event, config, push) => {
    world = await SlackWorld.open({ config: config as Record<string, unknown> });
    const ctx = (await world.place.sources.open("work")).context(new AbortController().signal) as SlackContext;
    const wrapped = {
      type: "event_callback",
      event_id: "Ev1",
      team_id: world.twin.world.team.id,
      event: { channel: "C", ...event },
    };
    const answer = await slackWebhook.receive(ctx, request(JSON.stringify(wrapped), {}));
    expect([answer.push ?? null, answer.once]).toEqual([push, "Ev1"]);
    const foreign = await slackWebhook.receive(ctx, request(JSON.stringify({ ...wrapped, team_id: "T0OTHER" }), {}));
    expect(foreign).toEqual({});
  });
});

describe("Socket Mode", () => {
  it("acknowledges each envelope, brings what is told once, and fills the gap after a refresh and after a drop", async () => {
    world = await SlackWorld.open();
    const { twin } = world;
    const { events } = twin;
    world.configure({ appToken: twin.appToken.value });
    const old = world.post("Old words", 60);
    const runs = async () =>
      (await world.place.store.runs({ source: "work", limit: 50 })).filter((run) => run.state !== "running");
    world.place.engine.watch();
    await vi.waitFor(async () => expect((await runs()).length).toBeGreaterThan(0), WAIT);
    await vi.waitFor(async () => expect(await world.text(old)).toBe("Old words"), WAIT);
    world.reply(old, "Told through the socket");
    await vi.waitFor(async () => expect(await world.text(old)).toContain("through the socket"), WAIT);
    const last = events.told.at(-1);
    if (last !== undefined) events.again(last);
    await vi.waitFor(() => expect(events.unanswered.size).toBe(0), WAIT);

    events.refresh("warning");
    await vi.waitFor(() => expect(events.sockets).toHaveLength(2), WAIT);
    const first = world.post("Said on the second connection");
    await vi.waitFor(async () => expect(await world.text(first)).toBe("Said on the second connection"), WAIT);

    events.sockets.at(-1)?.drop();
    events.sockets.at(-1)!.isOpen = false;
    const missed = world.post("Said while nobody listened");
    await vi.waitFor(() => expect(events.sockets.length).toBeGreaterThan(2), WAIT);
    await vi.waitFor(async () => expect(await world.text(missed)).toBe("Said while nobody listened"), WAIT);
    expect(events.unanswered.size).toBe(0);
    expect(world.place.sources.log.lines.join("\n")).not.toMatch(/ticket=|xapp-/);
  }, 90_000);

  it("ends where it was switched off, and says what is wrong with a token", async () => {
    world = await SlackWorld.open({ config: { appToken: "xoxb-not-an-app-token" } });
    const test = await world.place.engine.test("work");
    expect(test.missing).toMatchObject([
      { what: "News at once (Socket Mode)", why: expect.stringContaining("no app-level token") },
    ]);
    world.configure({ appToken: world.twin.appToken.value });
    expect((await world.place.engine.test("work")).granted).toContain("news at once, through Socket Mode");
  });
});
