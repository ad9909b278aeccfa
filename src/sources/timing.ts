/** When a source is synced, beside or in place of `everyMs`. */
export interface Schedule {
  /** Five fields; excludes `everyMs`. */
  cron?: string;
  /** IANA name; by default this machine's. */
  timezone?: string;
  /** "08:00-20:00": no run begins outside; may cross midnight. */
  window?: string;
}

/** A moment at which a run is due; milliseconds since 1970. */
export interface Due {
  at: number;
  /** Others with such a schedule are due in the same second. */
  shared: boolean;
}

/** Tells when the next run is due. Knows time zones and their changes of the clock. */
export interface Timing {
  /** The next run after one that began at `last`; in the past when it was missed. Undefined: never. */
  due(last: number | undefined, now: number): Due | undefined;
  /** That moment, or the opening of the window after it. */
  within(at: number, now: number): Due;
  /** About how far two runs lie apart. */
  readonly periodMs: number;
  /** A source that was never synced waits for its time; otherwise it is due at once. */
  readonly sinceFirst: boolean;
}

const DAY_MS = 24 * 3_600_000;
/** A minute's step through three days: what has not come by then in a daily window never comes. */
const MOST_OCCURRENCES = 5_000;
const WINDOW = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/;

/** Undefined for a source that is synced only when asked. Throws what croner says of a wrong expression. */
export async function openTiming(settings: { everyMs?: number; schedule?: Schedule }): Promise<Timing | undefined> {
  const { everyMs, schedule = {} } = settings;
  if (schedule.cron !== undefined) return byCron(schedule.cron, schedule.timezone, await openWindow(schedule));
  if (everyMs === undefined) return undefined;
  const window = await openWindow(schedule);
  const due = (last: number | undefined, now: number) => ({
    at: last === undefined ? now : last + everyMs,
    shared: false,
  });
  return {
    periodMs: everyMs,
    sinceFirst: false,
    due: (last, now) => inside(due(last, now), now, window),
    within: (at, now) => inside({ at, shared: false }, now, window),
  };
}

async function byCron(cron: string, timezone: string | undefined, window: Window | undefined): Promise<Timing> {
  const times = await openCron(cron, timezone);
  const next = (after: number): number | undefined => {
    for (let at: number | undefined = after, tries = 0; tries < MOST_OCCURRENCES; tries++) {
      at = times(at);
      if (at === undefined || window === undefined || window.holds(at)) return at;
    }
    return undefined;
  };
  const first = next(Date.now());
  const second = first === undefined ? undefined : next(first);
  return {
    periodMs: first === undefined || second === undefined ? DAY_MS : second - first,
    sinceFirst: true,
    within: (at, now) => inside({ at, shared: false }, now, window),
    due(last, now) {
      const at = next(last ?? now);
      return at === undefined ? undefined : inside({ at, shared: true }, now, window);
    },
  };
}

/** Moves what lies outside the window to its next opening. */
function inside(due: Due, now: number, window: Window | undefined): Due {
  const begins = Math.max(due.at, now);
  if (window === undefined || window.holds(begins)) return due;
  return { at: window.opensAfter(begins), shared: true };
}

interface Window {
  holds(at: number): boolean;
  opensAfter(at: number): number;
}

async function openWindow({ window, timezone }: Schedule): Promise<Window | undefined> {
  const [, fromHour, fromMinute, toHour, toMinute] = WINDOW.exec(window ?? "") ?? [];
  if (fromHour === undefined) return undefined;
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  const opening = await openCron(`${Number(fromMinute)} ${Number(fromHour)} * * *`, timezone);
  const minuteOf = minuteOfDay(timezone);
  return {
    holds(at) {
      const minute = minuteOf(at);
      return from < to ? minute >= from && minute < to : minute >= from || minute < to;
    },
    opensAfter: (at) => opening(at) ?? at + DAY_MS,
  };
}

function minuteOfDay(timezone: string | undefined): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(timezone !== undefined && { timeZone: timezone }),
  });
  return (at) => {
    const [hour, minute] = format.format(at).split(":");
    return Number(hour) * 60 + Number(minute);
  };
}

/**
 * The first moment of an expression after another one. Lists and ranges of hours count as fixed times, or the night when
 * the clock goes back would have each of them twice.
 */
async function openCron(pattern: string, timezone: string | undefined): Promise<(after: number) => number | undefined> {
  const { Cron } = await import("croner");
  const cron = new Cron(pattern, {
    mode: "5-part",
    fixedTimeRule: "no-wildcard",
    paused: true,
    ...(timezone !== undefined && { timezone }),
  });
  let known = { after: Number.NaN, at: Number.NaN };
  return (after) => {
    if (after >= known.after && after < known.at) return known.at;
    const at = cron.nextRun(new Date(after))?.getTime();
    if (at !== undefined) known = { after, at };
    return at;
  };
}
