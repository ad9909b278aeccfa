import { afterEach, describe, expect, it } from "vitest";
import type { Channel } from "../../twins/slack/model.ts";
import { SlackWorld } from "./world.ts";

let world: SlackWorld;
afterEach(async () => {
  const { refusals } = world.twin;
  await world.close();
  expect(refusals).toEqual([]);
});

async function followed(): Promise<string[]> {
  return (await world.place.engine.list("work")).entries.map(({ name }) => name).sort();
}

async function channels(config: Record<string, unknown> = {}): Promise<Record<string, Channel>> {
  world = await SlackWorld.open({ config });
  const { twin } = world;
  const inIt = new Set([twin.bot.id, twin.person.id]);
  return {
    nets: twin.channel("proj-nets"),
    gates: twin.channel("proj-gates"),
    old: twin.channel("proj-old", { archived: true }),
    secret: twin.world.channel("secret", { kind: "private", members: inIt }),
    outside: twin.world.channel("proj-outside", { members: new Set([twin.person.id]) }),
    direct: twin.world.channel("", { kind: "im", members: new Set([twin.person.id, world.bo.id]) }),
    group: twin.world.channel("mpdm-marta.quill--bo.lind--ana.ruiz-1", { kind: "mpim", members: inIt }),
  };
}

describe("the options choose", () => {
  it("all channels that the app is in where they name none", async () => {
    await channels();
    expect(await followed()).toEqual(["#field-ops", "#proj-gates", "#proj-nets"]);
    expect(world.twin.asked()).not.toContain("conversations.list");
  });

  it("by name with or without #, by id, and by a pattern for the whole name", async () => {
    const { nets } = await channels({ channels: ["#Field-Ops"] });
    expect(await followed()).toEqual(["#field-ops"]);
    world.configure({ channels: [], channelIds: [nets?.id] });
    expect(await followed()).toEqual(["#proj-nets"]);
    world.configure({ channelIds: [], channelPatterns: ["proj-.*"] });
    expect(await followed()).toEqual(["#proj-gates", "#proj-nets"]);
    world.configure({ channelPatterns: ["proj-.*", "field"], excludeChannels: ["proj-gates"] });
    expect(await followed()).toEqual(["#proj-nets"]);
  });

  it("a channel that is named by an old name, which is then told to be another one", async () => {
    await channels({ channels: ["field-ops"] });
    world.twin.world.rename(world.ops, "weir-watch");
    expect(await followed()).toEqual(["#weir-watch"]);
  });

  it("private and archived channels, when they say so", async () => {
    await channels({ includePrivate: true, includeArchived: true });
    expect(await followed()).toEqual(["#field-ops", "#proj-gates", "#proj-nets", "#proj-old", "#secret"]);
  });

  it("direct messages as the person, called by who is in them", async () => {
    const { direct } = await channels();
    world.configure({ includeDms: true, userToken: world.twin.userToken.value });
    const names = await followed();
    expect(names).toContain("direct messages with Bo Lind");
    expect(names).toContain("group messages of marta.quill, bo.lind, ana.ruiz");
    const { ts } = world.twin.world.post(direct as Channel, world.bo.id, "Between us: the ladder leaks.");
    await world.sync();
    const item = await world.place.store.item("work", `${direct?.id}/${ts}`, "everything");
    expect(item?.title).toBe("Bo Lind in direct messages with Bo Lind: Between us: the ladder leaks.");
    for (const allowed of ["user:bo.lind@weirworks.example", "user:marta.quill@weirworks.example"])
      expect(
        await world.place.store
          .item("work", `${direct?.id}/${ts}`, { principals: [allowed] } as never)
          .catch(() => "?"),
      ).toBeDefined();
  });

  it("channels that are shared with other organizations, and say so", async () => {
    const { nets } = await channels({ channels: ["proj-nets"] });
    Object.assign(nets as Channel, { isExternal: true });
    const { ts } = world.twin.world.post(nets as Channel, world.ana.id, "Dear millers upstream");
    await world.sync();
    for (const id of [nets?.id, `${nets?.id}/${ts}`])
      expect((await world.place.store.item("work", id as string, "everything"))?.fields).toMatchObject({
        shared_with_others: true,
      });
  });

  it("a pattern that is none is told, with the way to mend it", async () => {
    await channels({ channelPatterns: ["proj-("] });
    expect(await world.sync()).toMatchObject({
      state: "failed",
      failures: [{ kind: "config", hint: expect.stringContaining("config edit") }],
    });
  });

  it("a channel that the app joins by itself only when they say so, and not an archived one", async () => {
    const { outside, old } = await channels({ channelPatterns: ["proj-.*"] });
    old?.members.delete(world.twin.bot.id);
    world.twin.botToken.scopes.add("channels:join");
    expect(await followed()).not.toContain("#proj-outside");
    world.configure({ autoJoin: true, includeArchived: true });
    world.twin.world.post(outside as Channel, world.ana.id, "From outside");
    const report = await world.sync();
    expect(report).toMatchObject({ failures: [{ container: old?.id }], state: "partial" });
    expect(outside?.members.has(world.twin.bot.id)).toBe(true);
    expect(old?.members.has(world.twin.bot.id)).toBe(false);
    expect([...(await world.place.stored("work")).values()].map(({ text }) => text)).toContain("From outside");
  });
});

describe("what is taken of a channel", () => {
  it("bots only when asked for, and always where people answered them", async () => {
    world = await SlackWorld.open();
    const bot = (text: string, more = {}) =>
      world.post(text, 2, {
        subtype: "bot_message",
        bot_id: "B0GAUGE001",
        username: "Gauge Alarm",
        user: undefined,
        ...more,
      } as never);
    const [alone, answered] = [bot("91 cm"), bot("97 cm!")];
    world.reply(answered, "On my way.", 1);
    const root = world.post("Alarm?", 2);
    world.reply(root, "Beep", 1, { bot_id: "B0GAUGE001" });
    await world.sync();
    expect(await world.ids()).toEqual([world.ops.id, world.id(answered), world.id(root)].sort());
    expect(await world.text(root)).toBe("Alarm?");
    expect(await world.text(answered)).toMatch(/^97 cm!\n\n\*\*Bo Lind\*\*/);
    world.configure({ includeBots: true });
    expect(await world.sync()).toMatchObject({ added: 1 });
    expect(await world.text(alone)).toBe("91 cm");
    expect(await world.text(root)).toContain("Beep");
    world.configure({ includeBots: false });
    expect(await world.sync({ acceptDeletions: true })).toMatchObject({ deleted: 1 });
  });

  it("no joins, leaves, topics and pins", async () => {
    world = await SlackWorld.open();
    for (const subtype of [
      "channel_join",
      "channel_leave",
      "channel_archive",
      "pinned_item",
      "channel_name",
      "channel_posting_permissions",
      "channel_topic",
    ])
      world.post("did something", 1, { subtype });
    await world.sync();
    expect(await world.ids()).toEqual([world.ops.id]);
  });

  it("without replies when includeThreads is off", async () => {
    world = await SlackWorld.open({ config: { includeThreads: false } });
    const root = world.post("Who?", 2);
    world.reply(root, "Me.", 1);
    await world.sync();
    expect(await world.text(root)).toBe("Who?");
    expect(world.twin.asked()).not.toContain("conversations.replies");
  });

  it("each reply by itself with groupBy message, which goes when it is deleted", async () => {
    world = await SlackWorld.open({ config: { groupBy: "message" } });
    const root = world.post("Who?", 2);
    const [first, second] = [world.reply(root, "Me.", 1), world.reply(root, "And me.", 1)];
    await world.sync();
    expect(await world.ids()).toEqual([world.ops.id, ...[root, first, second].map((one) => world.id(one))].sort());
    const item = await world.place.store.item("work", world.id(first), "everything");
    expect(item).toMatchObject({ parent: world.id(root), kind: "message" });
    expect(await world.syncTomorrow()).toMatchObject({ added: 0, updated: 0, deleted: 0 });
    world.twin.world.delete(world.ops, second.ts);
    world.twin.world.edit(world.ops, first.ts, "Not me.");
    expect(await world.sync()).toMatchObject({ deleted: 1, updated: expect.any(Number) });
    expect(await world.text(first)).toBe("Not me.");
  });

  it("files with their text, also those in replies, until they are gone", async () => {
    world = await SlackWorld.open();
    const { world: workspace } = world.twin;
    const plan = workspace.file("plan ✓.md", "# Fish ladder\n\nFourteen pools.", world.ana.id);
    const notes = workspace.file("notes.txt", "Bring the long bar.", world.bo.id);
    const elsewhere = workspace.file("drive.gdoc", "", world.bo.id, { mode: "external" });
    const hidden = workspace.file("old.txt", "", world.bo.id, { mode: "hidden_by_limit" });
    const root = world.post("The plan", 2, { files: [plan.id, elsewhere.id, hidden.id] });
    const reply = world.reply(root, "My notes", 1, { files: [notes.id] });
    await world.sync();
    const ids = [world.ops.id, world.id(root), world.id(plan.id), world.id(notes.id)];
    expect(await world.ids()).toEqual(ids.sort());
    expect(await world.text(plan.id)).toContain("Fourteen pools.");
    expect(await world.place.store.item("work", world.id(notes.id), "everything")).toMatchObject({
      kind: "file",
      parent: world.id(root),
      title: "notes.txt",
    });
    expect(await world.syncTomorrow()).toMatchObject({ added: 0, updated: 0, deleted: 0, failed: 0 });
    workspace.delete(world.ops, reply.ts);
    expect(await world.sync()).toMatchObject({ deleted: 1, updated: 1 });
    world.configure({ includeFiles: false });
    expect(await world.sync({ acceptDeletions: true })).toMatchObject({ deleted: 1 });
    expect(await world.ids()).toEqual([world.ops.id, world.id(root)].sort());
  });

  it("no more than maxMessagesPerChannel and nothing before daysToSync or since", async () => {
    world = await SlackWorld.open({ twin: { historyCap: 4 }, config: { maxMessagesPerChannel: 10, daysToSync: 60 } });
    const all = Array.from({ length: 14 }, (_, at) => world.post(`Reading ${at}`, 20 - at));
    world.post("Long ago", 70);
    await world.sync();
    expect((await world.ids()).length).toBe(11);
    expect(await world.text(all[4] as never)).toBe("Reading 4");
    expect(await world.text(all[3] as never)).toBeUndefined();
    expect(await world.syncTomorrow()).toMatchObject({ added: 0, deleted: 0 });
    world.configure({ maxMessagesPerChannel: 100 });
    expect(await world.sync()).toMatchObject({ added: 4, deleted: 0 });
  });
});
