import { afterEach, expect, it } from "vitest";
import { MARTA } from "../../twins/google-drive/drive-twin.ts";
import type { SharedDrive } from "../../twins/google-drive/model.ts";
import { INES, QUIET, World } from "./world.ts";

let world: World;
let board: SharedDrive;
let minutes = "";
afterEach(() => world.close());

async function withBoard(config: Record<string, unknown> = {}): Promise<void> {
  world = await World.open(
    (drive, twin) => {
      board = drive.addDrive("Mill board", { [MARTA]: "organizer", [INES]: "writer" });
      const year = drive.folder("2026", board.id);
      minutes = drive.add({ name: "Minutes.txt", parent: year, content: "The board met." });
      drive.add({ name: "Mine.txt", parent: twin.root, content: "My own." });
    },
    { config },
  );
}

it("a file that is moved into a shared drive stays the same item, in the other drive", async () => {
  await withBoard();
  await world.sync();
  await world.news();
  const mine = [...world.drive.files.values()].find((file) => file.name === "Mine.txt")?.id as string;
  world.drive.move(mine, board.id);
  expect(await world.sync()).toMatchObject({ added: 0, deleted: 0, lost: 0 });
  expect((await world.item(mine)).container).toBe(board.id);
  expect((await world.news()).filter((line) => !line.startsWith("updated"))).toEqual([]);
  world.drive.move(mine, world.twin.root);
  await world.sync();
  await world.sync();
  expect(await world.titles()).toContain("Mine.txt");
});

it("what somebody opened in a shared drive stays that drive's, and goes with it", async () => {
  await withBoard();
  world.drive.open(minutes, MARTA);
  await world.sync();
  expect((await world.item(minutes)).container).toBe(board.id);
  world.drive.trash(minutes);
  expect(await world.sync()).toMatchObject({ ...QUIET, deleted: 1 });
  expect(await world.titles()).toEqual(["2026", "Mine.txt"]);
});

it("who leaves a shared drive has its files hidden at once, and gets them back with it", async () => {
  await withBoard();
  await world.sync();
  world.drive.setMember(board.id, MARTA, undefined);
  const report = await world.sync();
  expect(report).toMatchObject({ deleted: 0, lost: 2, failed: 0 });
  expect(report.notes.join()).toMatch(/Mill board is gone, or not shown/);
  expect(await world.titles()).toEqual(["Mine.txt"]);
  world.drive.setMember(board.id, MARTA, "reader");
  expect(await world.sync()).toMatchObject({ deleted: 0, lost: 0 });
  expect(await world.titles()).toEqual(["2026", "Mine.txt", "Minutes.txt"]);
});

it("a drive that is gone while it is read is no reason to walk it anew for ever", async () => {
  await withBoard();
  await world.sync();
  world.twin.faults.next({ kind: "status", status: 404 }, /\/changes\?.*driveId=/, 9);
  world.twin.faults.next({ kind: "status", status: 404 }, /\/drives\/0A/, 9);
  const report = await world.sync();
  expect(report).toMatchObject({ state: "partial", deleted: 0, lost: 0 });
  expect(report.failures).toMatchObject([
    { kind: "not_found", message: expect.stringContaining("Mill board is gone") },
  ]);
});

it("all pages of the shared drives are read, and new ones are walked by themselves", async () => {
  world = await World.open(
    (drive) => {
      for (let at = 0; at < 7; at++) drive.addDrive(`Drive ${at}`, { [MARTA]: "reader" });
    },
    { pageCap: 3 },
  );
  await world.sync();
  expect((await world.place.store.containers("drive")).map(({ name }) => name)).toHaveLength(8);
  const late = world.drive.addDrive("Late", { [MARTA]: "reader" });
  world.drive.add({ name: "Late.txt", parent: late.id, content: "New." });
  world.twin.asked();
  expect(await world.sync()).toMatchObject({ ...QUIET, added: 1 });
  expect(world.twin.asked().filter((line) => line === "GET /changes/startPageToken 200")).toHaveLength(1);
});

it("an administrator sees drives of others too, whose sync says how to read them", async () => {
  await withBoard({ useDomainAdminAccess: true });
  world.drive.admins.add(MARTA);
  const other = world.drive.addDrive("Ines alone", { [INES]: "organizer" });
  world.drive.add({ name: "Secret.txt", parent: other.id, content: "Hers." });
  const report = await world.sync();
  expect(report).toMatchObject({ state: "partial", added: 3, deleted: 0, lost: 0 });
  expect(report.failures).toMatchObject([{ container: other.id, kind: "not_found" }]);
  expect(`${report.failures[0]?.message} ${report.failures[0]?.hint}`).toMatch(/Ines alone.*member/);
  expect(await world.titles()).not.toContain("Secret.txt");
  world.drive.setMember(other.id, MARTA, "reader");
  expect(await world.sync()).toMatchObject({ state: "succeeded", added: 1, failed: 0 });
});

it("a drive with another name keeps its files", async () => {
  await withBoard();
  await world.sync();
  world.drive.renameDrive(board.id, "Mill council");
  expect(await world.sync()).toMatchObject(QUIET);
  expect((await world.place.store.containers("drive")).map(({ name }) => name)).toContain("Mill council");
});

it("sharedDrives takes drives by name or id, and includeSharedDrives: false takes none", async () => {
  await withBoard({ sharedDrives: ["mill BOARD"] });
  world.drive.addDrive("Other", { [MARTA]: "reader" });
  await world.sync();
  const names = async () => (await world.place.store.containers("drive")).map(({ name }) => name).sort();
  expect(await names()).toEqual(["Mill board", "My Drive"]);
  world.configure({ sharedDrives: [board.id] });
  await world.sync();
  expect(await names()).toEqual(["Mill board", "My Drive"]);
  world.configure({ sharedDrives: [], includeSharedDrives: false });
  await world.sync();
  expect(await world.titles()).toEqual(["Mine.txt"]);
});

it("members may read; a folder that is for some only is for those, with all in it; one shared further is for those too", async () => {
  await withBoard();
  const secret = world.drive.folder("Salaries", board.id);
  const salary = world.drive.add({ name: "Salary.txt", parent: secret, content: "Enough." });
  world.drive.change(secret, (file) => {
    file.limited = true;
  });
  world.drive.share(secret, "auditor@else.example");
  await world.sync();
  const [drive] = (await world.place.store.containers("drive")).filter((one) => one.id === board.id);
  expect(drive?.access).toEqual({ allow: [`user:${INES}`, `user:${MARTA}`], deny: [] });
  expect((await world.item(minutes)).access).toBeUndefined();
  expect((await world.item(salary)).access).toEqual({
    allow: ["user:auditor@else.example", `user:${MARTA}`],
    deny: [],
  });
  world.drive.unshare(secret, "auditor@else.example");
  await world.sync();
  expect((await world.item(salary)).access).toEqual({ allow: [`user:${MARTA}`], deny: [] });
});

it("where nobody tells who may read, it is for whoever asked alone", async () => {
  await withBoard();
  world.drive.share(minutes, "auditor@else.example");
  world.twin.faults.next({ kind: "status", status: 403 }, /\/permissions/, 50);
  await world.sync();
  expect((await world.item(minutes)).access).toEqual({ allow: [`user:${MARTA}`], deny: [] });
  for (const { access } of await world.place.store.containers("drive"))
    expect(access).toEqual({ allow: [`user:${MARTA}`], deny: [] });
});

it("what only its address opens is for nobody more, what can be found is for everybody", async () => {
  await withBoard();
  const link = world.drive.add({ name: "Link.txt", parent: world.twin.root, content: "By link." });
  const open = world.drive.add({ name: "Open.txt", parent: world.twin.root, content: "For all." });
  const house = world.drive.add({ name: "Firm.txt", parent: world.twin.root, content: "For the firm." });
  world.drive.share(link, "anyone");
  world.drive.share(open, "anyone", "reader", { discoverable: true });
  world.drive.share(house, "mill.example");
  await world.sync();
  expect((await world.item(link)).access).toEqual({ allow: [`user:${MARTA}`], deny: [] });
  expect((await world.item(link)).fields.linkShared).toBe(true);
  expect((await world.item(open)).access).toBe("everyone");
  expect((await world.item(house)).access).toEqual({ allow: ["group:mill.example", `user:${MARTA}`], deny: [] });
});
