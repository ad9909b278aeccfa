import { randomUUID } from "node:crypto";
import { closeSync, openSync, readFileSync, readlinkSync, statSync, unlinkSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { performance } from "node:perf_hooks";
import type { Clock } from "../connectors/kit/index.ts";
import { ConnectorError } from "../model/index.ts";

/** A lock that this process holds. */
export interface FileLock {
  /** False once another process took it over, because this one seemed dead: what it guards must not be written then. */
  stillMine(): boolean;
  release(): void;
}

export interface LockOptions {
  /** What the holder never exceeds. A holder that cannot be asked whether it lives is given up after this time. */
  longestMs: number;
  /** Stops the waiting with `cancelled`. */
  signal?: AbortSignal;
  clock: Clock;
  /** Called once, when somebody else holds it. */
  onWait?: (owner: { pid: number; since: string }) => void;
}

interface Owner {
  token: string;
  pid: number;
  host: string;
  /** Tells a process from a later one with the same number. */
  started: string;
  since: string;
}

/** The state between making the file and writing the owner into it. */
const UNWRITTEN: Owner = { token: "unwritten", pid: 0, host: "", started: "", since: "" };
const LONGEST_UNWRITTEN_MS = 5000;
/** Removing takes microseconds; a remover that stopped in it is dead. */
const LONGEST_REMOVAL_MS = 10_000;

/**
 * Waits for the lock that is a file at `path`; one process holds it at a time. The lock of a process of this machine
 * that ended is taken over at once; where that cannot be told, as with another machine on a shared folder, after the
 * same lock was watched for `longestMs`. Watching counts waking time only, so a machine that slept wrongs nobody.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<FileLock> {
  let watched: { token: string; since: number } | undefined;
  for (let told = false; ; ) {
    options.signal?.throwIfAborted();
    const held = take(path);
    if (held) return held;
    const owner = ownerOf(path);
    if (!owner) continue;
    if (watched?.token !== owner.token) watched = { token: owner.token, since: performance.now() };
    const longest = owner === UNWRITTEN ? LONGEST_UNWRITTEN_MS : options.longestMs;
    if (isGone(owner) || performance.now() - watched.since > longest) {
      remove(path, owner.token);
      continue;
    }
    if (!told && owner !== UNWRITTEN) options.onWait?.(owner);
    told ||= owner !== UNWRITTEN;
    await options.clock.sleep(10 + Math.random() * 40, options.signal);
  }
}

/** Runs one thing while holding the lock. */
export async function withLock<T>(path: string, options: LockOptions, run: (lock: FileLock) => T): Promise<Awaited<T>> {
  const lock = await acquireLock(path, options);
  try {
    return await run(lock);
  } finally {
    lock.release();
  }
}

/** The owner of a lock that surely ended without giving it back; undefined for any other lock, and for none. */
export function staleLock(path: string): { pid: number; since: string } | undefined {
  const owner = ownerOf(path);
  return owner && owner !== UNWRITTEN && isGone(owner) ? { pid: owner.pid, since: owner.since } : undefined;
}

/** Removes a lock whose owner ended, and no other. */
export function removeStaleLock(path: string): void {
  const owner = ownerOf(path);
  if (owner && owner !== UNWRITTEN && isGone(owner)) remove(path, owner.token);
}

function take(path: string): FileLock | undefined {
  const owner: Owner = { token: randomUUID(), pid: process.pid, ...HERE, since: new Date().toISOString() };
  try {
    const file = openSync(path, "wx", 0o600);
    try {
      writeSync(file, JSON.stringify(owner));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    // Windows answers EPERM while the file before is being deleted.
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EEXIST" || (code === "EPERM" && process.platform === "win32")) return undefined;
    throw new ConnectorError("store", `The lock ${path} cannot be made.`, {
      hint: "Let this user write to the data folder, or choose another one with --data.",
      cause: error,
    });
  }
  return { stillMine: () => ownerOf(path)?.token === owner.token, release: () => remove(path, owner.token) };
}

/**
 * Removes the lock with this token and no other. Who removes it must hold the claim named after the token, so that of
 * several processes that saw a dead owner none removes the lock of the one that came after.
 */
function remove(path: string, token: string): void {
  const claim = `${path}.${token}`;
  try {
    closeSync(openSync(claim, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      if (ageMs(claim) > LONGEST_REMOVAL_MS) unlinkIfThere(claim);
      return;
    }
    // A full disk has no room for a claim; the lock must not stay for that.
  }
  try {
    if (ownerOf(path)?.token === token) unlinkIfThere(path);
  } finally {
    unlinkIfThere(claim);
  }
}

function ownerOf(path: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, "utf8")) as Owner;
    return /^[\w-]+$/.test(owner.token) ? owner : UNWRITTEN;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : UNWRITTEN;
  }
}

function isGone(owner: Owner): boolean {
  if (owner.host !== HERE.host || owner.pid <= 0) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  const started = startOf(owner.pid);
  return started !== "" && owner.started !== "" && started !== owner.started;
}

/** In which ticks since boot a process began; empty where the system does not say. */
function startOf(pid: number): string {
  try {
    // Behind the name in brackets, which may hold anything, begins the third field; the start is the 22nd.
    const [, fields = ""] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return fields.split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

/** Containers with one host name have process numbers of their own. */
function numberSpace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

const HERE = { host: `${hostname()} ${numberSpace()}`.trim(), started: startOf(process.pid) };

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
