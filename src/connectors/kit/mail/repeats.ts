const UNITS: Record<string, string> = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" };
const DAYS: Record<string, string> = {
  MO: "Monday",
  TU: "Tuesday",
  WE: "Wednesday",
  TH: "Thursday",
  FR: "Friday",
  SA: "Saturday",
  SU: "Sunday",
};
const KNOWN = new Set(["FREQ", "INTERVAL", "UNTIL", "COUNT", "BYDAY", "WKST"]);

/** "every 2 weeks on Tuesday until 2026-12-15". A rule that says more (RFC 5545 §3.3.10) is told in its own words. */
export function repeats(rule: string | undefined): string | undefined {
  if (rule === undefined) return undefined;
  const parts = new Map(rule.split(";").map((part) => part.split("=", 2) as [string, string]));
  const unit = UNITS[parts.get("FREQ") ?? ""];
  const days = (parts.get("BYDAY")?.split(",") ?? []).map((day) => DAYS[day]);
  if (unit === undefined || days.includes(undefined) || [...parts.keys()].some((name) => !KNOWN.has(name))) return rule;
  const interval = Number(parts.get("INTERVAL") ?? 1);
  const until = /^(\d{4})(\d\d)(\d\d)/.exec(parts.get("UNTIL") ?? "");
  return [
    interval === 1 ? `every ${unit}` : `every ${interval} ${unit}s`,
    days.length > 0 ? `on ${days.join(", ")}` : "",
    until === null ? "" : `until ${until.slice(1).join("-")}`,
    parts.has("COUNT") ? `${parts.get("COUNT")} times` : "",
  ]
    .filter((word) => word !== "")
    .join(" ");
}
