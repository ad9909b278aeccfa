import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/sources/clock.ts";
import { type Keychain, systemKeychain } from "../../src/sources/keys/keychain.ts";
import { openMasterKey, rotateMasterKey } from "../../src/sources/keys/master-key.ts";
import { loginsFile, rotateKey, secretsFile } from "../../src/sources/keys/sealed-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-master-"));
});

/** A keychain as a desktop has one; `broken` as in a session without a desktop. */
class FakeKeychain implements Keychain {
  readonly kept = new Map<string, string>();
  broken = false;
  forgets = false;

  async get(name: string): Promise<string | undefined> {
    if (this.broken) throw new Error("AccessDenied");
    return this.kept.get(name);
  }

  async set(name: string, value: string): Promise<void> {
    if (this.broken) throw new Error("AccessDenied");
    if (!this.forgets) this.kept.set(name, value);
  }
}

const open = (keychain?: Keychain) => openMasterKey({ dataFolder: folder, clock: systemClock, keychain });
const file = () => join(folder, "keys", "master.key");

describe("the key of logins and secrets", () => {
  it("lies in the keychain where there is one, and nothing of it in the folder", async () => {
    const keychain = new FakeKeychain();
    const key = await open(keychain);
    expect(key.place).toBe("the keychain of this machine");
    expect(existsSync(file())).toBe(false);
    const [kept = ""] = keychain.kept.values();
    expect(readFileSync(join(folder, "keys", "master.keychain"), "utf8")).not.toContain(kept.slice(16, 40));
    expect((await open(keychain)).id).toBe(key.id);
  });

  it.each([
    ["there is no keychain", undefined],
    ["the keychain refuses", Object.assign(new FakeKeychain(), { broken: true })],
    ["the keychain forgets at once", Object.assign(new FakeKeychain(), { forgets: true })],
  ])("lies in a file for this user alone when %s, and says where", async (_name, keychain) => {
    const key = await open(keychain);
    expect(key.place).toBe(`the file ${file()}`);
    expect((await open(new FakeKeychain())).id).toBe(key.id); // a keychain that comes later does not split them
  });

  it("that went into the keychain is never made a second time while the keychain is out of reach", async () => {
    const keychain = new FakeKeychain();
    const { id } = await open(keychain);
    for (const away of [undefined, Object.assign(new FakeKeychain(), { broken: true })]) {
      await expect(open(away)).rejects.toMatchObject({ kind: "config", message: expect.stringContaining("keychain") });
    }
    expect(existsSync(file())).toBe(false);
    expect((await open(keychain)).id).toBe(id);
  });

  it("is asked of the system's own keychain without harm where there is none, or when it is switched off", async () => {
    expect(await systemKeychain({ HEADWATER_KEYCHAIN: "off" })).toBeUndefined();
    const keychain = await systemKeychain({});
    if (keychain) await keychain.get("a name that nobody keeps").catch((error) => expect(error).toBeInstanceOf(Error));
  });
});

describe("a rotation", () => {
  const where = () => ({ dataFolder: folder, clock: systemClock, keychain: undefined });

  it("seals everything with a new key, and the old one opens nothing any more", async () => {
    await loginsFile(where(), "default").write("work", "login of work");
    await loginsFile(where(), "acme").write("work", "login of acme");
    await secretsFile(where()).write("pg", "hunter2");
    const before = await open();
    const oldKey = readFileSync(file(), "utf8");
    expect(await rotateKey(where())).toEqual({ records: 3, place: before.place });
    expect((await open()).id).not.toBe(before.id);
    expect(readFileSync(file(), "utf8").trim().split("\n")).toHaveLength(1);
    expect(await loginsFile(where(), "acme").read("work")).toEqual({ text: "login of acme" });
    expect(await secretsFile(where()).read("pg")).toEqual({ text: "hunter2" });
    writeFileSync(file(), oldKey);
    expect(await secretsFile(where()).read("pg")).toEqual({ problem: expect.stringContaining("another key") });
  });

  it("that stops in the middle loses nothing, and the next one ends it", async () => {
    await loginsFile(where(), "default").write("work", "login of work");
    await secretsFile(where()).write("pg", "hunter2");
    const stopped = rotateMasterKey(where(), async () => {
      await secretsFile(where()).reseal();
      throw new Error("the machine went down");
    });
    await expect(stopped).rejects.toThrow("went down");
    expect(await loginsFile(where(), "default").read("work")).toEqual({ text: "login of work" });
    expect(await secretsFile(where()).read("pg")).toEqual({ text: "hunter2" });
    await rotateKey(where());
    expect(readFileSync(file(), "utf8").trim().split("\n")).toHaveLength(1);
    expect(await loginsFile(where(), "default").read("work")).toEqual({ text: "login of work" });
  });

  it("goes unnoticed by those who read and write meanwhile", async () => {
    const [logins, secrets] = [loginsFile(where(), "default"), secretsFile(where())];
    await logins.write("work", "0");
    let over = false;
    const reading = (async () => {
      for (let count = 0; !over; count++) {
        await systemClock.sleep(1);
        await secrets.write(`s${count % 7}`, String(count));
        expect(await logins.read("work")).toEqual({ text: "0" });
        expect(await secrets.read(`s${count % 7}`)).toEqual({ text: String(count) });
      }
    })();
    try {
      for (let round = 0; round < 8; round++) await rotateKey(where());
    } finally {
      over = true;
    }
    await reading;
    expect(await logins.read("work")).toEqual({ text: "0" });
  });
});
