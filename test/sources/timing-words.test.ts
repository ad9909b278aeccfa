import { describe, expect, it } from "vitest";
import { timingWords } from "../../src/sources/timing-words.ts";

const MINUTE = 60_000;
const BERLIN = "Europe/Berlin";

describe("the times of a source in words", () => {
  it.each([
    [{}, "only when asked"],
    [{ schedule: { window: "08:00-20:00" } }, "only when asked"],
    [{ everyMs: 1500 }, "every 1.5 s"],
    [{ everyMs: 90_000 }, "every 90 s"],
    [{ everyMs: 30 * MINUTE }, "every 30 min"],
    [{ everyMs: 60 * MINUTE }, "every hour"],
    [{ everyMs: 36 * 60 * MINUTE }, "every 36 h"],
    [{ everyMs: 24 * 60 * MINUTE }, "every day"],
    [{ everyMs: 14 * 24 * 60 * MINUTE }, "every 14 days"],
    [{ everyMs: 30 * MINUTE, schedule: { timezone: BERLIN } }, "every 30 min"],
    [
      { everyMs: 30 * MINUTE, schedule: { window: "22:00-06:00", timezone: BERLIN } },
      "every 30 min, only 22:00-06:00 Europe/Berlin",
    ],
    [{ schedule: { cron: "0 2 * * *", timezone: BERLIN } }, "every night at 02:00 Europe/Berlin"],
    [{ schedule: { cron: "30 7,19 * * *" } }, "every day at 07:30 and 19:30"],
    [{ schedule: { cron: "0 6 * * 1-5" } }, "on weekdays at 06:00"],
    [{ schedule: { cron: "15 9 * * mon,THU" } }, "on Mondays and Thursdays at 09:15"],
    [{ schedule: { cron: "15 9 * * 7" } }, "on Sundays at 09:15"],
    [{ schedule: { cron: "0 4 1 * *" } }, "on day 1 of each month at 04:00"],
    [{ schedule: { cron: "* * * * *" } }, "every minute"],
    [{ schedule: { cron: "*/15 * * * *" } }, "every 15 min"],
    [{ schedule: { cron: "20 * * * *" } }, "every hour, 20 min past"],
    [{ schedule: { cron: "0 */4 * * *", window: "08:00-20:00" } }, "every 4 h, only 08:00-20:00"],
    [{ schedule: { cron: "@daily" } }, "every night at 00:00"],
    [{ schedule: { cron: "@yearly" } }, "at cron @yearly"],
    [{ schedule: { cron: "0 3 1 1 *" } }, "at cron 0 3 1 1 *"],
    [{ schedule: { cron: "0 6 1 * 1" } }, "at cron 0 6 1 * 1"],
    [{ schedule: { cron: "0 6-18 * * 1-5", timezone: BERLIN } }, "at cron 0 6-18 * * 1-5 Europe/Berlin"],
  ])("%j: %s", (settings, words) => {
    expect(timingWords(settings)).toBe(words);
  });
});
