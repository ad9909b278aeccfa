import { appendFileSync, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "../connectors/kit/index.ts";
import { createLogger, LOG_LEVELS, type LogLevel } from "./log.ts";

const FILE = "headwater.log";
const LARGEST_BYTES = 5_000_000;
/** headwater.log.1 is the newest of them. */
const KEPT = 5;

/** A log that is also kept in a file as soon as its folder is known; lines before that are only said. */
export interface KeptLog extends Logger {
  keepIn(folder: string): void;
}

/**
 * Says lines through `said` and keeps those of `level` and above in `<folder>/headwater.log`, as one JSON document a
 * line with the number of its process. At 5 MB the file gets another name, and five of those are kept. A log that cannot be
 * written, as on a full disk, stops nothing.
 */
export function keptLog(said: Logger, level: LogLevel): KeptLog {
  let path: string | undefined;
  const kept = createLogger({ level, pretty: false, write: (line) => path !== undefined && append(path, line) });
  const at = (name: keyof Logger) => (event: string, data?: object) => {
    said[name](event, data);
    if (path !== undefined) kept[name](event, { pid: process.pid, ...data });
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    keepIn: (folder) => {
      path = join(folder, FILE);
    },
  };
}

/** The level that the environment asks for, in every door. */
export function levelOfEnvironment(): LogLevel | undefined {
  return LOG_LEVELS.find((level) => level === process.env.HEADWATER_LOG_LEVEL);
}

function append(path: string, line: string): void {
  try {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) + line.length > LARGEST_BYTES) rotate(path);
    appendFileSync(path, line, { mode: 0o600 });
  } catch {
    // No room, or no right to write: the work goes on, and what matters is said on standard error too.
  }
}

function rotate(path: string): void {
  rmSync(`${path}.${KEPT}`, { force: true });
  for (let number = KEPT - 1; number >= 1; number--)
    if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
  renameSync(path, `${path}.1`);
}
