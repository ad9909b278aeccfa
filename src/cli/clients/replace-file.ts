import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectorError } from "../../model/index.ts";

/** What a file becomes. */
export interface Change {
  /** Undefined: the file goes. */
  text: string | undefined;
  /** Whether the file as it was is kept beside, or what was kept goes. By default nothing happens to it. */
  backup?: "write" | "remove";
}

export interface FileState {
  /** Undefined where there is no file. */
  text: string | undefined;
  /** The backup that an earlier change left beside it. */
  backup: string | undefined;
}

const TRIES = 5;
const LOCK_MS = 5000;
const STALE_LOCK_MS = 20_000;

/** The file behind symbolic links, also where the last one leads to nothing yet. */
export function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    try {
      return resolve(dirname(path), readlinkSync(path));
    } catch {
      return path;
    }
  }
}

export function backupOf(path: string): string {
  return `${targetOf(path)}.headwater-backup`;
}

/** The file and its backup as text. Throws `config` when either is not UTF-8 or cannot be read. */
export function readState(path: string): FileState {
  const target = targetOf(path);
  return { text: asText(bytesOf(target), path), backup: asText(bytesOf(backupOf(path)), backupOf(path)) };
}

/**
 * Changes a file in one step: what another program wrote meanwhile is never written over, a crash leaves the old file or
 * the new one, links stay links, and mode and owner stay. `change` may be asked again; undefined means leave it.
 * Answers whether the file was written.
 */
export async function changeFile(path: string, change: (state: FileState) => Change | undefined): Promise<boolean> {
  const target = targetOf(path);
  if (change(readState(path)) === undefined) return false;
  mkdirSync(dirname(target), { recursive: true });
  const unlock = await lock(target, path);
  try {
    for (let tries = 1; tries <= TRIES; tries++) {
      const before = bytesOf(target);
      const next = change({ text: asText(before, path), backup: asText(bytesOf(backupOf(path)), backupOf(path)) });
      if (next === undefined) return false;
      if (await replaced(path, target, before, next)) return true;
    }
  } catch (error) {
    throw error instanceof ConnectorError ? error : cannotWrite(path, error);
  } finally {
    unlock();
  }
  throw new ConnectorError("unavailable", `Another program keeps writing ${path}, so it was left as it is.`, {
    hint: "Close that program, then repeat this command.",
  });
}

/** False when somebody else wrote the file since it was read. */
async function replaced(path: string, target: string, before: Buffer | undefined, next: Change): Promise<boolean> {
  const stats = before === undefined ? undefined : statSync(target);
  if (stats) refuseForeign(stats, path);
  if (next.backup === "write" && before !== undefined) {
    const draft = drafted(backupOf(path), before, stats);
    await moved(draft, backupOf(path));
  }
  const draft = next.text === undefined ? undefined : drafted(target, next.text, stats);
  if (!sameBytes(bytesOf(target), before)) {
    if (draft !== undefined) rmSync(draft, { force: true });
    return false;
  }
  if (draft === undefined) rmSync(target);
  else await moved(draft, target);
  const after = bytesOf(target);
  if (!sameBytes(after, next.text === undefined ? undefined : Buffer.from(next.text))) return false;
  if (next.backup === "remove") rmSync(backupOf(path), { force: true });
  return true;
}

/** The new content in a file of its own beside the old one, with its mode and owner. */
function drafted(target: string, content: string | Buffer, like: Stats | undefined): string {
  const draft = `${target}.${process.pid}.headwater-new`;
  const mode = like === undefined ? 0o600 : like.mode & 0o7777;
  rmSync(draft, { force: true });
  const file = openSync(draft, "wx", 0o600);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (like && process.getuid?.() === 0) chownSync(draft, like.uid, like.gid);
  chmodSync(draft, mode);
  return draft;
}

/** Windows refuses for a moment while a virus scanner or the client itself looks at the file. */
async function moved(from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const passes = process.platform === "win32" && ["EPERM", "EACCES", "EBUSY"].includes(code ?? "");
      if (!passes || tries >= 10) {
        rmSync(from, { force: true });
        throw error;
      }
      await sleep(50 * tries);
    }
  }
}

function refuseForeign(stats: Stats, path: string): void {
  const me = process.getuid?.();
  if ((stats.mode & 0o200) === 0 || (me !== undefined && me !== 0 && stats.uid !== me)) {
    throw new ConnectorError("config", `${path} is not yours to write, so it was left as it is.`, {
      hint: "Where another program makes this file, add the entry there; --print shows it.",
    });
  }
}

/** Keeps two commands of ours apart. A lock whose owner died goes after a while. */
async function lock(target: string, path: string): Promise<() => void> {
  const file = `${target}.headwater-lock`;
  for (const until = Date.now() + LOCK_MS; ; await sleep(20)) {
    try {
      closeSync(openSync(file, "wx", 0o600));
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw cannotWrite(path, error);
      if (isStale(file)) rmSync(file, { force: true });
      else if (Date.now() > until) {
        throw new ConnectorError("unavailable", `Another headwater is changing ${path}.`, {
          hint: "Repeat this command when it is done.",
        });
      }
    }
  }
}

function isStale(file: string): boolean {
  try {
    return Date.now() - statSync(file).mtimeMs > STALE_LOCK_MS;
  } catch {
    return false;
  }
}

function bytesOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw new ConnectorError("config", `${file} cannot be read, so it was left as it is.`, { cause: error });
  }
}

function asText(bytes: Buffer | undefined, path: string): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ConnectorError("config", `${path} is not text in UTF-8, so it was left as it is.`, {
      hint: "Save it as UTF-8 in an editor, then repeat this command.",
      cause,
    });
  }
}

function sameBytes(left: Buffer | undefined, right: Buffer | undefined): boolean {
  return left === undefined || right === undefined ? left === right : left.equals(right);
}

function cannotWrite(path: string, cause: unknown): ConnectorError {
  return new ConnectorError("config", `${path} cannot be written.`, {
    hint: "See who may write there, or write the entry by hand; --print shows it.",
    cause,
  });
}
