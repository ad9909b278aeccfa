import { afterEach, describe, expect, it } from "vitest";
import { permalink } from "../../twins/slack/search.ts";
import { SlackWorld } from "./world.ts";

let world: SlackWorld;
afterEach(async () => {
  const { refusals } = world.twin;
  await world.close();
  expect(refusals).toEqual([]);
});

describe("an address", () => {
  it("of a message, a reply, a thread, a channel or a file, in every form, leads to its item", async () => {
    world = await SlackWorld.open();
    const file = world.twin.world.file("plan.md", "# Plan", world.ana.id);
    const root = world.post("Who mends?", 3, { files: [file.id] });
    const reply = world.reply(root, "I do.", 2);
    await world.sync();
    const { team } = world.twin.world;
    const [p, channel] = [(ts: string) => `p${ts.replace(".", "")}`, world.ops.id];
    const site = `https://${team.domain}.slack.com`;
    const thread = world.id(root);
    const forms: Record<string, string> = {
      [permalink(world.twin.world, world.ops, root)]: thread,
      [permalink(world.twin.world, world.ops, reply)]: thread,
      [`${site}/archives/${channel}/${p(reply.ts)}`]: thread,
      [`${site}/archives/${channel}`]: channel,
      [`${site}/messages/${channel}/`]: channel,
      [`${site}/app_redirect?channel=${channel}&message_ts=${root.ts}`]: thread,
      [`https://app.slack.com/client/${team.id}/${channel}`]: channel,
      [`https://app.slack.com/client/${team.id}/${channel}/thread/${channel}-${root.ts}`]: thread,
      [`https://app.slack.com/client/${team.id}/${channel}/${p(root.ts)}`]: thread,
      [`slack://channel?team=${team.id}&id=${channel}&message=${root.ts}`]: thread,
      [`${site}/files/${world.ana.id}/${file.id}/plan.md`]: world.id(file.id),
      [`https://files.slack.com/files-pri/${team.id}-${file.id}/plan.md`]: world.id(file.id),
      [`work/${world.id(reply)}`]: thread,
      [`work/${thread}`]: thread,
      "#field-ops": channel,
    };
    for (const [address, id] of Object.entries(forms)) {
      const found = await world.place.engine.fetch(address).catch((error: Error) => error);
      expect((found as { item?: { id: string } }).item?.id ?? found, address).toBe(id);
    }
  });

  it("of another workspace, or of nothing, is not this source's", async () => {
    world = await SlackWorld.open();
    world.post("Here", 1);
    await world.sync();
    for (const address of [
      `https://others.slack.com/archives/${world.ops.id}/p1700000000000100`,
      `https://app.slack.com/client/T0OTHERS/${world.ops.id}`,
      "https://weirworks.slack.com/account/settings",
      "https://weirworks.slack.com.evil.example/archives/C0123",
    ])
      await expect(world.place.engine.fetch(address)).rejects.toMatchObject({ kind: "not_found" });
  });

  it("is the one that Slack itself gives a message, a reply too", async () => {
    world = await SlackWorld.open({ config: { groupBy: "message" } });
    const root = world.post("Who?", 2);
    const reply = world.reply(root, "Me.", 1);
    await world.sync();
    for (const message of [root, reply])
      expect((await world.place.store.item("work", world.id(message), "everything"))?.url).toBe(
        permalink(world.twin.world, world.ops, message),
      );
  });
});

describe("Slack's own search", () => {
  it("finds what is not stored yet, as the person, in followed channels only, with its whole thread", async () => {
    world = await SlackWorld.open();
    world.configure({ userToken: world.twin.userToken.value });
    await world.sync();
    const root = world.post("Where is the heron?");
    world.reply(root, "By the kingfisher's nest.");
    const elsewhere = world.twin.world.channel("elsewhere", { members: new Set([world.twin.person.id]) });
    world.twin.world.post(elsewhere, world.ana.id, "kingfisher elsewhere");
    expect(await world.place.engine.searchLive("work", "kingfisher in:#elsewhere from:@ana", 5)).toEqual([]);
    expect(await world.place.engine.searchLive("work", "kingfisher", 5)).toEqual([world.id(root)]);
    expect(await world.text(root)).toContain("By the kingfisher's nest.");
    const { seen } = world.twin.service;
    expect(seen.filter(({ name }) => name === "search.messages").every(({ token }) => token.startsWith("xoxp-"))).toBe(
      true,
    );
    expect(
      seen.filter(({ name }) => name === "conversations.history").every(({ token }) => token.startsWith("xoxb-")),
    ).toBe(true);
  });

  it("takes questions to the Real-time Search where the token may, and reads what it finds by the ordinary way", async () => {
    world = await SlackWorld.open();
    const { userToken, world: workspace, service } = world.twin;
    userToken.scopes.delete("search:read");
    for (const scope of ["search:read.public", "search:read.files"]) userToken.scopes.add(scope);
    world.configure({ userToken: userToken.value });
    await world.sync();
    const root = world.post("The heron sits on weir 3");
    world.reply(root, "By the kingfisher's nest.");
    const plan = workspace.canvas("Herons", "<p>heron counts of weir 3</p>", world.ana.id, { ownOf: world.ops });
    const elsewhere = workspace.channel("elsewhere", { members: new Set([world.twin.person.id]) });
    workspace.post(elsewhere, world.ana.id, "A heron at weir 3, elsewhere");
    const found = await world.place.engine.searchLive("work", "Where is the heron of weir 3? from:@ana", 5);
    expect(found).toEqual([]); // "from" and "ana" are words of the question, no conditions
    expect(await world.place.engine.searchLive("work", "Where is the heron of weir 3?", 5)).toEqual([
      world.id(root),
      world.id(plan.id),
    ]);
    expect(await world.text(root)).toContain("By the kingfisher's nest.");
    const asked = service.seen.filter(({ name }) => name === "assistant.search.context");
    expect(asked.at(-1)?.args).toMatchObject({
      query: "Where is the heron of weir 3?",
      channel_types: "public_channel",
      content_types: "messages,files",
    });
    expect(asked.every(({ token }) => token.startsWith("xoxp-"))).toBe(true);
    expect((await world.place.engine.test("work")).missing).toEqual([]);
  });

  it("reads on where most of what the Real-time Search finds lies elsewhere", async () => {
    world = await SlackWorld.open({ config: { channels: ["field-ops"] } });
    const { userToken, world: workspace, service } = world.twin;
    userToken.scopes.add("search:read.public");
    world.configure({ userToken: userToken.value });
    const elsewhere = world.twin.channel("aaa");
    for (let at = 0; at < 30; at++) workspace.post(elsewhere, world.ana.id, `An otter, number ${at}`);
    workspace.channels.delete(world.ops.id);
    workspace.channels.set(world.ops.id, world.ops); // behind the other one
    const said = world.post("One otter at the mill");
    expect(await world.place.engine.searchLive("work", "otter", 3)).toEqual([world.id(said)]);
    expect(service.seen.filter(({ name }) => name === "assistant.search.context")).toHaveLength(2);
  });

  it("takes the older search where the workspace does not have the Real-time Search", async () => {
    world = await SlackWorld.open();
    const { userToken, world: workspace } = world.twin;
    userToken.scopes.add("search:read.public");
    world.configure({ userToken: userToken.value });
    workspace.hasRealTimeSearch = false;
    const root = world.post("Where is the heron?");
    expect(await world.place.engine.searchLive("work", "heron", 5)).toEqual([world.id(root)]);
    userToken.scopes.delete("search:read");
    await world.place.reopen();
    world.configure({});
    await expect(world.place.engine.searchLive("work", "heron", 5)).rejects.toMatchObject({
      kind: "unsupported",
      message: "The workspace does not have this.",
    });
  });

  it("says that it needs a person's token where there is none", async () => {
    world = await SlackWorld.open();
    await expect(world.place.engine.searchLive("work", "heron", 5)).rejects.toMatchObject({
      kind: "unsupported",
      hint: expect.stringContaining("userToken"),
    });
  });
});

describe("who may read", () => {
  it("is the workspace without guests for public channels, the members for private ones, nobody where it cannot be known", async () => {
    world = await SlackWorld.open({ config: { includePrivate: true } });
    const { twin } = world;
    twin.world.user("guest", "A Guest", { isGuest: true });
    const secret = twin.world.channel("secret", { kind: "private", members: new Set([twin.bot.id, world.bo.id]) });
    const hidden = twin.world.channel("hidden", { kind: "private", members: new Set([twin.bot.id, world.ana.id]) });
    twin.faults.next(
      { kind: "status", status: 200, body: '{"ok":false,"error":"missing_scope","needed":"groups:read"}' },
      new RegExp(`members.*${hidden.id}`),
      5,
    );
    const said = twin.world.post(secret, world.bo.id, "Do not tell Ana");
    const open = world.post("For everybody");
    twin.world.post(hidden, world.ana.id, "Nobody knows");
    await world.sync();
    const { entries } = await world.place.engine.list("work");
    const access = Object.fromEntries(entries.map(({ name, access: who }) => [name, who]));
    expect(access["#field-ops"]).toEqual({ allow: [`group:${twin.world.team.id}`] });
    expect(access["#secret"]).toEqual({ allow: expect.arrayContaining(["user:bo.lind@weirworks.example"]) });
    expect(access["#hidden"]).toEqual({ allow: [] });
    const as = (user: string) => ({ principals: [`user:${user}@weirworks.example`] });
    expect(await world.place.store.item("work", `${secret.id}/${said.ts}`, as("bo.lind"))).toBeDefined();
    expect(await world.place.store.item("work", `${secret.id}/${said.ts}`, as("ana.ruiz"))).toBeUndefined();
    const guest = { principals: ["user:guest@weirworks.example"] };
    expect(await world.place.store.item("work", world.id(open), as("ana.ruiz"))).toBeDefined();
    expect(await world.place.store.item("work", world.id(open), guest)).toBeUndefined();
    const source = await world.place.sources.open("work");
    const groups = [];
    for await (const group of source.connector.members?.(source.context(new AbortController().signal)) ?? [])
      groups.push(group);
    expect(groups).toEqual([
      {
        group: `group:${twin.world.team.id}`,
        users: ["marta.quill", "ana.ruiz", "bo.lind"].map((name) => `user:${name}@weirworks.example`),
      },
    ]);
    expect(await world.place.store.item("work", world.id(open), "everything")).toBeDefined();
  });
});
