import { afterEach, describe, expect, it } from "vitest";
import type { Channel } from "../../twins/slack/model.ts";
import { permalink } from "../../twins/slack/search.ts";
import { SlackWorld } from "./world.ts";

let world: SlackWorld;
afterEach(async () => {
  const { refusals } = world.twin;
  await world.close();
  expect(refusals).toEqual([]);
});

/** Two workspaces of one organization, and an app that was installed for all of it. */
async function organization(config: Record<string, unknown> = {}): Promise<Record<"north" | "both", Channel>> {
  world = await SlackWorld.open({ config });
  const { twin } = world;
  const { world: workspace } = twin;
  workspace.organization = { id: "E0RIVERS01", name: "Rivers", domain: "rivers" };
  workspace.teams.set("T0NORTH001", { id: "T0NORTH001", name: "North Bank", domain: "northbank" });
  for (const token of [twin.botToken, twin.userToken]) token.isOfOrganization = true;
  return {
    north: twin.channel("field-ops", { team: "T0NORTH001" }),
    both: twin.channel("flood", { team: "T0NORTH001", sharedTeams: [workspace.team.id] }),
  };
}

describe("an app that was installed for an organization", () => {
  it("reads the channels of all workspaces that it was added to, each once", async () => {
    const { north, both } = await organization();
    const { world: workspace } = world.twin;
    world.post("South bank");
    const said = workspace.post(north, world.ana.id, "North bank: gate oiled");
    workspace.post(both, world.ana.id, "91 cm and rising!");
    expect(await world.sync()).toMatchObject({ state: "succeeded", added: 6, failed: 0 });
    const { entries } = await world.place.engine.list("work");
    expect(entries.map(({ name }) => name).sort()).toEqual(
      ["#field-ops (North Bank)", "#field-ops (Weir & Sluice)", "#flood (North Bank)"].toSorted(),
    );
    const item = await world.place.store.item("work", `${north.id}/${said.ts}`, "everything");
    expect(item?.url).toBe(`https://northbank.slack.com/archives/${north.id}/p${said.ts.replace(".", "")}`);
    const access = Object.fromEntries(entries.map((entry) => [entry.id, entry.access]));
    expect(access[north.id]).toEqual({ allow: ["group:T0NORTH001"] });
    expect(access[both.id]).toEqual({ allow: ["group:T0NORTH001", `group:${workspace.team.id}`] });
    const source = await world.place.sources.open("work");
    const groups: string[] = [];
    for await (const one of source.connector.members?.(source.context(new AbortController().signal)) ?? [])
      groups.push(one.group);
    expect(groups).toEqual([`group:${workspace.team.id}`, "group:T0NORTH001"]);
    for (const site of ["northbank", "rivers.enterprise", "weirworks"]) {
      const address = permalink(workspace, north, said).replace("weirworks", site);
      expect((await world.place.engine.fetch(address)).item.id, site).toBe(`${north.id}/${said.ts}`);
    }
  });

  it("is tested with its workspaces, and says when it was added to none", async () => {
    await organization();
    const answer = await world.place.engine.test("work");
    expect(answer).toMatchObject({
      ok: true,
      account: "headwater (app) in Rivers (rivers.enterprise.slack.com)",
      missing: [],
      granted: expect.arrayContaining(["2 workspaces: Weir & Sluice, North Bank"]),
    });
    world.twin.world.teams.clear();
    await world.place.reopen();
    world.configure({});
    expect((await world.place.engine.test("work")).missing).toMatchObject([
      { what: "Workspaces", why: expect.stringContaining("added to none") },
    ]);
  });

  it("finds the addresses of its workspaces only with team:read, and says so", async () => {
    const { north } = await organization();
    world.twin.botToken.scopes.delete("team:read");
    const said = world.twin.world.post(north, world.ana.id, "Without an address of its own");
    expect(await world.sync()).toMatchObject({ state: "succeeded", failed: 0 });
    const item = await world.place.store.item("work", `${north.id}/${said.ts}`, "everything");
    expect(item?.url).toMatch(/^https:\/\/rivers\.enterprise\.slack\.com\/archives\//);
    expect((await world.place.engine.test("work")).missing).toMatchObject([{ why: "The token lacks team:read." }]);
  });

  it("searches each workspace, and lists groups of people and canvases with its workspace named", async () => {
    const { north } = await organization();
    const { world: workspace, userToken } = world.twin;
    workspace.usergroups.set("S01", { id: "S01", name: "Crew", handle: "crew", users: [] });
    world.configure({ userToken: userToken.value });
    const canvas = workspace.canvas("Rota", "<p>Ana, then Bo</p>", world.ana.id, { ownOf: north });
    const said = workspace.post(north, world.ana.id, "<!subteam^S01>, the heron is back");
    await world.sync();
    expect(await world.text(canvas.id, north)).toBe("Ana, then Bo");
    expect(await world.text(said, north)).toBe("@crew, the heron is back");
    expect(await world.place.engine.searchLive("work", "heron", 5)).toEqual([`${north.id}/${said.ts}`]);
  });
});

describe("a token that rotates", () => {
  it("and was pasted is told to end, with the way out", async () => {
    world = await SlackWorld.open();
    world.twin.botToken.expiresAt = world.place.clock.now().getTime() + 6 * 3_600_000;
    const { warnings } = await world.place.engine.test("work");
    expect(warnings).toEqual([
      expect.stringMatching(/^botToken ends on \d{4}-\d\d-\d\d \d\d:\d\d UTC: its app rotates/),
    ]);
  });
});
