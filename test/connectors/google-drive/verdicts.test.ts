import { afterEach, describe, expect, it } from "vitest";
import { MARTA } from "../../twins/google-drive/drive-twin.ts";
import { DOCUMENT } from "../../twins/google-drive/model.ts";
import { INES, QUIET, World } from "./world.ts";

let world: World;
afterEach(() => world.close());

type Verdicts = Partial<Record<"added" | "updated" | "deleted" | "lost" | "failed", number>>;
const DAY_MS = 24 * 3_600_000;
const LONG = `# Ledger of the mill\n\n${"Oak, larch and iron. ".repeat(200)}`;

/** A mill with a followed folder, one beside it, one of somebody else's, and a shared drive. */
interface Ids {
  mill: string;
  wheel: string;
  axle: string;
  yard: string;
  cart: string;
  house: string;
  attic: string;
  board: string;
  minutes: string;
}

async function mill(config: (ids: Ids) => Record<string, unknown> = () => ({})): Promise<Ids> {
  const ids = {} as Ids;
  world = await World.open((drive, twin) => {
    ids.mill = drive.folder("Mill", twin.root);
    ids.wheel = drive.folder("Wheel", ids.mill);
    ids.axle = drive.add({ name: "Axle.txt", parent: ids.wheel, content: "Greased on Friday." });
    ids.yard = drive.folder("Yard", twin.root);
    ids.cart = drive.add({ name: "Cart.txt", parent: ids.yard, content: "One wheel is missing." });
    ids.house = drive.folder("House", drive.root(INES));
    ids.attic = drive.add({ name: "Attic.txt", parent: ids.house, content: "Under the beams 🦉." });
    drive.share(ids.house, MARTA);
    ids.board = drive.addDrive("Board", { [MARTA]: "organizer", [INES]: "writer" }).id;
    ids.minutes = drive.add({ name: "Minutes.txt", parent: ids.board, content: "הישיבה נפתחה." });
    return config(ids);
  });
  expect(await world.sync()).toMatchObject({ state: "succeeded", failed: 0 });
  return ids;
}

/** The report of the next sync, and of one after it that has nothing more to say. */
async function verdicts(wanted: Verdicts, state = "succeeded"): Promise<void> {
  expect(await world.sync()).toMatchObject({ ...QUIET, ...wanted, state });
  expect(await world.sync()).toMatchObject(QUIET);
}

/** Eight days later: what is lost by then is gone. */
async function afterGrace(wanted: Verdicts): Promise<void> {
  world.place.clock.move(8 * DAY_MS);
  expect(await world.sync()).toMatchObject({ added: 0, lost: 0, deleted: 0, ...wanted });
}

const inMill = ({ mill: followed }: Ids) => ({ folderIds: [followed], includeSharedDrives: false });

describe("what becomes of an item, told by the log of changes", () => {
  it.each<[string, (ids: Ids) => Record<string, unknown>, (ids: Ids) => void, Verdicts, Verdicts]>([
    [
      "a folder that came into scope is added with all below it",
      inMill,
      (ids) => world.drive.move(ids.yard, ids.mill),
      { added: 2 },
      {},
    ],
    [
      "a folder that left the scope is deleted with all below it",
      inMill,
      (ids) => world.drive.move(ids.wheel, ids.yard),
      { deleted: 2 },
      {},
    ],
    [
      "a folder that left and came back between two syncs is as it was",
      inMill,
      (ids) => {
        world.drive.move(ids.wheel, ids.yard);
        world.drive.move(ids.wheel, ids.mill);
      },
      {},
      {},
    ],
    ["what was put into the bin is deleted", () => ({}), (ids) => world.drive.trash(ids.mill), { deleted: 3 }, {}],
    [
      "what was put into the bin and removed from it is deleted, as the bin said, when a sync saw it there",
      () => ({}),
      (ids) => world.drive.trash(ids.axle),
      { deleted: 1 },
      {},
    ],
    [
      "what was removed for ever, unseen in the bin, is lost, and deleted after the grace",
      () => ({}),
      (ids) => world.drive.delete(ids.mill),
      { lost: 3 },
      { deleted: 3 },
    ],
    [
      "what one may not read any more is lost, and deleted after the grace",
      () => ({}),
      (ids) => world.drive.unshare(ids.house, MARTA),
      { lost: 2 },
      { deleted: 2 },
    ],
    [
      "what its owner put into the bin is deleted for those it was shared with",
      () => ({}),
      (ids) => world.drive.trash(ids.house),
      { deleted: 2 },
      {},
    ],
    [
      "what was removed from a shared drive is lost, and deleted after the grace",
      () => ({}),
      (ids) => world.drive.delete(ids.minutes),
      { lost: 1 },
      { deleted: 1 },
    ],
    [
      "what was put into the bin of a shared drive is deleted",
      () => ({}),
      (ids) => world.drive.trash(ids.minutes),
      { deleted: 1 },
      {},
    ],
    [
      "what was moved out of a shared drive to where one may not look is lost, and deleted after the grace",
      () => ({}),
      (ids) => world.drive.move(ids.minutes, world.drive.root(INES)),
      { lost: 1 },
      { deleted: 1 },
    ],
    [
      "what was moved from a shared drive into one's own stays, with its new place",
      () => ({}),
      (ids) => world.drive.move(ids.minutes, ids.yard),
      { updated: 1 },
      {},
    ],
  ])("%s", async (_, config, deed, wanted, later) => {
    const ids = await mill(config);
    deed(ids);
    await verdicts(wanted);
    await afterGrace(later);
  });

  it("what a sync saw in the bin, and was then removed from it, says nothing more", async () => {
    const { axle } = await mill();
    world.drive.trash(axle);
    await verdicts({ deleted: 1 });
    world.drive.delete(axle);
    await verdicts({});
  });

  it("an emptied bin is no proof to a source that keeps the bin: lost, and deleted after the grace", async () => {
    const { axle } = await mill(() => ({ includeTrashed: true }));
    world.drive.trash(axle);
    await verdicts({ updated: 1 });
    world.drive.delete(axle);
    await verdicts({ lost: 1 });
    await afterGrace({ deleted: 1 });
  });

  it.each(["within the grace", "after it"])(
    "access that is given back %s brings back what was hidden",
    async (when) => {
      const { house, attic } = await mill();
      const before = await world.titles();
      world.drive.unshare(house, MARTA);
      await verdicts({ lost: 2 });
      if (when === "after it") await afterGrace({ deleted: 2 });
      world.drive.share(house, MARTA);
      expect(await world.sync()).toMatchObject({ state: "succeeded", deleted: 0, lost: 0, failed: 0 });
      expect(await world.titles()).toEqual(before);
      expect(await world.text(attic)).toBe("Under the beams 🦉.");
      await afterGrace({});
      expect(await world.titles()).toEqual(before);
    },
  );

  it("a shared drive that one left is lost with all in it, and comes back with it", async () => {
    const { board } = await mill();
    const before = await world.titles();
    world.drive.setMember(board, MARTA, undefined);
    expect(await world.sync()).toMatchObject({ added: 0, deleted: 0, lost: 1, failed: 0 });
    expect(await world.titles()).not.toContain("Minutes.txt");
    world.drive.setMember(board, MARTA, "reader");
    expect(await world.sync()).toMatchObject({ deleted: 0, lost: 0, failed: 0 });
    expect(await world.titles()).toEqual(before);
  });

  it("one file that Drive does not show when it is asked for stays as it is stored: only the log tells", async () => {
    const { attic } = await mill();
    world.twin.faults.next({ kind: "status", status: 404 }, new RegExp(`/files/${attic}`), 3);
    await expect(world.place.engine.fetch(`drive/${attic}`, { live: true })).rejects.toMatchObject({
      kind: "not_found",
    });
    expect(await world.titles()).toContain("Attic.txt");
    world.twin.faults.clear();
    await verdicts({});
  });
});

describe("what becomes of an item when something breaks off", () => {
  it.each([400, 404, 410] as const)(
    "a token that died with %i while much happened: each by what a new walk meets",
    async (status) => {
      const { wheel, yard, house, axle } = await mill(({ mill: one, house: two }) => ({ folderIds: [one, two] }));
      world.drive.write(axle, "Greased on Monday.");
      world.drive.move(yard, wheel);
      world.drive.unshare(house, MARTA);
      world.twin.forgetChanges(status);
      const report = await world.sync();
      expect(report).toMatchObject({ mode: "full", added: 2, updated: 1, deleted: 0 });
      expect(report.notes.join()).toContain("is not shown to this account any more");
      expect(await world.titles()).toEqual(expect.arrayContaining(["Axle.txt", "Cart.txt", "Mill", "Wheel", "Yard"]));
      world.drive.share(house, MARTA);
      world.twin.forgetChanges(status);
      expect(await world.sync()).toMatchObject({ added: 0, deleted: 0, lost: 0, failed: 0 });
      expect(await world.titles()).toContain("Attic.txt");
    },
  );

  it("a first listing that is cut on its last page adds what came, deletes nothing, and adds the rest with the next", async () => {
    world = await World.open(
      (drive, twin) => {
        for (let at = 0; at < 7; at++) drive.add({ name: `Gauge ${at}.txt`, parent: twin.root, content: `${at} cm` });
      },
      { pageCap: 3 },
    );
    let pages = 0;
    world.twin.faults.add(({ path }) => {
      if (!path.includes("orderBy")) return undefined;
      pages += 1;
      return pages > 2 ? { kind: "status", status: 500 } : undefined;
    });
    const cut = await world.sync();
    expect(cut).toMatchObject({ added: 6, deleted: 0, lost: 0 });
    expect(cut.state).not.toBe("succeeded");
    world.twin.faults.clear();
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 1, unchanged: expect.any(Number) });
    expect(await world.titles()).toHaveLength(7);
    expect(await world.sync()).toMatchObject(QUIET);
  });

  it("a log that is cut on its last page tells what came, and the rest once", async () => {
    const { axle, cart, attic } = await mill();
    world.twin.pageCap = 1;
    world.drive.trash(axle);
    world.drive.write(cart, "Both wheels are there.");
    world.drive.unshare((await world.item(attic)).parent as string, MARTA);
    let pages = 0;
    world.twin.faults.add(({ path }) => {
      if (!/\/changes\?/.test(path) || /[?&]driveId=/.test(path)) return undefined;
      pages += 1;
      return pages > 2 ? { kind: "status", status: 503 } : undefined;
    });
    expect(await world.sync()).toMatchObject({ added: 0, updated: 1, deleted: 1, lost: 0 });
    world.twin.faults.clear();
    await verdicts({ lost: 2 });
  });

  it("an export above the cap is added by its name and fails; smaller, it is updated; larger again, it keeps its words", async () => {
    let ledger = "";
    world = await World.open((drive, twin) => {
      ledger = drive.add({ name: "Ledger", mimeType: DOCUMENT, parent: twin.root, exports: { "text/markdown": LONG } });
    });
    world.twin.exportCap = 1000;
    world.twin.faults.next({ kind: "status", status: 403 }, /Export\?/, 99);
    const first = await world.sync();
    expect(first).toMatchObject({ added: 1, failed: 1, deleted: 0, lost: 0 });
    expect(first.failures).toMatchObject([{ id: ledger, kind: "too_large" }]);
    expect(await world.titles()).toEqual(["Ledger"]);
    world.place.clock.move(60_000);
    world.drive.write(ledger, { "text/markdown": "# Ledger\n\nIn short: oak." });
    const smaller = await world.sync();
    expect(smaller).toMatchObject({ state: "succeeded", added: 0, deleted: 0, lost: 0, failed: 0 });
    expect(await world.text(ledger)).toContain("In short: oak.");
    world.place.clock.move(60_000);
    world.drive.write(ledger, { "text/markdown": LONG });
    expect(await world.sync()).toMatchObject({ added: 0, deleted: 0, lost: 0, failed: 1 });
    expect(await world.titles()).toEqual(["Ledger"]);
  });
});
