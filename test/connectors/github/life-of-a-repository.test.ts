import { afterEach, expect, it } from "vitest";
import { GithubWorld, moment } from "./world.ts";

let world: GithubWorld;
afterEach(() => world.close());

async function open(config: Record<string, unknown> = {}): Promise<GithubWorld> {
  world = await GithubWorld.open(
    (docs) => {
      for (let at = 1; at <= 12; at++)
        docs.issues.open({ title: `Gauge ${at} drifts 🦦`, body: `Gauge ${at} shows too much.`, at: moment(at) });
      for (let at = 0; at < 4; at++) docs.comments.add(1, { body: `Seen again, ${at} times.`, at: moment(100 + at) });
      const pull = docs.pulls.open({ title: "Mend gauge 3", body: "Closes #3.", at: moment(200) });
      docs.reviews.submit(pull.number, { body: "Looks right.", state: "APPROVED", at: moment(210) });
    },
    { config },
  );
  await world.sync();
  world.later(30);
  return world;
}

it("an edited issue is updated by the next sync", async () => {
  const { docs } = await open();
  docs.issues.edit(3, { body: "Gauge 3 shows too little." });
  expect(await world.sync()).toMatchObject({ added: 0, updated: 1, deleted: 0, failed: 0, mode: "incremental" });
  expect((await world.texts()).get("docs#3")).toBe("Gauge 3 shows too little.");
});

it("two edits within one second are both seen", async () => {
  const { docs } = await open();
  const at = docs.world.now();
  docs.issues.edit(3, { body: "First thought.", at });
  await world.sync();
  docs.issues.edit(3, { body: "Second thought.", at });
  await world.sync();
  expect((await world.texts()).get("docs#3")).toBe("Second thought.");
});

it("a comment on an old issue is added, and its issue is up to date", async () => {
  const { docs } = await open();
  const comment = docs.comments.add(2, { body: "שלום, still drifting 🛶" });
  expect(await world.sync()).toMatchObject({ added: 1, updated: 1, deleted: 0 });
  expect((await world.texts()).get(`docs#issuecomment-${comment.id}`)).toBe("שלום, still drifting 🛶");
});

it("an edited comment on an old issue is updated", async () => {
  const { docs } = await open();
  const [first] = docs.comments.of(1);
  docs.comments.edit(first?.id as number, "I was wrong.");
  expect(await world.sync()).toMatchObject({ added: 0, updated: 1 });
  expect((await world.texts()).get(`docs#issuecomment-${first?.id}`)).toBe("I was wrong.");
});

it("a deleted comment goes with the next full pass", async () => {
  const { docs } = await open();
  const [first] = docs.comments.of(1);
  docs.comments.delete(first?.id as number);
  expect(await world.syncTomorrow()).toMatchObject({ added: 0, deleted: 1, lost: 0, mode: "full", state: "succeeded" });
  expect(await world.ids()).not.toContain(`docs#issuecomment-${first?.id}`);
});

it("a deleted issue takes its comments along", async () => {
  const { docs } = await open();
  docs.issues.delete(1);
  expect(await world.syncTomorrow()).toMatchObject({ deleted: 5, lost: 0 });
  expect((await world.ids()).filter((id) => id === "docs#1" || id.includes("issuecomment"))).toEqual([]);
});

it("a transferred issue leaves the one repository and arrives in the other", async () => {
  const { docs, twin } = await open();
  const other = twin.repository("acme/archive", { hasWiki: false });
  world.configure({ repositories: ["acme/docs", "acme/archive"] });
  await world.sync();
  world.later(30);
  const moved = docs.issues.transfer(1, other);
  const report = await world.syncTomorrow();
  expect(report).toMatchObject({ added: 5, deleted: 5, state: "succeeded" });
  expect(await world.ids()).toContain(`${other.id}#${moved.number}`);
});

it("a fetch says where a transferred issue went, and that a deleted one is gone", async () => {
  const { docs, twin } = await open();
  const other = twin.repository("acme/archive");
  docs.issues.transfer(1, other);
  docs.issues.delete(2);
  const ask = (key: string) => world.place.engine.fetch(`work/${world.id(key)}`, { live: true });
  await expect(ask("#1")).rejects.toMatchObject({
    kind: "not_found",
    message: expect.stringContaining("acme/archive"),
  });
  await expect(ask("#2")).rejects.toMatchObject({ kind: "not_found", message: expect.stringContaining("deleted") });
});

it("a renamed repository stays the same container with the same items", async () => {
  const { docs, place } = await open();
  docs.rename("handbook");
  const report = await world.sync();
  expect(report).toMatchObject({ added: 0, deleted: 0, lost: 0, failed: 0, state: "succeeded" });
  expect(await place.store.containers("work")).toMatchObject([{ id: String(docs.id), name: "acme/handbook" }]);
  docs.issues.edit(4, { body: "Written under the new name." });
  world.later(1);
  expect(await world.sync()).toMatchObject({ updated: 1, state: "succeeded" });
});

it("an archived repository that is named stays", async () => {
  const { docs } = await open();
  docs.set({ archived: true });
  expect(await world.sync()).toMatchObject({ updated: 1, deleted: 0, lost: 0, state: "succeeded" });
});

it("a vanished repository is hidden, not deleted, and comes back whole", async () => {
  const { docs, twin } = await open();
  const other = twin.repository("acme/other", { hasWiki: false });
  world.configure({ repositories: ["acme/docs", "acme/other"] });
  await world.sync();
  const before = (await world.ids()).length;
  docs.set({ visibility: "private" });
  expect(await world.sync()).toMatchObject({ deleted: 0, lost: before - 1 });
  expect(await world.ids()).toEqual([String(other.id)]);
  docs.set({ visibility: "public" });
  await world.sync();
  expect(await world.ids()).toHaveLength(before);
});

it("what a deleted account wrote belongs to the ghost", async () => {
  const { docs, twin, place } = await open();
  docs.issues.open({ title: "Who was it?", body: "Nobody knows.", user: "drifter" });
  twin.world.deleteAccount("drifter");
  await world.sync();
  expect((await place.store.item("work", world.id("#14"), "everything"))?.authors).toEqual(["user:ghost"]);
});

it("a new review and its comments are seen, and a dismissed review is no approval any more", async () => {
  const { docs, place } = await open();
  const [approved] = docs.reviews.all();
  docs.reviews.dismiss(approved?.id as number);
  const review = docs.reviews.submit(13, { body: "One more thing.", state: "CHANGES_REQUESTED" });
  const remark = docs.reviews.comment(13, { body: "Why not metric?", path: "gauges/3.md", line: 4, review: review.id });
  expect(await world.sync()).toMatchObject({ added: 2, failed: 0 });
  const item = (key: string) => place.store.item("work", world.id(key), "everything");
  expect((await item(`#pullrequestreview-${approved?.id}`))?.fields).toMatchObject({ state: "dismissed" });
  expect(await item(`#discussion_r${remark.id}`)).toMatchObject({ parent: world.id("#13"), fields: { line: 4 } });
});

it("a discussion, its answer and a reply are seen; a deleted one goes", async () => {
  const { docs } = await open();
  const one = docs.discussions.open({ title: "Name the gate?", body: "It has none.", category: "Q&A" });
  const comment = docs.discussions.comment(one.number, { body: "Old Meg." });
  const reply = docs.discussions.comment(one.number, { body: "Meg it is.", to: comment.id });
  expect(await world.sync()).toMatchObject({ added: 3 });
  expect((await world.texts()).get(`docs#discussioncomment-${reply.id}`)).toBe("Meg it is.");
  docs.discussions.deleteComment(one.number, reply.id);
  expect(await world.syncTomorrow()).toMatchObject({ deleted: 1 });
  docs.discussions.delete(one.number);
  expect(await world.syncTomorrow()).toMatchObject({ deleted: 2 });
});

it("a label and a milestone that are called otherwise show within a day on threads that nobody touched", async () => {
  world = await GithubWorld.open(
    (docs) => {
      docs.issues.open({ title: "Gauge", labels: ["gauge"], milestone: "Spring", at: moment(1) });
      docs.pulls.open({ title: "Mend it", labels: ["gauge"], at: moment(2) });
      for (let at = 0; at < 12; at++) {
        docs.issues.open({ title: `Gate ${at}`, at: moment(900 + 60 * at) }); // the first two lie behind what is looked at again
        docs.pulls.open({ title: `Hang gate ${at}`, at: moment(900 + 60 * at) });
      }
    },
    { twin: { pageCap: 5 } },
  );
  await world.sync();
  world.docs.renameLabel("gauge", "water level");
  world.docs.renameMilestone("Spring", "Before the ice");
  world.later(30);
  await world.sync();
  const item = (key: string) => world.place.store.item("work", world.id(key), "everything");
  expect((await item("#1"))?.tags).toEqual(["gauge"]);
  expect(await world.syncTomorrow()).toMatchObject({ state: "succeeded", added: 0, updated: 2, deleted: 0 });
  expect((await item("#1"))?.tags).toEqual(["water level"]);
  expect((await item("#1"))?.fields.milestone).toBe("Before the ice");
  expect((await item("#2"))?.tags).toEqual(["water level"]);
  expect(await world.syncTomorrow()).toMatchObject({ state: "succeeded", added: 0, updated: 0, deleted: 0 });
});

it("a thread whose label gets the wanted name comes in with its comments, and leaves when it gets another", async () => {
  world = await GithubWorld.open(
    (docs) => {
      docs.issues.open({ title: "Gauge", labels: ["watter"], at: moment(1) });
      docs.comments.add(1, { body: "Seen again.", at: moment(2) });
      docs.issues.open({ title: "Gate", labels: ["gate"], at: moment(3) });
    },
    { config: { labels: ["water"] } },
  );
  await world.sync();
  expect(await world.ids()).toEqual(["docs"]);
  world.docs.renameLabel("watter", "water");
  await world.syncTomorrow();
  expect((await world.ids()).map((id) => id.replace(/\d{5,}/, "…"))).toEqual(["docs", "docs#1", "docs#issuecomment-…"]);
  world.docs.renameLabel("water", "wet");
  await world.syncTomorrow();
  await world.syncTomorrow();
  expect(await world.ids()).toEqual(["docs"]);
});
