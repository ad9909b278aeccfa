import { randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/sources/clock.ts";
import { masterKey, openMasterKey } from "../../src/sources/keys/master-key.ts";
import { openSealedFile } from "../../src/sources/keys/sealed-file.ts";
import { tellFigure } from "../proof/figure.ts";

/** Secrets at rest: threat S12. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-keys-"));
});

const TOKEN = "gho_A9clearly🦦secret";
const key = masterKey([randomBytes(32)], "a test");
const open = (name = "default.logins", purpose = "logins of default", by = key) =>
  openSealedFile({ path: join(folder, name), purpose, key: async () => by, clock: systemClock });
const content = (name = "default.logins") => JSON.parse(readFileSync(join(folder, name), "utf8"));
const put = (value: unknown, name = "default.logins") => writeFileSync(join(folder, name), JSON.stringify(value));

describe("a sealed record", () => {
  it("comes back as it was given, and nothing of it stands in the file", async () => {
    await open().write("work", TOKEN);
    expect(await open().read("work")).toEqual({ text: TOKEN });
    const bytes = readFileSync(join(folder, "default.logins"), "latin1");
    expect(bytes).not.toContain("clearly");
    expect(bytes).not.toContain(Buffer.from(TOKEN).toString("base64").slice(0, 12));
  });

  it("is sealed anew each time: the same text never looks the same", async () => {
    await open().write("work", TOKEN);
    const first = content().records.work;
    await open().write("work", TOKEN);
    const second = content().records.work;
    expect(second.nonce).not.toBe(first.nonce);
    expect(second.data).not.toBe(first.data);
  });

  it("is refused with another key, and says that it was another key", async () => {
    await open().write("work", TOKEN);
    const other = masterKey([randomBytes(32)], "the file elsewhere");
    expect(await open(undefined, undefined, other).read("work")).toEqual({
      problem: expect.stringContaining("encrypted with another key"),
    });
  });

  it("is refused with another key even when the file claims it is the right one", async () => {
    await open().write("work", TOKEN);
    const other = masterKey([randomBytes(32)], "elsewhere");
    const file = content();
    file.records.work.key = other.id;
    put(file);
    expect(await open(undefined, undefined, other).read("work")).toEqual({ problem: "was changed or damaged" });
  });

  it("is refused after any single bit of it was flipped", async () => {
    await open().write("work", TOKEN);
    const file = content();
    let [flips, opened] = [0, 0];
    for (const part of ["nonce", "data", "tag"]) {
      const bytes = Buffer.from(file.records.work[part], "base64");
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        put({ ...file, records: { work: { ...file.records.work, [part]: flipped.toString("base64") } } });
        const read = await open().read("work");
        if (!read || "text" in read) opened++;
        expect(read, `${part} bit ${bit}`).toEqual({ problem: "was changed or damaged" });
        flips++;
      }
    }
    tellFigure("S12", "sealed records with one flipped bit", { flips, opened }, { flips: { least: 300 }, opened: 0 });
    expect(flips).toBeGreaterThan(300);
  });

  it("is refused with a shortened tag", async () => {
    await open().write("work", TOKEN);
    const file = content();
    for (const length of [0, 4, 8, 12, 15]) {
      const tag = Buffer.from(file.records.work.tag, "base64").subarray(0, length).toString("base64");
      put({ ...file, records: { work: { ...file.records.work, tag } } });
      expect(await open().read("work")).toEqual({ problem: "was changed or damaged" });
    }
  });

  it("is refused under another account's name: swapped records open for nobody", async () => {
    await open().write("work", TOKEN);
    await open().write("home", "gho_of_home");
    const { records, ...rest } = content();
    put({ ...rest, records: { work: records.home, home: records.work } });
    expect(await open().read("work")).toEqual({ problem: "was changed or damaged" });
    expect(await open().read("home")).toEqual({ problem: "was changed or damaged" });
  });

  it("is refused in another tenant's file, sealed with the same key of the folder", async () => {
    await open().write("work", TOKEN);
    copyFileSync(join(folder, "default.logins"), join(folder, "acme.logins"));
    expect(await open("acme.logins", "logins of acme").read("work")).toEqual({ problem: "was changed or damaged" });
  });

  it("of a file that is no such file stops everything with a sentence", async () => {
    for (const text of ["", "{", "[]", '{"version":2,"records":{}}', '{"version":1,"records":{"work":"plain"}}']) {
      writeFileSync(join(folder, "default.logins"), text);
      await expect(open().read("work")).rejects.toThrow(/is damaged or was written by a newer headwater/);
    }
  });

  it("survives writers in parallel: none overwrites another's", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `source-${index}`);
    await Promise.all(names.map((name) => open().write(name, `token of ${name}`)));
    expect(await Promise.all(names.map((name) => open().read(name)))).toEqual(
      names.map((name) => ({ text: `token of ${name}` })),
    );
    expect(await open().remove("source-7")).toBe(true);
    expect(await open().remove("source-7")).toBe(false);
    expect(open().names()).toHaveLength(39);
  });

  it("lies in a file for this user alone, also when somebody opened it", async () => {
    await open().write("work", TOKEN);
    const path = join(folder, "default.logins");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    await open().read("work");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe("the key of a data folder", () => {
  it("is made once, for this user alone, and found again", async () => {
    const keys = await Promise.all(
      Array.from({ length: 8 }, () => openMasterKey({ dataFolder: folder, clock: systemClock })),
    );
    expect(new Set(keys.map((one) => one.id)).size).toBe(1);
    expect(statSync(join(folder, "keys")).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "keys", "master.key")).mode & 0o777).toBe(0o600);
    expect((await openMasterKey({ dataFolder: folder, clock: systemClock })).derive("logins")).toEqual(
      keys[0]?.derive("logins"),
    );
  });

  it.each([
    ["its file can be read by others", () => chmodSync(join(folder, "keys", "master.key"), 0o644)],
    ["its file can be read by the group", () => chmodSync(join(folder, "keys", "master.key"), 0o640)],
    ["its folder can be entered by others", () => chmodSync(join(folder, "keys"), 0o711)],
  ])("is not used when %s, and the message says how to close it", async (_name, open) => {
    await openMasterKey({ dataFolder: folder, clock: systemClock });
    open();
    await expect(openMasterKey({ dataFolder: folder, clock: systemClock })).rejects.toMatchObject({
      kind: "config",
      message: expect.stringContaining("can be read by other users"),
      hint: expect.stringMatching(/chmod [67]00 /),
    });
  });

  it("is not followed through a symbolic link", async () => {
    await openMasterKey({ dataFolder: folder, clock: systemClock });
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(join(elsewhere, "keys"), { recursive: true, mode: 0o700 });
    symlinkSync(join(folder, "keys", "master.key"), join(elsewhere, "keys", "master.key"));
    await expect(openMasterKey({ dataFolder: elsewhere, clock: systemClock })).rejects.toMatchObject({
      message: expect.stringContaining("symbolic link"),
    });
  });

  it("that is damaged is not replaced behind the person's back", async () => {
    await openMasterKey({ dataFolder: folder, clock: systemClock });
    const path = join(folder, "keys", "master.key");
    writeFileSync(path, "headwater-key-1 short\n");
    await expect(openMasterKey({ dataFolder: folder, clock: systemClock })).rejects.toMatchObject({ kind: "config" });
    expect(readFileSync(path, "utf8")).toBe("headwater-key-1 short\n");
  });
});
