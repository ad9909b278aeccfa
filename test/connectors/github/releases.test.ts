import { afterEach, describe, expect, it } from "vitest";
import { CodeWorld } from "./code-world.ts";

const DAY = 24 * 3_600_000;
let world: CodeWorld;

async function open(): Promise<CodeWorld> {
  world = await CodeWorld.open({ includeCode: false, includeReadme: false, includeReleases: true });
  return world;
}

async function titles(): Promise<string[]> {
  const stored = [...(await world.place.stored("mine"))];
  return stored.flatMap(([id, { title }]) => (id.includes("#release-") ? [title] : [])).sort();
}

const idOf = (release: { id: number }) => `${world.repository.id}#release-${release.id}`;

describe("the releases of a repository", () => {
  afterEach(async () => {
    expect(world.twin.refusals).toEqual([]);
    await world.close();
  });

  it("come with their notes and assets, and cost one conditional request when nothing changed", async () => {
    await open();
    const issue = world.repository.issues.open({ title: "The gate sticks", body: "Since Monday." });
    const body = `## Fixed\n\n- the gate, #${issue.number} 🐟`;
    const assets = [{ name: "mill-1.0.tar.gz", type: "application/gzip", bytes: Buffer.from("packed") }];
    const release = world.repository.releases.publish({ tag: "v1.0", name: "High water", body, assets });
    const { report, asked } = await world.sync();
    expect(report).toMatchObject({ state: "succeeded", added: 1 });
    expect(asked).toBe("releases 1");
    const item = await world.place.store.item("mine", "mill/handbook@v1.0", "everything");
    expect(item).toMatchObject({
      id: idOf(release),
      kind: "release",
      title: "High water",
      authors: ["user:mill"],
      fields: { tag: "v1.0", assets: [{ name: "mill-1.0.tar.gz", bytes: 6 }] },
    });
    expect(await world.place.store.text("mine", idOf(release), "everything")).toBe(body);
    expect(await world.sync()).toMatchObject({ report: { added: 0, updated: 0 }, asked: "releases 1" });
    expect(world.twin.requests.every(({ status }) => status === 304)).toBe(true);
  });

  it("follow new ones, edits and deletions, also behind the first page within a day", async () => {
    await open();
    const { releases } = world.repository;
    const all = Array.from({ length: 230 }, (_, at) => releases.publish({ tag: `v0.${at}`, body: `Release ${at}.` }));
    expect(await world.sync()).toMatchObject({ report: { added: 230 }, asked: "releases 3" });
    releases.edit(all[229]?.id as number, { body: "The newest, edited." });
    releases.publish({ tag: "v1.0" });
    expect((await world.sync()).report).toMatchObject({ added: 1, updated: 1 });
    releases.edit(all[0]?.id as number, { body: "The oldest, edited." });
    releases.delete(all[1]?.id as number);
    expect(await world.sync()).toMatchObject({ report: { updated: 0 }, asked: "releases 1" });
    world.place.clock.move(DAY + 1);
    expect((await world.sync()).report).toMatchObject({ mode: "full", updated: 1, deleted: 1 });
    expect(await titles()).toHaveLength(230);
  });

  it("keep drafts from everybody but the owner of the store", async () => {
    await open();
    world.repository.invite("marta-quill", "push");
    world.repository.releases.publish({ tag: "v2.0", draft: true, body: "Not yet." });
    const open1 = world.repository.releases.publish({ tag: "v1.0", body: "Out." });
    await world.sync();
    const someone = { principals: ["user:otto"] };
    const seen = await world.place.store.items({ sources: ["mine"], kinds: ["release"], limit: 10, viewer: someone });
    expect(seen.items.map((item) => item.id)).toEqual([idOf(open1)]);
  });

  it("are fetched one by one, and said to be none when there is none", async () => {
    await open();
    const release = world.repository.releases.publish({ tag: "v1.0", name: "", body: "Out." });
    const { item, text } = await world.place.engine.fetch(`mine/${idOf(release)}`, { live: true });
    expect([item.title, text]).toEqual(["v1.0", "Out."]);
    world.repository.releases.publish({ tag: "rc/2.0 β", body: "Soon." });
    const address = `${world.twin.origin}/mill/handbook/releases/tag/rc%2F2.0%20%CE%B2`;
    expect((await world.place.engine.fetch(address)).text).toBe("Soon.");
    await expect(
      world.place.engine.fetch(`mine/${world.repository.id}#release-7`, { live: true }),
    ).rejects.toMatchObject({ kind: "not_found" });
  });
});
