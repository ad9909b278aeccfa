import { afterEach, expect, it } from "vitest";
import { GithubWorld, moment } from "./world.ts";

let world: GithubWorld;
afterEach(() => world.close());

it("more entries of one second than a page holds are all read, and again for little", async () => {
  world = await GithubWorld.open(
    (docs) => {
      docs.issues.open({ title: "Before", at: moment(1) });
      for (let at = 0; at < 47; at++) docs.issues.open({ title: `Imported ${at}`, at: moment(2) });
      docs.issues.open({ title: "After", at: moment(3) });
    },
    { twin: { pageCap: 10 } },
  );
  expect(await world.sync()).toMatchObject({ added: 50, unchanged: 0 });
  world.asked();
  expect(await world.sync()).toMatchObject({ added: 0, updated: 0 });
  expect(world.asked().filter((line) => line.includes("issues "))).toHaveLength(1);
});

it("an issue that is updated while the list is read makes no other one fall out of it", async () => {
  world = await GithubWorld.open(
    (docs) => {
      for (let at = 0; at < 40; at++) docs.issues.open({ title: `Gauge ${at}`, at: moment(at) });
    },
    { twin: { pageCap: 10 } },
  );
  let asked = 0;
  world.twin.faults.add(({ path }) => {
    if (!/\/issues\?/.test(path)) return undefined;
    asked += 1;
    if (asked > 1) world.docs.issues.edit(asked, { body: "Moved to the end meanwhile." });
    return undefined;
  });
  await world.sync();
  world.twin.faults.clear();
  await world.sync();
  const texts = await world.texts();
  expect([...texts.keys()].filter((id) => /#\d+$/.test(id))).toHaveLength(40);
  for (let number = 2; number <= asked; number++) expect(texts.get(`docs#${number}`)).toContain("meanwhile");
});

it("a pull request that moves to the top while the list is read is seen by the next sync", async () => {
  world = await GithubWorld.open(
    (docs) => {
      for (let at = 0; at < 30; at++) docs.pulls.open({ title: `Mend ${at}`, body: "New.", at: moment(at) });
    },
    { twin: { pageCap: 10 } },
  );
  let asked = 0;
  world.twin.faults.add(({ path }) => {
    if (!/\/pulls\?/.test(path)) return undefined;
    asked += 1;
    if (asked === 2) world.docs.issues.edit(3, { body: "Moved to the top meanwhile." });
    return undefined;
  });
  await world.sync();
  world.twin.faults.clear();
  await world.sync();
  const texts = await world.texts();
  expect([...texts.keys()].filter((id) => /#\d+$/.test(id))).toHaveLength(30);
  expect(texts.get("docs#3")).toContain("meanwhile");
});

it("an update that surfaces minutes late is found by the next sync, one that surfaces hours late within a day", async () => {
  world = await GithubWorld.open((docs) => {
    docs.issues.open({ title: "First", at: moment(600) });
    docs.issues.open({ title: "Second", at: moment(601) });
  });
  await world.sync();
  world.docs.issues.open({ title: "Five minutes late", at: moment(596) });
  expect(await world.sync()).toMatchObject({ added: 1 });
  for (let at = 0; at < 3; at++) world.docs.issues.open({ title: `Later ${at}`, at: moment(900 + at) });
  await world.sync();
  await world.sync();
  world.docs.issues.open({ title: "Two hours late", at: moment(780) });
  await world.syncTomorrow();
  expect([...(await world.texts()).keys()].filter((id) => /#\d+$/.test(id))).toHaveLength(7);
});

it("`since` bounds the history and is never the epoch", async () => {
  world = await GithubWorld.open((docs) => {
    for (let at = 0; at < 6; at++) docs.issues.open({ title: `Gauge ${at}`, at: moment(at * 1440) });
  });
  const bounded = (since: string) => ({ since, enabled: true, tenant: "default", tags: [], allowPrivateNetwork: true });
  const limits = { itemBytes: 25_000_000, runSeconds: 900, fullPassHours: 24 };
  world.place.sources.configure(
    "work",
    { ...world.twin.config(), repositories: ["acme/docs"] },
    { ...bounded(moment(4 * 1440)), limits },
  );
  await world.sync();
  expect((await world.ids()).filter((id) => /#\d+$/.test(id))).toEqual(["docs#5", "docs#6"]);
  world.place.sources.configure(
    "work",
    { ...world.twin.config(), repositories: ["acme/docs"] },
    { ...bounded("1970-01-01T00:00:00Z"), limits },
  );
  world.twin.recount();
  await world.sync();
  expect((await world.ids()).filter((id) => /#\d+$/.test(id))).toHaveLength(6);
  expect(world.twin.requests.filter(({ url }) => url.includes("since=1970"))).toEqual([]);
});

it.each([-10, 10])("a clock that is %i minutes off loses nothing", async (minutes) => {
  world = await GithubWorld.open((docs) => docs.issues.open({ title: "First", at: moment(1) }), {
    twin: { now: () => new Date(Date.now() - minutes * 60_000) },
  });
  await world.sync();
  world.docs.issues.open({ title: "Second" });
  await world.sync();
  world.docs.issues.edit(1, { body: "Edited." });
  await world.sync();
  const texts = await world.texts();
  expect(texts.get("docs#1")).toBe("Edited.");
  expect(texts.has("docs#2")).toBe(true);
});
