import type { Logger } from "../connectors/kit/index.ts";
import { plainLine } from "./plain-text.ts";
import { maskSecrets } from "./secret.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Deeper data is cut: a log line is no place for documents. */
const DEEPEST = 5;
const LONGEST_TEXT = 2000;

export interface LogTarget {
  level: LogLevel;
  /** Lines for a person; otherwise one JSON document a line. */
  pretty: boolean;
  /** Never standard output, which belongs to the protocol. */
  write: (line: string) => void;
  now?: () => Date;
}

/** A logger whose lines hold no known secret, no control character and no line break. */
export function createLogger(target: LogTarget): Logger {
  const lowest = LOG_LEVELS.indexOf(target.level);
  const at = (level: LogLevel) => (event: string, data?: object) => {
    if (LOG_LEVELS.indexOf(level) < lowest) return;
    const time = (target.now?.() ?? new Date()).toISOString();
    const facts = data ? (safe(data, 0) as Record<string, unknown>) : {};
    const line = target.pretty
      ? `${time.slice(11, 19)} ${level.padEnd(5)} ${plainLine(event)}${prettyFacts(facts)}`
      : JSON.stringify({ time, level, event: plainLine(event), ...facts });
    target.write(`${maskSecrets(line)}\n`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn") };
}

/** The usual target: standard error, pretty on a terminal. */
export function stderrLog(level: LogLevel): Logger {
  return createLogger({ level, pretty: process.stderr.isTTY === true, write: (line) => process.stderr.write(line) });
}

/** The same logger with facts, such as the source, on every line. */
export function withFacts(log: Logger, facts: object): Logger {
  return {
    debug: (event, data) => log.debug(event, { ...facts, ...data }),
    info: (event, data) => log.info(event, { ...facts, ...data }),
    warn: (event, data) => log.warn(event, { ...facts, ...data }),
  };
}

function prettyFacts(facts: Record<string, unknown>): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${typeof value === "string" ? quoted(value) : JSON.stringify(value)}`)
    .join("");
}

function quoted(text: string): string {
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

function safe(value: unknown, depth: number): unknown {
  if (typeof value === "string") return plainLine(maskSecrets(value)).slice(0, LONGEST_TEXT);
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  if (value instanceof Error) return safe({ ...value, name: value.name, message: value.message }, depth + 1);
  if (typeof value !== "object" || value === null) return typeof value === "function" ? "(function)" : value;
  if ("toJSON" in value && typeof value.toJSON === "function") return safe(value.toJSON(), depth + 1);
  if (depth >= DEEPEST) return "(more)";
  if (Array.isArray(value)) return value.map((entry) => safe(entry, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [plainLine(name), safe(entry, depth + 1)]));
}
