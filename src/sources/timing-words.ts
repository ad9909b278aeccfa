import type { Schedule } from "./timing.ts";

const DAYS = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"];
const DAY_NAMES = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const NICKNAMES: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
};
const UNITS: [number, string][] = [
  [86_400_000, "day"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
];

/** When a source is synced by itself: "every 30 min", "every night at 02:00 Europe/Berlin, only 22:00-06:00", "only when asked". */
export function timingWords({ everyMs, schedule = {} }: { everyMs?: number; schedule?: Schedule }): string {
  const { cron, timezone, window } = schedule;
  if (cron === undefined && everyMs === undefined) return "only when asked";
  const when = cron === undefined ? spanWords(everyMs ?? 0) : cronWords(cron);
  const zone = timezone !== undefined && (cron !== undefined || window !== undefined) ? ` ${timezone}` : "";
  return window === undefined ? when + zone : `${when}, only ${window}${zone}`;
}

function spanWords(ms: number): string {
  const [unitMs, unit] = UNITS.find(([size]) => ms % size === 0) ?? [1000, "s"];
  const count = ms / unitMs;
  if (unit === "day") return count === 1 ? "every day" : `every ${count} days`;
  return count === 1 && unit === "h" ? "every hour" : `every ${count} ${unit}`;
}

/** The expressions that people write, in words; any other as it stands. */
function cronWords(written: string): string {
  const fields = (NICKNAMES[written.trim().toLowerCase()] ?? written).trim().split(/\s+/);
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  const asWritten = `at cron ${written.trim()}`;
  if (fields.length !== 5 || month !== "*") return asWritten;
  if (hour === "*" || hour.startsWith("*/")) {
    return day === "*" && weekday === "*" ? (hourlyWords(minute, hour) ?? asWritten) : asWritten;
  }
  const times = timesWords(minute, hour);
  const days = daysWords(day, weekday, Number(hour));
  return times === undefined || days === undefined ? asWritten : `${days} at ${times}`;
}

function hourlyWords(minute: string, hour: string): string | undefined {
  const step = /^\*\/(\d+)$/;
  const minutes = step.exec(minute)?.[1];
  if (hour === "*" && minute === "*") return "every minute";
  if (hour === "*" && minutes !== undefined) return `every ${minutes} min`;
  if (!/^\d+$/.test(minute)) return undefined;
  const hours = hour === "*" ? "hour" : `${step.exec(hour)?.[1]} h`;
  return minute === "0" ? `every ${hours}` : `every ${hours}, ${minute} min past`;
}

function timesWords(minute: string, hour: string): string | undefined {
  if (!/^\d+$/.test(minute) || !/^\d+(,\d+)*$/.test(hour)) return undefined;
  return listed(hour.split(",").map((one) => `${one.padStart(2, "0")}:${minute.padStart(2, "0")}`));
}

function daysWords(day: string, weekday: string, hour: number): string | undefined {
  if (day === "*" && weekday === "*") return hour < 6 || hour >= 22 ? "every night" : "every day";
  if (weekday === "*") return /^\d+$/.test(day) ? `on day ${day} of each month` : undefined;
  if (day !== "*") return undefined;
  const numbers = DAY_NAMES.reduce((text, name, at) => text.replaceAll(name, String(at)), weekday.toUpperCase());
  if (numbers === "1-5") return "on weekdays";
  if (!/^[0-7](,[0-7])*$/.test(numbers)) return undefined;
  return `on ${listed(numbers.split(",").map((one) => DAYS[Number(one) % 7] ?? ""))}`;
}

function listed(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
