import { afterEach, describe, expect, it } from "vitest";
import { DOCUMENT } from "../../twins/google-drive/model.ts";
import { INES, QUIET, World } from "./world.ts";

let world: World;
afterEach(() => world.close());

/** Two folders, of which one may be followed, and what lies in them. */
async function twoFolders(config: (ids: Record<string, string>) => Record<string, unknown> = () => ({})) {
  const ids: Record<string, string> = {};
  world = await World.open((drive, twin) => {
    ids.inside = drive.folder("Inside", twin.root);
    ids.outside = drive.folder("Outside", twin.root);
    ids.weir = drive.add({ name: "Weir.txt", parent: ids.inside, content: "The weir holds." });
    ids.deep = drive.folder("Deep", ids.outside);
    ids.gate = drive.add({ name: "Gate.txt", parent: ids.deep, content: "The gate is shut." });
    ids.below = drive.folder("Below", ids.deep);
    ids.otter = drive.add({ name: "Otter.txt", parent: ids.below, content: "An otter passed 🦦." });
    return config(ids);
  });
  return ids as Record<"inside" | "outside" | "weir" | "deep" | "gate" | "below" | "otter", string>;
}

describe("the log of changes", () => {
  it.each([400, 404, 410] as const)(
    "a token that is answered with %i means that everything is walked anew, and what went is gone",
    async (status) => {
      const { weir, otter } = await twoFolders();
      await world.sync();
      await world.news();
      world.drive.write(weir, "The weir leaks.");
      world.drive.delete(otter);
      world.twin.forgetChanges(status);
      const report = await world.sync();
      expect(report).toMatchObject({
        state: "succeeded",
        mode: "full",
        added: 0,
        updated: 1,
        deleted: 1,
        lost: 0,
        failed: 0,
      });
      expect(await world.news()).toEqual(["deleted Otter.txt", "updated Weir.txt"]);
      expect(await world.sync()).toMatchObject({ ...QUIET, mode: "incremental" });
    },
  );

  it("what is edited, added and removed while everything is listed is known at its end", async () => {
    const { otter, inside } = await twoFolders();
    world.twin.pageCap = 2;
    let pages = 0;
    world.twin.faults.add(({ path }) => {
      if (!/\/files\?/.test(path) || !path.includes("orderBy")) return undefined;
      pages += 1;
      if (pages === 2) world.drive.write(otter, "Edited in between.");
      if (pages === 3) world.drive.trash(inside); // which was on the first page
      return undefined;
    });
    expect(await world.sync()).toMatchObject({ state: "succeeded", failed: 0 });
    expect(await world.text(otter)).toBe("Edited in between.");
    expect(await world.titles()).toEqual(["Below", "Deep", "Gate.txt", "Otter.txt", "Outside"]);
  });

  it("a listing that breaks off on its last page deletes nothing, and the next sync goes on from there", async () => {
    await twoFolders();
    world.twin.pageCap = 3;
    await world.sync();
    const before = await world.titles();
    world.twin.forgetChanges();
    world.twin.faults.next({ kind: "status", status: 500 }, /pageToken=/, 100);
    expect(await world.sync()).toMatchObject({ deleted: 0, lost: 0 });
    expect(await world.titles()).toEqual(before);
    world.twin.faults.clear();
    expect(await world.sync()).toMatchObject({ state: "succeeded", deleted: 0, lost: 0 });
    expect(await world.titles()).toEqual(before);
  });

  it("a page token of the list that has died lets the walk begin anew", async () => {
    await twoFolders();
    world.twin.pageCap = 3;
    await world.sync({ limit: 1 });
    world.twin.listEpoch += 1;
    expect(await world.sync()).toMatchObject({ state: "succeeded" });
    expect(await world.titles()).toHaveLength(7);
  });

  it("a list that Drive itself calls incomplete proves no absence", async () => {
    const { otter } = await twoFolders();
    await world.sync();
    world.drive.delete(otter);
    world.twin.forgetChanges();
    world.twin.faults.add(({ path }) => {
      if (!path.includes("orderBy")) return undefined;
      return { kind: "status", status: 200, body: JSON.stringify({ incompleteSearch: true, files: [] }) };
    });
    const report = await world.sync();
    expect(report).toMatchObject({ state: "partial", deleted: 0, lost: 0 });
    expect(report.notes.join()).toContain("searched only a part");
  });

  it("a folder that is moved into scope brings everything below it, though the log names it alone", async () => {
    const { deep, inside } = await twoFolders(({ inside: followed }) => ({ folderIds: [followed] }));
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 2 });
    world.drive.move(deep, inside);
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 4 });
    expect(await world.titles()).toEqual(["Below", "Deep", "Gate.txt", "Inside", "Otter.txt", "Weir.txt"]);
  });

  it("a folder that is moved out of scope takes everything below it along, and comes back with it", async () => {
    const { outside, deep, below, inside } = await twoFolders(({ outside: followed }) => ({ folderIds: [followed] }));
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 5 });
    world.drive.move(deep, inside);
    expect(await world.sync()).toMatchObject({ ...QUIET, deleted: 4 });
    expect(await world.titles()).toEqual(["Outside"]);
    world.drive.move(below, outside);
    world.drive.move(deep, outside);
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 4 });
    expect(await world.titles()).toEqual(["Below", "Deep", "Gate.txt", "Otter.txt", "Outside"]);
  });

  it("a single file that is moved out is deleted, one that is moved in is added", async () => {
    const { weir, gate, inside, outside } = await twoFolders(({ inside: followed }) => ({ folderIds: [followed] }));
    await world.sync();
    world.drive.move(weir, outside);
    world.drive.move(gate, inside);
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 1, deleted: 1 });
    expect(await world.titles()).toEqual(["Gate.txt", "Inside"]);
  });

  it("a folder with another name shows in the path of all below it, and nothing is downloaded for it", async () => {
    const { outside, otter } = await twoFolders();
    await world.sync();
    expect((await world.item(otter)).fields.folder).toBe("Outside / Deep / Below");
    world.drive.rename(outside, "Riverside");
    world.twin.asked();
    expect(await world.sync()).toMatchObject({ ...QUIET, updated: 5 });
    expect((await world.item(otter)).fields.folder).toBe("Riverside / Deep / Below");
    expect(world.twin.asked().filter((line) => line.startsWith("GET /files/{fileId}"))).toEqual([]);
    expect(await world.text(otter)).toBe("An otter passed 🦦.");
  });

  it("a folder that somebody only looked at costs no look below it", async () => {
    const { outside, weir } = await twoFolders();
    await world.sync();
    world.drive.open(outside, "marta@mill.example");
    world.drive.open(weir, "marta@mill.example");
    world.twin.asked();
    expect(await world.sync()).toMatchObject(QUIET);
    expect(world.twin.asked().filter((line) => line.startsWith("GET /files "))).toEqual([]);
  });

  it("what is known of folders may be lost: then they are looked into, and nothing else happens", async () => {
    const { outside } = await twoFolders();
    await world.sync();
    const open = await world.place.sources.open("drive");
    for (let shard = 0; shard < 64; shard++)
      await open.context(AbortSignal.timeout(5_000)).memory.set(`folders:${world.twin.root}:${shard}`, undefined);
    world.drive.open(outside, "marta@mill.example");
    expect(await world.sync()).toMatchObject(QUIET);
  });

  it("an upload that keeps its old time is seen by its revision", async () => {
    const { weir } = await twoFolders();
    await world.sync();
    world.drive.upload(weir, "An older file, put there today.");
    expect(await world.sync()).toMatchObject({ ...QUIET, updated: 1 });
    expect(await world.text(weir)).toBe("An older file, put there today.");
  });

  it("a new name is a change of the name alone", async () => {
    const { weir } = await twoFolders();
    await world.sync();
    world.drive.rename(weir, "Weir, mended.txt");
    world.twin.asked();
    expect(await world.sync()).toMatchObject({ ...QUIET, updated: 1 });
    expect((await world.item(weir)).title).toBe("Weir, mended.txt");
    expect(world.downloads()).toEqual([]);
  });

  it("an edit of a Google Doc is found by its time", async () => {
    let id = "";
    world = await World.open((drive, twin) => {
      id = drive.add({
        name: "Plan",
        mimeType: DOCUMENT,
        parent: twin.root,
        exports: { "text/markdown": "# Plan\n\nOak." },
      });
    });
    await world.sync();
    world.place.clock.move(60_000);
    world.drive.write(id, { "text/markdown": "# Plan\n\nLarch." });
    expect(await world.sync()).toMatchObject({ ...QUIET, updated: 1 });
    expect(await world.text(id)).toContain("Larch.");
  });
});

describe("bin, deletion and access", () => {
  it("a folder in the bin goes with all below it, and comes back with all below it", async () => {
    const { outside } = await twoFolders();
    await world.sync();
    const before = await world.titles();
    world.drive.trash(outside);
    expect(await world.sync()).toMatchObject({ ...QUIET, deleted: 5 });
    world.drive.trash(outside, false);
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 5 });
    expect(await world.titles()).toEqual(before);
  });

  it("with includeTrashed what lies in the bin stays, and says so", async () => {
    const { weir } = await twoFolders(() => ({ includeTrashed: true }));
    await world.sync();
    world.drive.trash(weir);
    expect(await world.sync()).toMatchObject({ ...QUIET, updated: 1 });
    expect((await world.item(weir)).fields.trashed).toBe(true);
  });

  it("what is deleted for ever cannot be told from what is hidden: it is lost, and gone after the grace", async () => {
    const { outside } = await twoFolders();
    await world.sync();
    world.drive.delete(outside);
    expect(await world.sync()).toMatchObject({ ...QUIET, lost: 5 });
    expect(await world.titles()).toEqual(["Inside", "Weir.txt"]);
    world.place.clock.move(8 * 24 * 3_600_000);
    expect(await world.sync()).toMatchObject({ deleted: 5, lost: 0 });
  });

  it("access that is withdrawn hides a folder with all below it, and given back shows it as before", async () => {
    let house = "";
    world = await World.open((drive) => {
      house = drive.folder("House", drive.root(INES));
      const attic = drive.folder("Attic", house);
      drive.add({ name: "Never opened.txt", parent: attic, content: "Under the beams." });
      drive.share(house, "marta@mill.example");
    });
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 3 });
    world.drive.unshare(house, "marta@mill.example");
    expect(await world.sync()).toMatchObject({ ...QUIET, lost: 3, deleted: 0 });
    expect(await world.titles()).toEqual([]);
    world.drive.share(house, "marta@mill.example");
    expect(await world.sync()).toMatchObject({ state: "succeeded", deleted: 0, lost: 0 });
    expect(await world.titles()).toEqual(["Attic", "House", "Never opened.txt"]);
    world.place.clock.move(8 * 24 * 3_600_000);
    expect(await world.sync()).toMatchObject(QUIET);
  });

  it("who may read a folder is who may read what lies in it, from the next sync on", async () => {
    const { outside, otter } = await twoFolders();
    await world.sync();
    expect((await world.item(otter)).access).toEqual({ allow: ["user:marta@mill.example"], deny: [] });
    world.drive.share(outside, INES);
    world.drive.share(outside, "millers@groups.mill.example");
    await world.sync();
    const allow = ["group:millers@groups.mill.example", `user:${INES}`, "user:marta@mill.example"];
    expect((await world.item(otter)).access).toEqual({ allow, deny: [] });
    world.drive.unshare(outside, INES);
    await world.sync();
    expect((await world.item(otter)).access).toEqual({ allow: allow.filter((one) => !one.includes("ines")), deny: [] });
  });
});
