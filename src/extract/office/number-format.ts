/** How a number is shown: a date, a time, a share, or as it is. */
export type NumberLook = "number" | "date" | "time" | "datetime" | "percent";

/** The look of a built-in number format (ECMA-376 part 1, 18.8.30) or of a format code. */
export function numberLook(id: number, code: string | undefined): NumberLook {
  if (code !== undefined) return lookOfCode(code);
  if (id === 9 || id === 10) return "percent";
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)) return "date";
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)) return "time";
  return id === 22 ? "datetime" : "number";
}

function lookOfCode(code: string): NumberLook {
  // Quoted text, escaped letters, colours and conditions say nothing about the number; [h] counts hours.
  const bare = code
    .slice(0, 255)
    .split(";", 1)[0]!
    .replace(/"[^"]*"|\\.|_.|\*./g, "")
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, "");
  const date = /[yd]/i.test(bare) || (/m/i.test(bare) && !/[hs]/i.test(bare));
  const time = /[hs]/i.test(bare);
  if (/general|[0#?]/i.test(bare) && !/[ydh]/i.test(bare.replace(/general/gi, ""))) {
    return bare.includes("%") ? "percent" : "number";
  }
  if (date && time) return "datetime";
  if (date) return "date";
  if (time) return "time";
  return bare.includes("%") ? "percent" : "number";
}

const DAY_MS = 86_400_000;

/** A stored cell number as text: dates in ISO 8601, shares with `%`, all else without rounding noise. */
export function showNumber(stored: string, look: NumberLook, from1904: boolean): string {
  const value = Number(stored);
  if (!Number.isFinite(value)) return stored;
  if (look === "number") return String(Number.parseFloat(value.toPrecision(15)));
  if (look === "percent") return `${Number.parseFloat((value * 100).toPrecision(12))}%`;
  const days = from1904 ? value + 1462 : value;
  if (days < 0 || days > 2_958_466) return stored;
  const wholeDays = Math.floor(days);
  if (look === "time" || wholeDays === 0) return timeOf(days, value);
  // Serial 60 is 29 February 1900, which never was; before it the count is one day off.
  const epoch = Date.UTC(1899, 11, wholeDays < 60 ? 31 : 30);
  const iso = new Date(epoch + Math.round((days * DAY_MS) / 1000) * 1000).toISOString();
  const midnight = iso.slice(11, 19) === "00:00:00";
  return look === "date" || midnight ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

/** Hours may exceed a day: working hours are summed that way. */
function timeOf(days: number, value: number): string {
  const seconds = Math.round((value < 1 ? days % 1 : days) * 86_400);
  const two = (part: number) => String(part).padStart(2, "0");
  const base = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`;
  return seconds % 60 === 0 ? base : `${base}:${two(seconds % 60)}`;
}
