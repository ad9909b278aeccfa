import { ConnectorError } from "../model/index.ts";
import { durationMs } from "../sources/units.ts";

const UNITS: [number, string][] = [
  [86_400_000, "day"],
  [3_600_000, "h"],
  [60_000, "min"],
];

/** "4 min ago", as people say it; a date when it is long ago. */
export function ago(iso: string | undefined, now = Date.now()): string {
  if (iso === undefined) return "never";
  const past = now - Date.parse(iso);
  if (past < 60_000) return "just now";
  if (past > 30 * 86_400_000) return iso.slice(0, 10);
  const [unitMs, unit] = UNITS.find(([ms]) => past >= ms) ?? [60_000, "min"];
  const count = Math.floor(past / unitMs);
  return `${count} ${unit}${unit === "day" && count > 1 ? "s" : ""} ago`;
}

/** A moment of the past for two columns: the time on the wall, and how long ago, which an old date says itself. */
export function whenCells(iso: string, now = Date.now()): [time: string, ago: string] {
  return [wallTime(iso, now), now - Date.parse(iso) > 30 * 86_400_000 ? "" : ago(iso, now)];
}

/** "in 12 min", "in 9 h", "in 3 days"; "now" when it is past. */
export function comes(iso: string, now = Date.now()): string {
  const left = Date.parse(iso) - now;
  if (left <= 0) return "now";
  if (left < 60_000) return `in ${Math.ceil(left / 1000)} s`;
  if (left < 90 * 60_000) return `in ${Math.ceil(left / 60_000)} min`;
  if (left < 36 * 3_600_000) return `in ${Math.round(left / 3_600_000)} h`;
  return `in ${Math.round(left / 86_400_000)} days`;
}

/** As a clock on this machine's wall shows it: "14:02" today, "Mon 02:00" within six days, else "2026-03-01 02:00". */
export function wallTime(iso: string, now = Date.now()): string {
  const moment = new Date(iso);
  const [day = "", clock = ""] = moment.toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" }).split(" ");
  if (moment.toDateString() === new Date(now).toDateString()) return clock;
  if (Math.abs(moment.getTime() - now) > 6 * 86_400_000) return `${day} ${clock}`;
  return `${moment.toLocaleDateString("en", { weekday: "short" })} ${clock}`;
}

/** "14:02:11" as a clock on this machine's wall shows it. */
export function clockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString("sv-SE");
}

/** "3.1 s" or "2 min 5 s". */
export function took(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** 1284 as "1,284". */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** ISO 8601 of a date, a moment, or a time span back from now. Throws `usage` naming the option. */
export function pointInTime(text: string, option: string, now = Date.now()): string {
  const span = durationMs(text);
  if (span !== undefined) return new Date(now - span).toISOString();
  const moment = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(moment)) return new Date(moment).toISOString();
  throw new ConnectorError("usage", `${option} does not understand ${JSON.stringify(text)}.`, {
    hint: `Write a time span back from now or a date: ${option} 7d, ${option} 2026-01-31`,
  });
}

/** A whole number from the command line. Throws `usage` naming the option. */
export function wholeNumber(text: string, option: string, least = 1, most = Number.MAX_SAFE_INTEGER): number {
  const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new ConnectorError("usage", `${option} must be a whole number ${range}, got ${JSON.stringify(text)}.`);
}

/** "1 item", "1,284 items" */
export function itemCount(count: number): string {
  return `${grouped(count)} ${count === 1 ? "item" : "items"}`;
}
