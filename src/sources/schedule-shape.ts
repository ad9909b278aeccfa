import { z } from "zod";
import type { KeyPath } from "./mistakes.ts";
import { keyText } from "./mistakes.ts";
import { didYouMean } from "./nearest.ts";
import { plainLine } from "./plain-text.ts";
import { openTiming, type Schedule } from "./timing.ts";
import type { FoundMistake } from "./zod-mistakes.ts";

const SPAN = /^([01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

const shape = z.strictObject({
  cron: z
    .string()
    .min(1)
    .meta({
      description: "When it is synced, in place of every: minute, hour, day, month and weekday as in cron, or @daily.",
      expected: 'five fields such as "0 6 * * 1-5"',
      examples: ["0 6 * * 1-5"],
    })
    .optional(),
  timezone: z
    .string()
    .min(1)
    .meta({
      description: "Time zone of cron and window; by default this machine's.",
      expected: "a time zone such as Europe/Berlin",
      examples: ["Europe/Berlin"],
    })
    .optional(),
  window: z
    .string()
    .regex(SPAN)
    .refine((span) => span.slice(0, 5) !== span.slice(6))
    .meta({
      description: "No sync begins by itself outside this part of the day; it may cross midnight. Also limits every.",
      expected: 'a part of the day such as "08:00-20:00" or "22:00-06:00"',
      examples: ["08:00-20:00"],
    })
    .optional(),
});

/** `schedule:` as written in the file, for all sources or for one. */
export const scheduleShape = (description: string) =>
  shape.meta({ description, expected: 'a map such as { cron: "0 6 * * *" } or { window: "08:00-20:00" }' });

/** What the shape cannot tell: both ways at once, an unknown time zone, an expression that is none or never comes. */
export async function scheduleMistakes(
  written: { every?: unknown; schedule?: Schedule },
  inForce: Schedule,
  at: KeyPath,
): Promise<FoundMistake[]> {
  const { schedule } = written;
  if (schedule === undefined) return [];
  const path = (key: string) => [...at, "schedule", key];
  const mistakes: FoundMistake[] = [];
  if (written.every !== undefined && schedule.cron !== undefined) {
    const message = `${keyText(path("cron"))} and ${keyText([...at, "every"])} exclude each other: keep one of them.`;
    mistakes.push({ path: path("cron"), message });
  }
  if (schedule.timezone !== undefined && !isTimezone(schedule.timezone)) {
    const near = didYouMean(schedule.timezone, Intl.supportedValuesOf("timeZone"));
    const got = JSON.stringify(plainLine(schedule.timezone));
    const message = `${keyText(path("timezone"))} must be a time zone such as Europe/Berlin, got ${got}.${near}`;
    return [...mistakes, { path: path("timezone"), message }];
  }
  if (inForce.cron === undefined) return mistakes;
  const wrong = await wrongCron({ ...inForce, cron: inForce.cron });
  if (wrong === undefined) return mistakes;
  const key = path(schedule.cron === undefined ? "window" : "cron");
  return [...mistakes, { path: key, message: `${keyText(key)} ${wrong}` }];
}

async function wrongCron(schedule: Schedule & { cron: string }): Promise<string | undefined> {
  const shown = JSON.stringify(plainLine(schedule.cron));
  try {
    const timing = await openTiming({ schedule: { ...schedule, timezone: knownTimezone(schedule.timezone) } });
    if (timing?.due(undefined, Date.now()) !== undefined) return undefined;
  } catch (error) {
    const field = /Invalid value for (\w+): (.+)$/.exec(error instanceof Error ? error.message : "");
    const why = field ? ` Its ${field[1]} cannot be ${plainLine(field[2] ?? "")}.` : "";
    return `must be five fields such as "0 6 * * 1-5" (minute, hour, day, month, weekday), got ${shown}.${why}`;
  }
  const where = schedule.window === undefined ? "" : ` inside the window ${schedule.window}`;
  return `never has a sync: no moment of ${shown} comes${where}.`;
}

function knownTimezone(name: string | undefined): string | undefined {
  return name !== undefined && isTimezone(name) ? name : undefined;
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
