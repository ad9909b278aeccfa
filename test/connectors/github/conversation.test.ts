import { afterEach, expect, it } from "vitest";
import { withConversation } from "../../../src/tools/conversation.ts";
import { GithubWorld, moment } from "./world.ts";

let world: GithubWorld;
afterEach(() => world.close());

async function read(key: string): Promise<string> {
  const found = await world.place.engine.fetch(`work/${world.id(key)}`);
  return (await withConversation(world.place.store, found, "everything")).text;
}

it("an issue is read with its comments in the order in which they were written, each stored once", async () => {
  world = await GithubWorld.open((docs) => {
    docs.issues.open({ title: "Gauge drifts", body: "It shows too much.", at: moment(1) });
    docs.comments.add(1, { body: "Since the flood? 🌊", user: "mira", at: moment(20) });
    docs.comments.add(1, { body: "نعم، منذ الفيضان", user: "sami", at: moment(30) });
    docs.comments.add(1, { body: "Then it is the float.", user: "mira", at: moment(40) });
  });
  await world.sync();
  const [first] = world.docs.comments.of(1);
  world.later(1);
  world.docs.comments.edit(first?.id as number, "Since the spring flood? 🌊");
  await world.sync();
  const text = await read("#1");
  expect(text).toMatch(
    /^It shows too much\.\n\n## Conversation \(3 entries\)\n\n### mira · 2025-01-01 00:20Z · work\//,
  );
  const places = ["spring flood? 🌊", "منذ الفيضان", "it is the float"].map((words) => text.indexOf(words));
  expect(places).toEqual([...places].sort((left, right) => left - right));
  expect(places).not.toContain(-1);
  expect(await world.place.store.text("work", world.id("#1"), "everything")).toBe("It shows too much.");
});

it("a pull request is read with its reviews above their comments on the code", async () => {
  world = await GithubWorld.open((docs) => {
    const pull = docs.pulls.open({ title: "Mend gauge 3", body: null, at: moment(1) });
    const review = docs.reviews.submit(pull.number, { body: "", state: "APPROVED", user: "mira", at: moment(5) });
    const remark = docs.reviews.comment(pull.number, {
      body: "A nit.",
      user: "mira",
      path: "gauges/3.md",
      line: 2,
      review: review.id,
      at: moment(5),
    });
    docs.reviews.comment(pull.number, {
      body: "Mended.",
      user: "sami",
      path: "gauges/3.md",
      line: 2,
      inReplyTo: remark.id,
      at: moment(9),
    });
  });
  await world.sync();
  const text = await read("#1");
  expect(
    text
      .split("\n")
      .filter((line) => /^(#|\*)/.test(line))
      .map((line) => line.split(" · ")[0]),
  ).toEqual([
    "*No description.*",
    "## Conversation (3 entries)",
    "### Review by mira on docs#1: approved",
    "### Review comment by mira on gauges/3.md, docs#1",
    "### Review comment by sami on gauges/3.md, docs#1",
  ]);
  expect(text.match(/```diff/g)).toHaveLength(1);
});
