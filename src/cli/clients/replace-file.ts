import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { ConnectorError } from "../../model/index.ts";
import { systemClock } from "../../sources/clock.ts";
import { acquireLock, type FileLock } from "../../sources/file-lock.ts";
import { moveOver, writeDraft } from "../../sources/write-whole.ts";

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
/** How long another command of ours is waited for, and what none takes: after that its lock is a dead one's. */
const PATIENCE_MS = 10_000;
const LONGEST_CHANGE_MS = 8000;

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
  const lock = await locked(target, path);
  try {
    for (let tries = 1; tries <= TRIES; tries++) {
      const before = bytesOf(target);
      const next = change({ text: asText(before, path), backup: asText(bytesOf(backupOf(path)), backupOf(path)) });
      if (next === undefined) return false;
      if (replaced(path, target, before, next)) return true;
    }
  } catch (error) {
    throw error instanceof ConnectorError ? error : cannotWrite(path, error);
  } finally {
    lock.release();
  }
  throw new ConnectorError("unavailable", `Another program keeps writing ${path}, so it was left as it is.`, {
    hint: "Close that program, then repeat this command.",
  });
}

/** False when somebody else wrote the file since it was read. */
function replaced(path: string, target: string, before: Buffer | undefined, next: Change): boolean {
  const stats = before === undefined ? undefined : statSync(target);
  if (stats) refuseForeign(stats, path);
  if (next.backup === "write" && before !== undefined) {
    const draft = drafted(backupOf(path), before, stats);
    moveOver(draft, backupOf(path));
  }
  const draft = next.text === undefined ? undefined : drafted(target, next.text, stats);
  if (!sameBytes(bytesOf(target), before)) {
    if (draft !== undefined) rmSync(draft, { force: true });
    return false;
  }
  if (draft === undefined) rmSync(target);
  else moveOver(draft, target);
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
  writeDraft(draft, content);
  if (like && process.getuid?.() === 0) chownSync(draft, like.uid, like.gid);
  chmodSync(draft, mode);
  return draft;
}

function refuseForeign(stats: Stats, path: string): void {
  const me = process.getuid?.();
  if ((stats.mode & 0o200) === 0 || (me !== undefined && me !== 0 && stats.uid !== me)) {
    throw new ConnectorError("config", `${path} is not yours to write, so it was left as it is.`, {
      hint: "Where another program makes this file, add the entry there; --print shows it.",
    });
  }
}

/** Keeps two commands of ours apart. */
async function locked(target: string, path: string): Promise<FileLock> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const options = { longestMs: LONGEST_CHANGE_MS, signal, clock: systemClock };
    return await acquireLock(`${target}.headwater-lock`, options);
  } catch (error) {
    if (!signal.aborted) throw cannotWrite(path, error);
    throw new ConnectorError("unavailable", `Another headwater is changing ${path}.`, {
      hint: "Repeat this command when it is done.",
    });
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
