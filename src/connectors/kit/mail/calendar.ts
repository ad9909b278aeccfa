/** An invitation in a few lines: what, when, where, who asks. Empty where the text is no calendar (RFC 5545). */
export function calendarSummary(ics: string, method: string | undefined): string {
  const unfolded = ics.replace(/\r?\n[ \t]/g, "");
  const begin = unfolded.indexOf("BEGIN:VEVENT");
  if (begin < 0) return "";
  const event = unfolded.slice(begin, begin + 20_000);
  const value = (name: string) =>
    plain(new RegExp(`^${name}(?:;[^:\\n]{0,300})?:([^\\n]{0,1000})`, "m").exec(event)?.[1]);
  const zone = /^DTSTART;[^:\n]{0,200}TZID="?([^":;\n]{1,60})/m.exec(event)?.[1];
  const lines = [
    ["Event", value("SUMMARY")],
    ["Starts", moment(value("DTSTART"), zone)],
    ["Ends", moment(value("DTEND"), zone)],
    ["Repeats", value("RRULE")],
    ["Where", value("LOCATION")],
    ["Organizer", value("ORGANIZER")?.replace(/^mailto:/i, "")],
    ["Notes", value("DESCRIPTION")],
  ].filter((line): line is [string, string] => Boolean(line[1]));
  const title: string = TITLES[method?.toUpperCase() ?? ""] ?? "Calendar entry";
  return lines.length === 0 ? "" : `${title}:\n${lines.map(([label, text]) => `- ${label}: ${text}`).join("\n")}`;
}

const TITLES: Record<string, string> = {
  REQUEST: "Invitation",
  REPLY: "Answer to an invitation",
  CANCEL: "Invitation withdrawn",
};

function plain(text: string | undefined): string | undefined {
  return text
    ?.replace(/\\n/gi, " ")
    .replace(/\\([,;\\])/g, "$1")
    .trim();
}

/** "20260504T140000" as people read it; in UTC where it says so. */
function moment(written: string | undefined, zone: string | undefined): string | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z)?)?$/.exec(written ?? "");
  if (found === null) return written;
  const [, year, month, day, hour, minute, utc] = found;
  const time = hour === undefined ? "" : ` ${hour}:${minute}`;
  return `${year}-${month}-${day}${time}${utc ? " UTC" : zone && hour !== undefined ? ` (${zone})` : ""}`;
}
