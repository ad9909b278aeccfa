import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/sources/clock.ts";
import { acquireLock } from "../../src/sources/file-lock.ts";
import { bundle } from "../setup/bundle.mjs";

let child: string;
beforeAll(async () => {
  child = await bundle("test/sources/lock-child.ts");
});

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "headwater-lock-")), "hall.lock");
});

const settings = { longestMs: 60_000, clock: systemClock };
const start = (...args: string[]): ChildProcess =>
  fork(child, [path, ...args], { stdio: ["ignore", "inherit", "inherit", "ipc"] });

describe("a lock between processes", () => {
  it("lets one at a time in, however many want it, and leaves nothing behind", async () => {
    writeFileSync(`${path}.number`, "0");
    const children = Array.from({ length: 6 }, () => start("add", "20"));
    await Promise.all(children.map((one) => once(one, "exit")));
    expect(readFileSync(`${path}.number`, "utf8")).toBe("120");
    expect(readdirSync(join(path, ".."))).toEqual(["hall.lock.number"]);
  });

  it("goes on when holders are killed, and never lets two in over it", async () => {
    writeFileSync(`${path}.number`, "0");
    const children = [...Array.from({ length: 4 }, () => start("add", "15")), start("die", "3"), start("die", "2")];
    await Promise.all(children.map((one) => once(one, "exit")));
    expect(readFileSync(`${path}.number`, "utf8")).toBe("63"); // 4 x 15, and 2 + 1 before the deaths
  });

  it("is taken over at once from a process that was killed", async () => {
    const holder = start("hold");
    await once(holder, "message");
    holder.kill("SIGKILL");
    await once(holder, "exit");
    const lock = await acquireLock(path, settings);
    expect(lock.stillMine()).toBe(true);
    lock.release();
  });

  it("waits for a process that stands still, says for which one, and takes over only after the longest time", async () => {
    const holder = start("hold");
    await once(holder, "message");
    holder.kill("SIGSTOP");
    const told: number[] = [];
    const before = performance.now();
    const lock = await acquireLock(path, { ...settings, longestMs: 700, onWait: ({ pid }) => told.push(pid) });
    expect(performance.now() - before).toBeGreaterThan(690);
    expect(told).toEqual([holder.pid]);
    lock.release();
    holder.kill("SIGKILL");
  });

  it("tells the one that lost it, and its release does not touch the next holder's", async () => {
    const slow = await acquireLock(path, settings);
    const owner = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...owner, token: "of-the-next-one" }));
    expect(slow.stillMine()).toBe(false);
    slow.release();
    expect(JSON.parse(readFileSync(path, "utf8")).token).toBe("of-the-next-one");
  });

  it("is not taken for held by a later process that got the same number", async () => {
    const owner = { token: "of-old", pid: process.pid, started: "1", since: "2026-01-01T00:00:00.000Z" };
    const lock = await acquireLock(path, settings);
    const { host } = JSON.parse(readFileSync(path, "utf8"));
    lock.release();
    writeFileSync(path, JSON.stringify({ ...owner, host }));
    if (process.platform === "linux") (await acquireLock(path, settings)).release();
  });

  it("of another machine is not judged by a process number here", async () => {
    const owner = { token: "far", pid: 2 ** 30, host: `not-${hostname()}`, started: "", since: "" };
    writeFileSync(path, JSON.stringify(owner));
    const stop = AbortSignal.timeout(300);
    await expect(acquireLock(path, { ...settings, signal: stop })).rejects.toThrow();
    expect(JSON.parse(readFileSync(path, "utf8")).token).toBe("far");
    (await acquireLock(path, { ...settings, longestMs: 200 })).release();
  });
});
