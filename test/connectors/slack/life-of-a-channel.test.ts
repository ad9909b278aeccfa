import { afterEach, expect, it } from "vitest";
import { SlackWorld } from "./world.ts";

let world: SlackWorld;
afterEach(async () => {
  const { refusals } = world.twin;
  await world.close();
  expect(refusals).toEqual([]);
});

const QUIET = { state: "succeeded", added: 0, updated: 0, deleted: 0, lost: 0, failed: 0, failures: [] };

it("a reply to an old thread is in the next sync of a day, to a younger one in the next", async () => {
  world = await SlackWorld.open();
  const old = world.post("Who mends the sluice at Weir 3?", 60);
  world.reply(old, "Not me.", 59);
  const young = world.post("Level 84 cm", 5);
  await world.sync();
  world.later(5);
  world.reply(young, "Rising?");
  world.reply(old, "I did, last week.");
  expect(await world.sync()).toMatchObject({ ...QUIET, updated: 1, mode: "incremental" });
  expect(await world.text(young)).toContain("Rising?");
  expect(await world.syncTomorrow()).toMatchObject({ ...QUIET, updated: 1 });
  expect(await world.text(old)).toMatch(/Not me\.[\s\S]*\*\*Bo Lind\*\* · [\d-]+ [\d:]+\n\nI did, last week\./);
});

it("a late reply never hides what was said in the channel before it", async () => {
  world = await SlackWorld.open();
  const root = world.post("Fish ladder?", 2);
  await world.sync();
  world.later(10);
  const between = world.post("Towpath closed");
  world.later(10);
  world.reply(root, "Approved.");
  await world.sync();
  expect(await world.text(between)).toBe("Towpath closed");
});

it("a reply to a thread older than everything that is read brings that thread, and keeps it", async () => {
  world = await SlackWorld.open();
  const ancient = world.post("The first wheel was of oak.", 300);
  world.post("Something recent");
  await world.sync();
  expect(await world.text(ancient)).toBeUndefined();
  world.later(5);
  world.reply(ancient, "And the second of elm.", 0, { subtype: "thread_broadcast" });
  expect(await world.sync()).toMatchObject({ added: 1 });
  expect(await world.text(ancient)).toContain("second of elm");
  world.reply(ancient, "The third of iron.");
  expect(await world.syncTomorrow()).toMatchObject({ deleted: 0, updated: 1 });
  expect(await world.text(ancient)).toContain("third of iron");
});

it("edits and deletions of recent messages are in the next sync, of old ones within a day", async () => {
  world = await SlackWorld.open();
  const [old, older] = [world.post("Old words", 50), world.post("Older words", 51)];
  const [young, younger] = [world.post("Young words", 2), world.post("Younger words", 1)];
  await world.sync();
  world.twin.world.edit(world.ops, young.ts, "Young words, mended");
  world.twin.world.delete(world.ops, younger.ts);
  world.twin.world.edit(world.ops, old.ts, "Old words, mended");
  world.twin.world.delete(world.ops, older.ts);
  expect(await world.sync()).toMatchObject({ ...QUIET, updated: 1, deleted: 1 });
  expect(await world.text(young)).toBe("Young words, mended");
  expect(await world.syncTomorrow()).toMatchObject({ ...QUIET, updated: 1, deleted: 1 });
  expect(await world.text(old)).toBe("Old words, mended");
  expect(await world.ids()).toEqual([world.ops.id, world.id(old), world.id(young)].sort());
});

it("an edit and a deletion inside a thread, and a reaction, are seen", async () => {
  world = await SlackWorld.open();
  const root = world.post("Who has the key?", 3);
  const [first, second] = [world.reply(root, "Me.", 2), world.reply(root, "No, me!", 1)];
  const plain = world.post("Done 🎉", 4);
  await world.sync();
  world.twin.world.react(world.ops, plain.ts, "tada", world.bo.id);
  world.twin.world.delete(world.ops, second.ts);
  expect(await world.sync()).toMatchObject({ ...QUIET, updated: 2 });
  expect(await world.text(plain)).toBe("Done 🎉\n\n(:tada: 1)");
  expect(await world.text(root)).not.toContain("No, me!");
  world.twin.world.edit(world.ops, first.ts, "Not me any more.");
  expect(await world.syncTomorrow()).toMatchObject({ ...QUIET, updated: 1 });
  expect(await world.text(root)).toContain("Not me any more.");
});

it("a deleted beginning leaves its thread behind", async () => {
  world = await SlackWorld.open();
  const root = world.post("I should not have said this.", 2);
  world.reply(root, "You did, though.", 1);
  await world.sync();
  world.twin.world.delete(world.ops, root.ts);
  expect(await world.sync()).toMatchObject({ ...QUIET, updated: 1 });
  expect(await world.text(root)).toMatch(/^\*This message was deleted\.\*\n\n[\s\S]*You did, though\.$/);
});

it("a renamed channel stays the same, an archived one stays, one without us is hidden and comes back", async () => {
  world = await SlackWorld.open();
  const message = world.post("Gate oiled");
  const other = world.twin.channel("nets");
  const knot = world.twin.world.post(other, world.bo.id, "A new knot");
  await world.sync();
  world.twin.world.rename(world.ops, "weir-watch");
  world.twin.world.archive(other);
  expect(await world.sync()).toMatchObject({ ...QUIET, updated: 2 });
  const stored = await world.place.store.item("work", world.ops.id, "everything");
  expect(stored).toMatchObject({ title: "#weir-watch", aliases: ["#weir-watch", "#field-ops"] });
  expect(await world.text(message)).toBe("Gate oiled");
  expect(await world.text(knot, other)).toBe("A new knot");
  expect(await world.syncTomorrow()).toMatchObject(QUIET);
  world.ops.members.delete(world.twin.bot.id);
  expect(await world.sync()).toMatchObject({ lost: 2, deleted: 0 });
  expect(await world.text(message)).toBeUndefined();
  world.ops.members.add(world.twin.bot.id);
  await world.sync();
  expect(await world.text(message)).toBe("Gate oiled");
});

it("a new channel is read by itself, and one that cannot be read holds up no other", async () => {
  world = await SlackWorld.open();
  world.post("Here already");
  await world.sync();
  const nets = world.twin.channel("nets");
  const knot = world.twin.world.post(nets, world.bo.id, "A new knot");
  world.twin.asked();
  expect(await world.sync()).toMatchObject({ ...QUIET, added: 2 });
  expect(await world.text(knot, nets)).toBe("A new knot");
  const closed = world.twin.world.channel("closed", { members: new Set() });
  world.configure({ channels: ["closed", "field-ops"] });
  const late = world.post("After the closed one");
  const report = await world.sync();
  expect(report).toMatchObject({ state: "partial", failures: [{ container: closed.id }] });
  expect(report.failures[0]?.hint).toContain("/invite");
  expect(await world.text(late)).toBe("After the closed one");
});

it("a sync without news asks one question for each channel", async () => {
  world = await SlackWorld.open();
  const root = world.post("Who mends?", 3);
  for (let at = 0; at < 5; at++) world.reply(root, `Answer ${at}`, 2);
  for (let at = 0; at < 40; at++) world.post(`Reading ${at}`, 10 + at);
  await world.sync();
  await world.place.reopen();
  world.twin.asked();
  expect(await world.sync()).toMatchObject(QUIET);
  expect(world.twin.asked().sort()).toEqual(["conversations.history", "users.conversations"]);
});

it("what was synced stays when it falls out of the window, and is removed when the window is made smaller", async () => {
  world = await SlackWorld.open({ config: { daysToSync: 30 } });
  const [first, second] = [world.post("29 days old", 29), world.post("5 days old", 5)];
  await world.sync();
  world.later(60 * 24 * 10);
  expect(await world.syncTomorrow()).toMatchObject(QUIET);
  expect(await world.text(first)).toBe("29 days old");
  world.configure({ daysToSync: 20 });
  expect(await world.sync()).toMatchObject({ deleted: 1 });
  expect(await world.ids()).toEqual([world.ops.id, world.id(second)]);
});

it("absence behind what the free plan hides is no deletion", async () => {
  world = await SlackWorld.open();
  const old = world.post("Before the paywall", 80);
  world.post("After it", 1);
  await world.sync();
  world.twin.world.visibleSince = world.daysAgo(40).getTime() / 1000;
  const report = await world.syncTomorrow();
  expect(report).toMatchObject({ deleted: 0, lost: 0 });
  expect(JSON.stringify(report)).toContain("free plan");
  expect(await world.text(old)).toBe("Before the paywall");
});

it("a listing that comes back empty by accident deletes nothing", async () => {
  world = await SlackWorld.open();
  for (let at = 0; at < 30; at++) world.post(`Reading ${at}`, 1 + at / 10);
  await world.sync();
  const body = JSON.stringify({ ok: true, messages: [], has_more: false });
  world.twin.faults.next({ kind: "status", status: 200, body }, /history/);
  expect(await world.sync()).toMatchObject({ deleted: 0 });
  world.twin.faults.next({ kind: "status", status: 200, body }, /history/, 2);
  const report = await world.syncTomorrow();
  expect(report.deleted).toBe(0);
  expect((await world.ids()).length).toBe(31);
});
