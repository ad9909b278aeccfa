const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d:\d\d:\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** In UTC, of our centuries, on a day that every month has: nearly all. */
const USUAL = /^[12]\d\d\d-[01]\d-[012]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?\+00$/;

/**
 * A time as databases write it, `2026-03-01 09:12:44.123456+00`, as ISO 8601 with all its digits. Without an offset it is
 * taken as UTC. Undefined for what no calendar of ours holds: infinity, years before 1 or after 9999, zero dates.
 */
export function isoTime(written: string | null | undefined): string | undefined {
  if (written == null) return undefined;
  if (USUAL.test(written)) return `${written.slice(0, 10)}T${written.slice(11, -3)}Z`;
  const found = WRITTEN.exec(written);
  if (found === null) return undefined;
  const [, year, month, day, clock = "00:00:00", fraction = "", offset = "Z"] = found;
  const iso = `${year}-${month}-${day}T${clock}${fraction}${isoOffset(offset)}`;
  return year === "0000" || Number.isNaN(Date.parse(iso)) ? undefined : iso;
}

function isoOffset(offset: string): string {
  if (offset === "Z" || /^[+-]00(?::?00)?$/.test(offset)) return "Z";
  const digits = offset.slice(1).replace(":", "");
  return `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2) || "00"}`;
}
