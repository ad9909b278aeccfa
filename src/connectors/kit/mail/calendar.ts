import { repeats } from "./repeats.ts";

/** More people than this are counted. */
const MOST_PEOPLE = 20;

/** An invitation in a few lines: what, when, where, who asks whom. Empty where the text is no calendar (RFC 5545). */
export function calendarSummary(ics: string, method: string | undefined): string {
  const unfolded = ics.replace(/\r?\n[ \t]/g, "");
  const begin = unfolded.indexOf("BEGIN:VEVENT");
  if (begin < 0) return "";
  const event = unfolded.slice(begin, begin + 20_000).split(/^(?:BEGIN:VALARM|END:VEVENT)/m, 1)[0] as string;
  const value = (name: string) =>
    plain(new RegExp(`^${name}(?:;[^:\\n]{0,300})?:([^\\n]{0,1000})`, "m").exec(event)?.[1]);
  const zone = /^DTSTART;[^:\n]{0,200}TZID="?([^":;\n]{1,60})/m.exec(event)?.[1];
  const lines = [
    ["Event", value("SUMMARY")],
    ["Starts", moment(value("DTSTART"), zone)],
    ["Ends", moment(value("DTEND"), zone)],
    ["Repeats", repeats(value("RRULE"))],
    ["Where", value("LOCATION")],
    ["Organizer", people(event, "ORGANIZER")],
    ["Invited", people(event, "ATTENDEE")],
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

const ANSWERS: Record<string, string> = { ACCEPTED: " (accepted)", DECLINED: " (declined)", TENTATIVE: " (maybe)" };

/** Names with what they answered; addresses where there is no name. Rooms and machines are no people. */
function people(event: string, property: "ORGANIZER" | "ATTENDEE"): string | undefined {
  const found = event.match(new RegExp(`^${property}[;:][^\\n]{1,1000}`, "gm")) ?? [];
  const called = found.flatMap((line) => {
    if (/;CUTYPE=(?:ROOM|RESOURCE)/i.test(line)) return [];
    const address = /:mailto:([^\s;,]{1,254})$/i.exec(line.trim())?.[1] ?? "";
    const name = /;CN=(?:"([^"]{1,120})"|([^";:]{1,120}))/i.exec(line);
    const shown = (name?.[1] ?? name?.[2] ?? address).trim();
    const answer = ANSWERS[/;PARTSTAT=([A-Z-]{1,20})/i.exec(line)?.[1]?.toUpperCase() ?? ""] ?? "";
    const whole = property === "ORGANIZER" && address !== "" && shown !== address ? `${shown} <${address}>` : shown;
    return shown === "" ? [] : [`${whole}${property === "ATTENDEE" ? answer : ""}`];
  });
  if (called.length === 0) return undefined;
  const more = called.length > MOST_PEOPLE ? ` and ${called.length - MOST_PEOPLE} more` : "";
  return `${called.slice(0, MOST_PEOPLE).join(", ")}${more}`;
}

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
