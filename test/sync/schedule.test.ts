import pLimit from "p-limit";
import { afterEach, describe, expect, it } from "vitest";
import type { SourceEntry, SourceSettings } from "../../src/sources/source.ts";
import type { Store } from "../../src/store/store.ts";
import { nextSync } from "../../src/sync/schedule.ts";
import { SimulatedPlace } from "./simulated-time.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A year over both changes of the clock, in either hemisphere. */
const NEW_YEAR = "2026-01-01T00:00:00Z";
const YEAR = 365 * DAY;

let place: SimulatedPlace;
afterEach(() => place.stop());

async function simulate(settings: Partial<SourceSettings>, length: number, from = NEW_YEAR): Promise<SimulatedPlace> {
  place = new SimulatedPlace(from);
  place.follow("mill", settings);
  await place.host.until(length);
  return place;
}

/** Local day and time of each start. */
function local(timezone: string): { day: string; time: string }[] {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "short" });
  return place.starts.map(({ clock }) => {
    const [day = "", time = ""] = format.format(clock).split(" ");
    return { day, time };
  });
}

function perDay(timezone: string): Map<string, string[]> {
  const days = new Map<string, string[]>();
  for (const { day, time } of local(timezone)) days.set(day, [...(days.get(day) ?? []), time]);
  return days;
}

const gaps = () => place.starts.slice(1).map(({ timer }, at) => timer - (place.starts[at]?.timer ?? 0));

describe("a year of a schedule", () => {
  it("by the night, in Berlin: once each day, also when the hour is missing or comes twice", async () => {
    await simulate({ schedule: { cron: "30 2 * * *", timezone: "Europe/Berlin" } }, YEAR);
    const days = perDay("Europe/Berlin");
    expect(days.size).toBe(365);
    expect([...days.values()].every((times) => times.length === 1)).toBe(true);
    expect(days.get("2026-03-28")).toEqual(["02:30"]);
    expect(days.get("2026-03-29")).toEqual(["03:00"]);
    expect(days.get("2026-10-25")).toEqual(["02:30"]);
    expect(Math.max(...gaps())).toBeLessThanOrEqual(25 * HOUR + MINUTE);
    expect(Math.min(...gaps())).toBeGreaterThanOrEqual(22 * HOUR);
  }, 60_000);

  it("at two hours of the day: twice each day", async () => {
    await simulate({ schedule: { cron: "30 2,14 * * *", timezone: "Europe/Berlin" } }, YEAR);
    const days = perDay("Europe/Berlin");
    expect([...days.values()].filter((times) => times.length !== 2)).toEqual([]);
    expect(days.size).toBe(365);
  }, 60_000);

  it("every half hour, where the clock changes by half an hour: none missed, none twice", async () => {
    await simulate({ schedule: { cron: "*/30 * * * *", timezone: "Australia/Lord_Howe" } }, YEAR);
    expect(new Set(gaps())).toEqual(new Set([30 * MINUTE]));
    expect(place.starts).toHaveLength(YEAR / (30 * MINUTE));
  }, 60_000);

  it("every half hour of the night: never by day, and no night is missed", async () => {
    const night = { window: "22:00-06:00", timezone: "America/New_York" };
    await simulate({ everyMs: 30 * MINUTE, schedule: night }, YEAR);
    const times = local("America/New_York").map(({ time }) => time);
    expect(times.filter((time) => time >= "06:00" && time < "22:00")).toEqual([]);
    expect(Math.max(...gaps())).toBeLessThanOrEqual(16 * HOUR + 31 * MINUTE);
    expect(gaps().filter((gap) => gap < 30 * MINUTE)).toEqual([]);
    expect(place.starts.length).toBeGreaterThan(365 * 15);
  }, 60_000);
});

describe("what a schedule does", () => {
  it("a source that was never synced begins at once, or at its time where it has one", async () => {
    await simulate({ everyMs: HOUR }, 10 * MINUTE);
    expect(place.starts.map(({ timer }) => timer)).toEqual([0]);
    place.stop();
    await simulate({ schedule: { cron: "0 3 * * *", timezone: "UTC" } }, 4 * HOUR);
    expect(place.starts.map(({ timer }) => timer)).toEqual([3 * HOUR]);
  });

  it("what was missed while nothing ran is caught up once", async () => {
    place = new SimulatedPlace(NEW_YEAR);
    const before = { source: "mill", runId: "before", startedAt: "2025-12-20T03:00:00Z", state: "succeeded" };
    place.runs.push(before as (typeof place.runs)[number]);
    place.follow("mill", { schedule: { cron: "0 3 * * *", timezone: "UTC" } });
    await place.host.until(2 * HOUR);
    expect(place.starts.map(({ timer }) => timer)).toEqual([0]);
    await place.host.until(4 * HOUR);
    expect(place.starts.map(({ timer }) => timer)).toEqual([0, 3 * HOUR]);
  });

  it("what was missed outside its window waits for the window", async () => {
    place = new SimulatedPlace("2026-01-01T21:00:00Z");
    const before = { source: "mill", runId: "before", startedAt: "2026-01-01T10:00:00Z", state: "succeeded" };
    place.runs.push(before as (typeof place.runs)[number]);
    place.follow("mill", { everyMs: HOUR, schedule: { window: "08:00-20:00", timezone: "UTC" } });
    await place.host.until(11 * HOUR + MINUTE);
    expect(place.starts.map(({ timer }) => timer)).toEqual([11 * HOUR]);
  });

  it("the rest of a run that was cut short does not wait for the next night, but for its window", async () => {
    const cutShort = { source: "mill", runId: "cut", state: "failed", unfinished: true };
    for (const [window, minute] of [
      ["00:00-24:00", 1],
      ["01:30-06:00", 90],
    ] as const) {
      place = new SimulatedPlace(NEW_YEAR);
      place.runs.push({ ...cutShort, startedAt: NEW_YEAR } as (typeof place.runs)[number]);
      place.follow("mill", { schedule: { cron: "0 3 * * *", timezone: "UTC", window } });
      await place.host.until(4 * HOUR);
      expect(place.starts.map(({ timer }) => timer)).toEqual([minute * MINUTE, 3 * HOUR]);
      place.stop();
    }
  });

  it("a run that ends its process each time is gone on with once a minute", async () => {
    place = new SimulatedPlace(NEW_YEAR);
    place.runMs = 5_000;
    place.cutShort = true;
    place.follow("mill", { everyMs: HOUR });
    await place.host.until(30 * MINUTE);
    expect(place.starts).toHaveLength(31);
  });

  it("a machine that slept through eight runs makes one", async () => {
    place = new SimulatedPlace(NEW_YEAR);
    place.follow("mill", { everyMs: HOUR });
    place.host.after(90 * MINUTE, () => {
      place.host.epoch += 8 * HOUR; // timers stand still in sleep, the clock does not
    });
    await place.host.until(3 * HOUR);
    const minutes = place.starts.map(({ timer }) => Math.round(timer / MINUTE));
    expect(minutes).toEqual([0, 60, 90, 150]);
  });

  it.each([
    ["a day ahead", [[100, 1]]],
    ["a day back", [[100, -1]]],
    [
      "ahead and back again",
      [
        [100, 1],
        [105, -1],
      ],
    ],
    [
      "back and ahead again",
      [
        [100, -1],
        [105, 1],
      ],
    ],
    ["back and forth, ten times", Array.from({ length: 20 }, (_, at) => [50 + at * 7, at % 2 === 0 ? 1 : -1])],
  ] as [string, [number, number][]][])("a clock that is set %s makes no burst and no pause", async (_name, leaps) => {
    for (const settings of [{ everyMs: HOUR }, { schedule: { cron: "0 * * * *", timezone: "UTC" } }]) {
      place = new SimulatedPlace("2026-01-01T00:20:00Z");
      place.follow("mill", settings);
      for (const [hours, days] of leaps)
        place.host.after(hours * HOUR, () => {
          place.host.epoch += days * DAY;
        });
      await place.host.until(10 * DAY);
      expect(place.starts.length).toBeLessThanOrEqual(241 + leaps.length);
      expect(place.starts.length).toBeGreaterThanOrEqual(240 - leaps.length);
      expect(Math.max(...gaps())).toBeLessThanOrEqual(2 * HOUR);
      place.stop();
    }
  });

  it("a clock that is set back a little while a run begins does not have it twice", async () => {
    place = new SimulatedPlace("2026-01-01T00:20:00Z");
    place.follow("mill", { schedule: { cron: "0 * * * *", timezone: "UTC" } });
    place.host.after(40 * MINUTE + 1000, () => {
      place.host.epoch -= 5_000;
    });
    await place.host.until(95 * MINUTE);
    expect(place.starts).toHaveLength(1);
  });

  it("a run that takes longer than its period is followed by one, never met by another", async () => {
    place = new SimulatedPlace("2026-01-01T00:00:00Z");
    place.runMs = 50 * MINUTE;
    place.follow("mill", { schedule: { cron: "*/30 * * * *", timezone: "UTC" } });
    await place.host.until(5 * HOUR);
    expect(place.under.most).toBe(1);
    const minutes = place.starts.map(({ timer }) => Math.round(timer / MINUTE));
    expect(minutes).toEqual([30, 80, 130, 180, 230, 280]);
  });

  it("a run that somebody began before is followed by the due one, once", async () => {
    place = new SimulatedPlace("2026-01-01T00:00:00Z");
    place.runMs = 20 * MINUTE;
    place.follow("mill", { schedule: { cron: "0 * * * *", timezone: "UTC" } });
    place.host.after(50 * MINUTE, () => void place.start("mill"));
    await place.host.until(119 * MINUTE);
    expect(place.starts.map(({ timer }) => Math.round(timer / MINUTE))).toEqual([70]);
  });

  it("a run that somebody else made counts", async () => {
    place = new SimulatedPlace("2026-01-01T00:00:00Z");
    place.follow("mill", { everyMs: HOUR });
    for (const minutes of [50, 100, 150]) place.host.after(minutes * MINUTE, () => void place.start("mill"));
    await place.host.until(3 * HOUR);
    expect(place.starts.map(({ timer }) => timer)).toEqual([0]);
  });

  it("a pause that the service asked for is kept, and the run comes after it", async () => {
    place = new SimulatedPlace("2026-01-01T00:00:00Z");
    place.follow("mill", { everyMs: HOUR });
    place.pauses.push({ source: "mill", until: "2026-01-01T05:30:00.000Z", reason: "Later." });
    await place.host.until(6 * HOUR);
    expect(place.starts.map(({ timer }) => timer)).toEqual([5.5 * HOUR]);
  });

  it("runs that leave no trace, and a store that cannot be read, make no burst", async () => {
    place = new SimulatedPlace("2026-01-01T00:00:00Z");
    place.remembered = false;
    place.runMs = 1;
    place.follow("mill", { everyMs: HOUR });
    place.host.after(6.5 * HOUR, () => {
      place.broken = true;
    });
    await place.host.until(12.5 * HOUR);
    expect(place.starts).toHaveLength(7);
    place.broken = false;
    await place.host.until(12.6 * HOUR);
    expect(place.starts).toHaveLength(8);
  });

  it("twenty sources do not begin in the same second, nor more at once than allowed", async () => {
    for (const settings of [
      { everyMs: 30 * MINUTE },
      { schedule: { cron: "0 * * * *", timezone: "UTC" } },
      { everyMs: 30 * MINUTE, schedule: { window: "02:00-20:00", timezone: "UTC" } },
    ]) {
      place = new SimulatedPlace("2026-01-01T00:30:00Z");
      place.turn = pLimit(4);
      for (let at = 0; at < 20; at++) place.follow(`source-${at}`, settings, at * 2000);
      await place.host.until(DAY);
      const seconds = place.starts.map(({ timer }) => Math.floor(timer / 1000));
      expect(place.starts.length).toBeGreaterThan(20 * 18);
      expect(place.under.most).toBe(4);
      const firsts = new Map(place.starts.toReversed().map(({ source, timer }) => [source, Math.floor(timer / 1000)]));
      expect(firsts.size).toBe(20);
      expect(new Set(firsts.values()).size).toBeGreaterThanOrEqual(18);
      expect(new Set(seconds).size).toBeGreaterThan(seconds.length / 2);
      place.stop();
    }
  }, 60_000);

  it("tells when the next sync comes", async () => {
    place = new SimulatedPlace(NEW_YEAR);
    const at = new Date("2026-01-05T12:00:00.000Z");
    const run = { runId: "r", source: "mill", startedAt: "2026-01-05T11:50:00.000Z" };
    const store = { runs: async () => [run], pauses: async () => place.pauses } as unknown as Store;
    const next = (settings: object) =>
      nextSync(store, { id: "mill", settings: { enabled: true, ...settings } } as SourceEntry, at);
    expect(await next({ everyMs: HOUR })).toBe("2026-01-05T12:50:00.000Z");
    expect(await next({ everyMs: 5 * MINUTE })).toBe("2026-01-05T12:00:00.000Z");
    expect(await next({ schedule: { cron: "0 6 * * 1", timezone: "Europe/Berlin" } })).toBe("2026-01-12T05:00:00.000Z");
    const day = { window: "08:00-09:00", timezone: "UTC" };
    expect(await next({ everyMs: HOUR, schedule: day })).toBe("2026-01-06T08:00:00.000Z");
    expect(await next({})).toBeUndefined();
    expect(await next({ everyMs: HOUR, enabled: false })).toBeUndefined();
    place.pauses.push({ source: "mill", until: "2026-01-05T14:00:00.000Z", reason: "Later." });
    expect(await next({ everyMs: HOUR })).toBe("2026-01-05T14:00:00.000Z");
  });
});
