import { fork } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { changeFile } from "../../../src/cli/clients/replace-file.ts";
import { bundle } from "../../setup/bundle.mjs";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-file-"));
  file = join(folder, "mcp.json");
});

const rubbish = () => readdirSync(folder).filter((name) => /-(new|lock)$/.test(name));

describe("changing a client's file", () => {
  it("begins again from what another program wrote meanwhile", async () => {
    writeFileSync(file, "one");
    let asked = 0;
    await changeFile(file, ({ text }) => {
      asked += 1;
      // The first answer is for a look; before the second is used, the client itself writes.
      if (asked === 2) writeFileSync(file, "two, by the client");
      return { text: `${text} and ours`, backup: "write" };
    });
    expect(readFileSync(file, "utf8")).toBe("two, by the client and ours");
    expect(readFileSync(`${file}.headwater-backup`, "utf8")).toBe("two, by the client");
    expect(rubbish()).toEqual([]);
  });

  it("gives up, and leaves the file alone, when another program never stops writing", async () => {
    writeFileSync(file, "0");
    let count = 0;
    const change = changeFile(file, ({ text }) => {
      count += 1;
      writeFileSync(file, String(count));
      return { text: `${text} and ours` };
    });
    await expect(change).rejects.toThrow(/keeps writing .* left as it is/);
    expect(readFileSync(file, "utf8")).toBe(String(count));
    expect(rubbish()).toEqual([]);
  });

  it("asks anew about what another program wrote meanwhile, and may then leave it", async () => {
    writeFileSync(file, "old");
    const seen: (string | undefined)[] = [];
    await changeFile(file, ({ text }) => {
      seen.push(text);
      if (seen.length === 2) writeFileSync(file, "newer");
      return text === "newer" ? undefined : { text: "ours" };
    });
    expect(seen).toEqual(["old", "old", "newer"]);
    expect(readFileSync(file, "utf8")).toBe("newer");
  });

  it("takes over the lock of a process that died", async () => {
    writeFileSync(file, "one");
    const lock = `${file}.headwater-lock`;
    const holder = fork(await bundle("test/sources/lock-child.ts"), [lock, "hold"]);
    await once(holder, "message");
    const ended = once(holder, "exit");
    holder.kill("SIGKILL");
    await ended;
    expect(existsSync(lock)).toBe(true);
    expect(await changeFile(file, () => ({ text: "two" }))).toBe(true);
    expect(rubbish()).toEqual([]);
  });

  it("writes through a link to a file that is not there yet, and keeps modes", async () => {
    mkdirSync(join(folder, "dotfiles"));
    symlinkSync(join("dotfiles", "mcp.json"), file);
    await changeFile(file, () => ({ text: "{}" }));
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    await changeFile(file, () => ({ text: "{ }", backup: "write" }));
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(statSync(join(folder, "dotfiles", "mcp.json.headwater-backup")).mode & 0o777).toBe(0o644);
  });

  it("says so when a folder stands where the file should be", async () => {
    mkdirSync(file);
    await expect(changeFile(file, () => ({ text: "{}" }))).rejects.toThrow(/cannot be read, so it was left as it is/);
  });
});
