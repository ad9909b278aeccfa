import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { Sandbox, writeNotes } from "./sandbox.ts";

let box: Sandbox;
const data = (name = "") => join(box.home, ".data/headwater", name);

beforeAll(async () => {
  box = new Sandbox();
  writeNotes(box);
  box.put(
    ".config/headwater/headwater.yaml",
    "sources:\n  notes: { connector: files, paths: [~/Notes] }\n  club: { connector: files, paths: [~/Notes], tenant: club }\n",
  );
  expect((await box.run(["sync"])).code).toBe(0);
  expect((await box.run(["sync", "--tenant", "club"])).code).toBe(0);
});

async function finds(words: string, ...more: string[]): Promise<string[]> {
  const { hits } = await box.json<{ hits: { ref: string }[] }>(["search", words, ...more]);
  return hits.map((one) => one.ref);
}

describe("headwater backup", () => {
  it("brings back what was deleted, for every tenant, and keeps what was there aside", async () => {
    const { stdout, code } = await box.run(["backup", "kept.tar.gz"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("of 2 tenants to")]);
    expect(statSync(join(box.home, "kept.tar.gz")).mode & 0o777).toBe(0o600);
    for (const tenant of ["default", "club"]) {
      expect((await box.run(["reset", "--all", "--yes", "--tenant", tenant])).code).toBe(0);
    }
    expect(await finds("eels")).toEqual([]);
    const back = await box.json<{ items: number; tenants: string[]; aside: string[] }>([
      "restore",
      "kept.tar.gz",
      "--yes",
    ]);
    expect(back).toMatchObject({ items: 8, tenants: ["club", "default"] });
    expect(await finds("eels")).toEqual(["notes/Räuber 🐟.md"]);
    expect(await finds("eels", "--tenant", "club")).toEqual(["club/Räuber 🐟.md"]);
    for (const file of back.aside) expect(existsSync(file)).toBe(true);
    expect(readdirSync(data()).filter((name) => /part|work|lock/.test(name))).toEqual([]);
    expect((await box.run(["sync"])).stdout).toContain("4 unchanged");
  });

  it("is an archive that other programs open, with a manifest first", async () => {
    const { stdout } = await box.shell("tar -tzf kept.tar.gz");
    expect(stdout.split("\n").filter(Boolean)).toEqual([
      "manifest.json",
      "stores/club.db",
      "stores/default.db",
      "headwater.yaml",
    ]);
  });

  it("goes to another machine with its configuration", async () => {
    const other = new Sandbox();
    writeFileSync(join(other.home, "kept.tar.gz"), readFileSync(join(box.home, "kept.tar.gz")));
    expect((await other.run(["restore", "kept.tar.gz"])).code).toBe(0);
    expect(readFileSync(join(other.home, ".config/headwater/headwater.yaml"), "utf8")).toContain("connector: files");
    expect((await other.run(["search", "eels"])).stdout).toContain("Räuber");
  });

  it("does not write over a file that is there", async () => {
    box.put("other.tar.gz", "something else");
    const { code, stderr } = await box.run(["backup", "other.tar.gz"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("There is already a file called")]);
    expect(readFileSync(join(box.home, "other.tar.gz"), "utf8")).toBe("something else");
  });
});

describe("headwater restore", () => {
  beforeAll(async () => {
    rmSync(join(box.home, "kept.tar.gz"), { force: true });
    expect((await box.run(["backup", "kept.tar.gz"])).code).toBe(0);
  });

  it("asks before it replaces a store, and needs --yes where nobody can be asked", async () => {
    const { code, stderr } = await box.run(["restore", "kept.tar.gz"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--yes")]);
  });

  it("refuses while another process has a store open, and changes nothing", async () => {
    const before = statSync(data("default.db")).ino;
    const reader = await openStore({ folder: data(), tenant: "club" });
    await reader.stats();
    const { code, stderr } = await box.run(["restore", "kept.tar.gz", "--yes"]);
    expect([code, stderr]).toEqual([7, expect.stringContaining("is in use by another headwater")]);
    await reader.close();
    expect(statSync(data("default.db")).ino).toBe(before);
    expect((await box.run(["restore", "kept.tar.gz", "--yes"])).code).toBe(0);
  });

  it.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length - 3000)],
    ["with one flipped bit", (bytes: Buffer) => flipped(bytes, bytes.length - 20_000)],
    ["that is something else", () => Buffer.from("not an archive")],
    ["whose store was exchanged", (bytes: Buffer) => gzipSync(flipped(gunzipSync(bytes), 40_000))],
    ["that leads out of its folder", (bytes: Buffer) => renamed(bytes, "stores/club.db", "../../club.db")],
    ["with a file that nobody announced", (bytes: Buffer) => renamed(bytes, "stores/club.db", "stores/cl0b.db")],
  ])("refuses a backup %s and changes nothing", async (_what, damage) => {
    const whole = readFileSync(join(box.home, "kept.tar.gz"));
    writeFileSync(join(box.home, "odd.tar.gz"), damage(whole));
    const before = readFileSync(data("default.db"));
    const { code, stderr } = await box.run(["restore", "odd.tar.gz", "--yes"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("no whole backup of headwater")]);
    expect(readFileSync(data("default.db")).equals(before)).toBe(true);
    expect(readdirSync(data()).filter((name) => /work|lock/.test(name))).toEqual([]);
  });

  it("refuses the backup of a newer headwater with what to do", async () => {
    const tar = gunzipSync(readFileSync(join(box.home, "kept.tar.gz")));
    const newer = Buffer.from(tar.toString("latin1").replace('"version": 1', '"version": 2'), "latin1");
    writeFileSync(join(box.home, "newer.tar.gz"), gzipSync(newer));
    const { code, stderr } = await box.run(["restore", "newer.tar.gz", "--yes"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("npm install --global headwater@latest")]);
  });
});

describe("a configuration with a credential in it", () => {
  it("is left out of a backup, and so is the key of what is sealed", async () => {
    box.put(
      ".config/headwater/headwater.yaml",
      "sources:\n  notes: { connector: files, paths: [~/Notes] }\n  work: { connector: github, accessToken: ghp_0123456789abcdefghijklmnopqrstuvwxyz, repositories: [a/b] }\n",
    );
    mkdirSync(data("keys"), { recursive: true, mode: 0o700 });
    await box.shell("printf 'a heron at the weir' | headwater secrets set gauge");
    expect(existsSync(data("keys/master.key"))).toBe(true);
    const { stderr } = await box.run(["backup", "careful.tar.gz"]);
    expect(stderr).toContain("The configuration is not in the backup, because a credential is written in it.");
    const bytes = gunzipSync(readFileSync(join(box.home, "careful.tar.gz"))).toString("latin1");
    expect(bytes).toContain("keys/secrets");
    for (const secret of [
      "ghp_0123",
      "a heron at the weir",
      readFileSync(data("keys/master.key"), "utf8").trim().slice(-30),
    ])
      expect(bytes).not.toContain(secret);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 0x10;
  return copy;
}

/** The archive with another name in the header of a file, its checksum made right. */
function renamed(bytes: Buffer, from: string, to: string): Buffer {
  const tar = gunzipSync(bytes);
  for (let at = 0; at < tar.length; at += 512) {
    if (tar.toString("latin1", at, at + 100).replace(/\0.*$/s, "") !== from) continue;
    const header = tar.subarray(at, at + 512);
    header.fill(0, 0, 100).write(to, 0);
    header.write("        ", 148);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
    );
  }
  return gzipSync(tar);
}
