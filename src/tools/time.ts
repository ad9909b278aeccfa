import { ConnectorError } from "../model/index.ts";

const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;
const BACK = /^(\d{1,5})\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)(?:\s+ago)?$/i;
const LETTER = { m: "minute", h: "hour", d: "day", w: "week" } as const;

/** A time as a person or a model writes it ("2026-03-01", "7d", "yesterday") as ISO 8601 in UTC. Throws `usage` for anything else. */
export function parseTime(argument: string, written: string, now = new Date()): string {
  const text = written.trim().toLowerCase();
  if (text === "today") return startOfDay(now, 0);
  if (text === "yesterday") return startOfDay(now, 1);
  const back = BACK.exec(text);
  if (back) {
    const unit = LETTER[back[2]![0] as keyof typeof LETTER];
    return new Date(now.getTime() - Number(back[1]) * UNITS[unit]).toISOString();
  }
  const time = /^\d{4}-\d{2}(-\d{2}|$)/.test(text) ? Date.parse(written) : Number.NaN;
  if (Number.isNaN(time))
    throw new ConnectorError("usage", `${argument} is no time that headwater understands.`, {
      hint: 'Write an ISO 8601 time such as 2026-03-01 or 2026-03-01T09:00:00Z, or a distance such as "24h" or "7d".',
    });
  return new Date(time).toISOString();
}

function startOfDay(now: Date, daysAgo: number): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - daysAgo)).toISOString();
}

/** "just now", "4 min ago", "3 h ago", "12 days ago"; "never" for nothing. */
export function ago(iso: string | undefined, now = Date.now()): string {
  if (iso === undefined) return "never";
  const passed = now - Date.parse(iso);
  if (Number.isNaN(passed)) return "at an unknown time";
  if (passed < UNITS.minute) return "just now";
  if (passed < UNITS.hour) return `${Math.floor(passed / UNITS.minute)} min ago`;
  if (passed < 2 * UNITS.day) return `${Math.floor(passed / UNITS.hour)} h ago`;
  return `${Math.floor(passed / UNITS.day)} days ago`;
}

/** "in 12 min", "in 9 h", "in 3 days"; "now" when it is due. */
export function comes(iso: string, now = Date.now()): string {
  const left = Date.parse(iso) - now;
  if (left <= 0) return "now";
  if (left < 90 * UNITS.minute) return `in ${Math.ceil(left / UNITS.minute)} min`;
  if (left < 36 * UNITS.hour) return `in ${Math.round(left / UNITS.hour)} h`;
  return `in ${Math.round(left / UNITS.day)} days`;
}

/** A moment for reading, in UTC and to the minute: "2026-03-01 09:30Z"; a day where it is one: "2026-03-01". */
export function minuteOf(iso: string | undefined): string {
  if (iso === undefined) return "";
  return isDay(iso) ? iso.slice(0, 10) : `${iso.slice(0, 16).replace("T", " ")}Z`;
}

/** A moment for programs without what says nothing: "2026-03-01T09:30:00Z", or a day. */
export function momentOf(iso: string): string {
  return isDay(iso) ? iso.slice(0, 10) : iso.replace(/\.\d+Z$/, "Z");
}

/** Notes and calendars know the day alone. */
function isDay(iso: string): boolean {
  return iso.length <= 10 || /T00:00:00(\.0+)?Z$/.test(iso);
}

/** 17099 as "17,099". */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
