/** A stretch of time in milliseconds since 1970: from, and up to but not including. An instant has both alike. */
export interface Period {
  from: number;
  to: number;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * Reads a date as people type it: `2026`, `2026-03`, `2026-03-15`, an ISO 8601 instant, `7d` `2w` `3m` `1y` (that long
 * ago, also "2 weeks ago"), `today`, `yesterday`, a weekday, "this month", "last week", "past 3 days", "march 2026".
 * Days are those of this machine's time zone, weeks start on Monday. Undefined when it is no date.
 */
export function readWhen(text: string, now: Date): Period | undefined {
  const words = text
    .slice(0, 60)
    .trim()
    .toLowerCase()
    .replace(/^(last|this|past|previous|current)[-_]/, "$1 ");
  return absolute(words) ?? relative(words, now) ?? named(words, now);
}

function absolute(text: string): Period | undefined {
  const parts = /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?$/.exec(text);
  if (parts !== null) {
    const [, year, month, day] = parts.map(Number);
    if (year === undefined || year < 1000) return undefined;
    if (parts[2] === undefined) return between([year, 0, 1], [year + 1, 0, 1]);
    if (month === undefined || month < 1 || month > 12) return undefined;
    if (parts[3] === undefined) return between([year, month - 1, 1], [year, month, 1]);
    if (day === undefined || day < 1 || day > new Date(year, month, 0).getDate()) return undefined;
    return between([year, month - 1, day], [year, month - 1, day + 1]);
  }
  if (!/^\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}/.test(text)) return undefined;
  const instant = Date.parse(text.toUpperCase());
  return Number.isNaN(instant) ? undefined : { from: instant, to: instant };
}

function relative(text: string, now: Date): Period | undefined {
  const parts = /^(?:last |past |previous )?(\d{1,4}) ?(h|d|w|mo?|y|hours?|days?|weeks?|months?|years?)(?: ago)?$/.exec(
    text,
  );
  if (parts === null) return undefined;
  const count = Number(parts[1]);
  const unit = parts[2]?.[0];
  const start = new Date(now);
  if (unit === "h") start.setTime(start.getTime() - count * 3_600_000);
  else if (unit === "d") start.setDate(start.getDate() - count);
  else if (unit === "w") start.setDate(start.getDate() - 7 * count);
  else if (unit === "m") backByMonths(start, count);
  else backByMonths(start, 12 * count);
  return { from: start.getTime(), to: start.getTime() };
}

/** The same day of an earlier month, or its last day where the month is shorter. */
function backByMonths(date: Date, count: number): void {
  const day = date.getDate();
  date.setDate(1);
  date.setMonth(date.getMonth() - count);
  date.setDate(Math.min(day, new Date(date.getFullYear(), date.getMonth() + 1, 0).getDate()));
}

function named(text: string, now: Date): Period | undefined {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  const monday = day - ((now.getDay() + 6) % 7);
  if (text === "now") return { from: now.getTime(), to: now.getTime() };
  if (text === "today") return between([year, month, day], [year, month, day + 1]);
  if (text === "yesterday") return between([year, month, day - 1], [year, month, day]);
  const span = /^(this|current|last|past|previous) (week|month|year)$/.exec(text);
  if (span !== null) {
    const back = span[1] === "this" || span[1] === "current" ? 0 : 1;
    if (span[2] === "week") return between([year, month, monday - 7 * back], [year, month, monday - 7 * back + 7]);
    if (span[2] === "month") return between([year, month - back, 1], [year, month - back + 1, 1]);
    return between([year - back, 0, 1], [year - back + 1, 0, 1]);
  }
  return weekday(text, now) ?? monthName(text, now);
}

/** The latest day of that name, today included. */
function weekday(text: string, now: Date): Period | undefined {
  const index = /^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?$/.test(text)
    ? DAYS.indexOf(text.slice(0, 3))
    : -1;
  if (index < 0) return undefined;
  const day = now.getDate() - ((now.getDay() - index + 7) % 7);
  return between([now.getFullYear(), now.getMonth(), day], [now.getFullYear(), now.getMonth(), day + 1]);
}

/** A month of the given year, or the latest of that name. */
function monthName(text: string, now: Date): Period | undefined {
  const parts = /^([a-z]{3,9})(?: (\d{4}))?$/.exec(text);
  const index = parts === null ? -1 : MONTHS.indexOf(parts[1]?.slice(0, 3) ?? "");
  const full = new Intl.DateTimeFormat("en", { month: "long", timeZone: "UTC" });
  if (parts === null || index < 0) return undefined;
  const name = full.format(new Date(Date.UTC(2000, index, 1))).toLowerCase();
  if (!name.startsWith(parts[1] ?? "")) return undefined;
  const past = index <= now.getMonth() ? now.getFullYear() : now.getFullYear() - 1;
  const year = parts[2] === undefined ? past : Number(parts[2]);
  return between([year, index, 1], [year, index + 1, 1]);
}

function between(from: [number, number, number], to: [number, number, number]): Period {
  return { from: new Date(...from).getTime(), to: new Date(...to).getTime() };
}
