import { afterEach, describe, expect, it } from "vitest";
import type { SourceTest } from "../../../src/sync/types.ts";
import { refusalBody } from "../../twins/google/refusal.ts";
import { MARTA, READ } from "../../twins/google-drive/drive-twin.ts";
import { INES, QUIET, World } from "./world.ts";

const ROBOT = "reader@mill-docs.iam.gserviceaccount.com";
const NAMES = "https://www.googleapis.com/auth/drive.metadata.readonly";
const WEEK_MS = 7 * 24 * 3_600_000;
let world: World;
afterEach(() => world.close());

const tested = (): Promise<SourceTest> => world.place.engine.test("drive");

/** By another credential than a token that lasts. */
async function openWith(credential: (world: World) => Record<string, unknown>): Promise<void> {
  world = await World.open((drive, twin) => {
    drive.add({ name: "Mine.txt", parent: twin.root, content: "Marta's." });
    drive.add({ name: "Hers.txt", parent: drive.root(INES), content: "Inés's." });
    return undefined;
  });
  world.configure({ accessToken: undefined, ...credential(world) });
}

describe("test", () => {
  it("names the account and what it may read", async () => {
    world = await World.open((drive, twin) => {
      drive.addDrive("Mill board", { [MARTA]: "reader" });
      drive.add({ name: "Mine.txt", parent: twin.root });
      return undefined;
    });
    expect(await tested()).toMatchObject({
      ok: true,
      account: "Marta Quill <marta@mill.example>",
      granted: ["My Drive, and what others share with it", "shared drive Mill board"],
      missing: [],
      warnings: [],
    });
  });

  it("says what is missing and how to get it: content, a drive, a folder, the other half of push", async () => {
    await openWith(({ twin }) => ({
      accessToken: twin.accounts.issue(MARTA, [NAMES]),
      webhookUrl: "https://mcp.mill.example/hooks/drive",
    }));
    const found = await tested();
    expect(found.missing).toMatchObject([
      { what: "What stands in files", how: expect.stringContaining("Log in again") },
    ]);
    expect(found.warnings.join()).toContain("webhookSecret");
    world.configure({ sharedDrives: ["Nowhere"] });
    expect((await tested()).missing.map(({ what }) => what)).toContain("The shared drive Nowhere");
    world.configure({
      sharedDrives: [],
      folderIds: [world.drive.folder("Ours", world.twin.root), "1doesNotExistAnywhere00000"],
    });
    expect((await tested()).missing.map(({ what }) => what)).toContain("The folder 1doesNotExistAnywhere00000");
  });

  it.each([
    [
      "accessNotConfigured",
      403,
      "config",
      "is not switched on",
      "console.cloud.google.com/apis/library/drive.googleapis.com",
    ],
    ["domainPolicy", 403, "permission", "administrators of the organization", "admin.google.com"],
    ["insufficientPermissions", 403, "permission", "does not include the right", "Log in again"],
    ["authError", 401, "auth", "refused the credential", "headwater test drive"],
  ])("explains %s", async (reason, status, kind, words, way) => {
    await openWith(({ twin }) => twin.config());
    world.twin.faults.next({ kind: "status", status, body: refusalBody(status, reason) }, /about|root/, 9);
    const { ok, problem } = await tested();
    expect(ok).toBe(false);
    expect(problem).toMatchObject({
      kind,
      message: expect.stringContaining(words),
      hint: expect.stringContaining(way),
    });
  });
});

describe("service accounts", () => {
  it("read their own Drive, and what to do is said when it is empty", async () => {
    await openWith(({ twin }) => ({ serviceAccountJson: twin.accounts.serviceAccount(ROBOT) }));
    world.twin.faults.next(
      {
        kind: "status",
        status: 200,
        body: JSON.stringify({ user: { emailAddress: ROBOT, permissionId: "7" }, storageQuota: { usage: "0" } }),
      },
      /about/,
      9,
    );
    expect((await tested()).warnings.join()).toContain(`Share folders with ${ROBOT}`);
  });

  it("read what was shared with their address", async () => {
    await openWith(({ twin, drive }) => {
      const json = twin.accounts.serviceAccount(ROBOT);
      drive.share([...drive.files.values()].find((file) => file.name === "Hers.txt")?.id as string, ROBOT);
      return { serviceAccountJson: json };
    });
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 1 });
    expect(await world.titles()).toEqual(["Hers.txt"]);
    expect(world.twin.accounts.grants.every(({ subject }) => subject === undefined)).toBe(true);
  });

  it("read as somebody where an administrator allowed it, else the scope and the page are named", async () => {
    await openWith(({ twin }) => ({ serviceAccountJson: twin.accounts.serviceAccount(ROBOT), impersonateUser: MARTA }));
    const { problem } = await tested();
    expect(problem).toMatchObject({ kind: "auth", message: `${ROBOT} may not read on behalf of ${MARTA}.` });
    expect(problem?.hint).toContain("104512345678901234567");
    expect(problem?.hint).toContain(READ);
    world.configure({ serviceAccountJson: world.twin.accounts.serviceAccount(ROBOT, [READ]) });
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 1 });
    expect(await world.titles()).toEqual(["Mine.txt"]);
  });

  it("read several people, each as that person sees it, and what two of them see once", async () => {
    await openWith(({ twin, drive }) => {
      const shared = [...drive.files.values()].find((file) => file.name === "Hers.txt")?.id as string;
      drive.share(shared, MARTA);
      const board = drive.addDrive("Mill board", { [MARTA]: "reader", [INES]: "reader" });
      drive.add({ name: "Minutes.txt", parent: board.id });
      const serviceAccountJson = twin.accounts.serviceAccount(ROBOT, [READ]);
      return { serviceAccountJson, impersonateUsers: [MARTA, INES, "gone@mill.example"] };
    });
    expect(await world.sync()).toMatchObject({ state: "succeeded", added: 3, failed: 0 });
    expect(await world.titles()).toEqual(["Hers.txt", "Mine.txt", "Minutes.txt"]);
    const names = (await world.place.store.containers("drive")).map(({ name }) => name).sort();
    expect(names).toEqual(["Mill board", "My Drive of ines@mill.example", "My Drive of marta@mill.example"]);
    expect((await tested()).missing).toMatchObject([{ what: "The Drive of gone@mill.example" }]);
    expect(await world.sync()).toMatchObject(QUIET);
    const hers = [...world.drive.files.values()].find((file) => file.name === "Hers.txt")?.id as string;
    world.drive.unshare(hers, MARTA);
    expect(await world.sync()).toMatchObject({ deleted: 0, lost: 0 });
    expect(await world.titles()).toContain("Hers.txt");
  });

  it("whose key is none are told from those whose key Google does not take", async () => {
    await openWith(() => ({ serviceAccountJson: '{"type":"authorized_user"}' }));
    expect((await tested()).problem).toMatchObject({
      kind: "config",
      message: expect.stringContaining("not the key of a service account"),
    });
    const key = JSON.parse(world.twin.accounts.serviceAccount(ROBOT));
    world.configure({ serviceAccountJson: JSON.stringify({ ...key, client_email: "other@else.example" }) });
    expect((await tested()).problem).toMatchObject({
      kind: "auth",
      message: expect.stringContaining("does not accept the key"),
    });
    world.configure({ serviceAccountJson: undefined, serviceAccountFile: "/nowhere/key.json" });
    expect((await tested()).problem).toMatchObject({
      kind: "config",
      message: expect.stringContaining("cannot be read"),
    });
  });
});

describe("refresh tokens", () => {
  it("are used once for as long as what they bring lasts, and again when Google refused it in the middle", async () => {
    await openWith(({ twin }) => {
      twin.accounts.clients.set("1045.apps.googleusercontent.com", { secret: "GOCSPX-1", testing: true });
      twin.accounts.tokenSeconds = 3600;
      return {
        clientId: "1045.apps.googleusercontent.com",
        clientSecret: "GOCSPX-1",
        refreshToken: twin.accounts.remember(MARTA, [READ], "1045.apps.googleusercontent.com"),
      };
    });
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 1 });
    expect(world.twin.accounts.grants.map(({ grant }) => grant)).toEqual(["refresh_token"]);
    world.place.clock.move(3_600_000);
    expect(await world.sync()).toMatchObject(QUIET);
    expect(world.twin.accounts.grants).toHaveLength(2);
  });

  it("that ended after a week say why, and stop the source once", async () => {
    await openWith(({ twin }) => {
      twin.accounts.clients.set("c", { secret: undefined, testing: true });
      twin.accounts.tokenSeconds = 3600;
      return { clientId: "c", refreshToken: twin.accounts.remember(MARTA, [READ], "c") };
    });
    await world.sync();
    world.place.clock.move(WEEK_MS);
    world.twin.accounts.grants.length = 0;
    const report = await world.sync();
    expect(report).toMatchObject({ state: "failed", deleted: 0, lost: 0 });
    expect(report.failures).toMatchObject([
      { kind: "auth", hint: expect.stringMatching(/in Testing.*7 days.*Publish app/) },
    ]);
    expect(world.twin.accounts.grants.length).toBeLessThanOrEqual(2);
  });
});

describe("limits", () => {
  it.each([
    [403, "userRateLimitExceeded"],
    [403, "rateLimitExceeded"],
    [429, "rateLimitExceeded"],
    [503, "backendError"],
  ])("%i %s is waited for, and everything comes", async (status, reason) => {
    world = await World.open((drive, twin) => {
      for (let at = 0; at < 5; at++) drive.add({ name: `Gauge ${at}.txt`, parent: twin.root, content: "Clear." });
      return undefined;
    });
    world.twin.faults.next(
      { kind: "status", status, body: refusalBody(status, reason) },
      /\/drive\/v3\/(files|changes)/,
      3,
    );
    expect(await world.sync()).toMatchObject({ ...QUIET, added: 5 });
    expect(world.place.clock.naps.length).toBeGreaterThan(0);
  });

  it("Retry-After is obeyed to the second", async () => {
    world = await World.open();
    world.twin.faults.next(
      { kind: "status", status: 429, retryAfter: "17", body: refusalBody(429, "rateLimitExceeded") },
      /changes/,
      1,
    );
    await world.sync();
    expect(world.place.clock.naps.some((ms) => ms >= 16_000 && ms <= 18_000)).toBe(true);
  });

  it("a day that is used up pauses the source instead of waiting for it", async () => {
    world = await World.open();
    world.twin.faults.next({ kind: "status", status: 403, body: refusalBody(403, "dailyLimitExceeded") }, /changes/, 9);
    const report = await world.sync();
    expect(report.pausedUntil).toBeDefined();
    expect(report).toMatchObject({ deleted: 0, lost: 0 });
  });

  it("a refusal that is no limit is not taken for one", async () => {
    world = await World.open((drive, twin) => {
      drive.add({ name: "Weir.txt", parent: twin.root, content: "The weir." });
      return undefined;
    });
    world.twin.faults.next(
      { kind: "status", status: 403, body: refusalBody(403, "insufficientFilePermissions", "global") },
      /alt=media/,
      9,
    );
    const report = await world.sync();
    expect(report).toMatchObject({ added: 1, failed: 1 });
    expect(world.twin.requests.filter(({ url }) => url.includes("alt=media"))).toHaveLength(0); // refused before it arrived
    expect(world.twin.faults.log.filter(({ path }) => path.includes("alt=media"))).toHaveLength(1);
  });

  it.each(["html", "empty", "null", "wrong-shape", "truncated", "cut"] as const)(
    "an answer that is %s deletes nothing",
    async (kind) => {
      world = await World.open((drive, twin) => {
        drive.add({ name: "Weir.txt", parent: twin.root, content: "The weir." });
        return undefined;
      });
      await world.sync();
      world.twin.faults.add(({ path }) => (path.includes("/changes?") ? { kind } : undefined));
      const report = await world.sync();
      expect(report).toMatchObject({ added: 0, deleted: 0, lost: 0 });
      expect(["failed", "partial"]).toContain(report.state);
      world.twin.faults.clear();
      expect(await world.sync()).toMatchObject(QUIET);
    },
  );
});
