import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Lane } from "../../../../src/connectors/kit/http/limiter.ts";
import { retryAfterMs } from "../../../../src/connectors/kit/http/told.ts";
import type { HttpService } from "../../../../src/connectors/kit/index.ts";
import { asking, eventually, fastClock, type Handle, sendJson, serve, serviceAt } from "./loopback.ts";

const Anything = z.unknown();
const MINUTE = 60_000;

/** GitHub's headers, as its connector reads them. */
const allowance: HttpService["allowance"] = ({ headers }) => {
  const reset = headers.get("x-ratelimit-reset");
  const remaining = headers.get("x-ratelimit-remaining");
  if (reset === null) return undefined;
  const bucket = headers.get("x-ratelimit-resource") ?? undefined;
  return {
    remaining: remaining === null ? undefined : Number(remaining),
    resetAt: new Date(Number(reset) * 1000),
    bucket,
  };
};

async function answering(handle: Handle, more: Partial<HttpService> = {}, speed = 1000) {
  const clock = fastClock(speed);
  const server = await serve(handle, clock);
  const service = serviceAt(server.url, { allowance, ...more });
  return { server, service, ...asking(service, { clock }) };
}

/** Refuses the first request and lets later ones pass. */
function refusingOnce(status: number, headers: (now: Date) => Record<string, string>): Handle {
  let refused = false;
  return (seen, response) => {
    if (refused) return sendJson(response, { fine: true });
    refused = true;
    sendJson(response, {}, status, headers(new Date(seen.at)));
  };
}

describe("waiting for a service", () => {
  it("is never shorter than told: in seconds, as a date, as a time since 1970, by the service's own headers", async () => {
    const inSeconds = (now: Date, seconds: number) => Math.ceil(now.getTime() / 1000) + seconds;
    const told: [number, (now: Date) => Record<string, string>][] = [
      [429, () => ({ "retry-after": "20" })],
      [503, () => ({ "retry-after": "20" })],
      [403, () => ({ "retry-after": "20" })],
      [429, (now) => ({ "retry-after": new Date(now.getTime() + 21_000).toUTCString() })],
      [429, (now) => ({ "retry-after": String(inSeconds(now, 20)) })],
      [429, (now) => ({ "retry-after": String(inSeconds(now, 20) * 1000) })],
      [403, (now) => ({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(inSeconds(now, 20)) })],
      [429, (now) => ({ "x-ratelimit-reset": String(inSeconds(now, 20)) })],
    ];
    for (const [status, headers] of told) {
      const { http, server, clock } = await answering(refusingOnce(status, headers));
      await http.json({ url: "/" }, Anything);
      const gap = server.seen[1]!.at - server.seen[0]!.at;
      expect(gap).toBeGreaterThanOrEqual(20_000 - 50);
      // Nor much longer: to the next second of a clock that shows seconds.
      for (const ms of clock.slept) expect(ms).toBeLessThanOrEqual(22_000);
    }
  });

  it("does not take the end of one limit for the end of another that refused", async () => {
    const { http, server } = await answering(
      refusingOnce(429, (now) => ({
        "x-ratelimit-remaining": "4711",
        "x-ratelimit-reset": String(Math.ceil(now.getTime() / 1000) + 3000),
      })),
    );
    await http.json({ url: "/" }, Anything);
    expect(server.seen.length).toBe(2);
  });

  it("prefers Retry-After to the service's own headers", async () => {
    const { http, server } = await answering(
      refusingOnce(429, () => ({
        "retry-after": "5",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "99999999999",
      })),
    );
    await http.json({ url: "/" }, Anything);
    expect(server.seen.length).toBe(2);
  });

  it("reads absurd values as what they were meant to be, or not at all", () => {
    const now = new Date("2026-11-21T10:00:00Z");
    expect(retryAfterMs("1792152901", new Date(1792152841_000))).toBe(60_000);
    expect(retryAfterMs("1792152901000", new Date(1792152841_000))).toBe(60_000);
    expect(retryAfterMs(" 120 ", now)).toBe(120_000);
    expect(retryAfterMs("1.5", now)).toBe(1500);
    expect(retryAfterMs("Sat, 21 Nov 2026 10:01:00 GMT", now)).toBe(60_000);
    for (const nonsense of ["", "0", "-5", "soon", "NaN", "1e9", "Sat, 21 Nov 2020 10:01:00 GMT", "10 20", null])
      expect([nonsense, retryAfterMs(nonsense, now)]).toEqual([nonsense, undefined]);
  });

  it("of more than five minutes is not slept: the error says when to come back, and so does the next request at once", async () => {
    const { http, server, clock } = await answering((_seen, response) =>
      sendJson(response, {}, server.seen.length === 1 ? 429 : 200, { "retry-after": "3600" }),
    );
    const error = await http.json({ url: "/a" }, Anything).catch((thrown) => thrown);
    expect(error).toMatchObject({ kind: "rate_limited", status: 429, retryAfterMs: 3_600_000 });
    const next = await http.json({ url: "/b" }, Anything).catch((thrown) => thrown);
    expect(next).toMatchObject({ kind: "rate_limited" });
    expect(next.message).toMatch(/lets work-github ask again at \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    expect(next.retryAfterMs).toBeGreaterThan(3_000_000);
    expect(server.seen.length).toBe(1);
    expect(clock.slept).toEqual([]);
    const outage = await answering((_seen, response) => sendJson(response, {}, 503, { "retry-after": "900" }));
    await expect(outage.http.json({ url: "/" }, Anything)).rejects.toMatchObject({
      kind: "rate_limited",
      status: 503,
      retryAfterMs: 900_000,
    });
  });

  it("of years is cut to a day", async () => {
    const { http } = await answering((_seen, response) => sendJson(response, {}, 429, { "retry-after": "90000000" }));
    await expect(http.json({ url: "/" }, Anything)).rejects.toMatchObject({ retryAfterMs: 24 * 60 * MINUTE });
  });

  it("goes by the service's clock, so that ours may be a day off", async () => {
    const day = 24 * 60 * MINUTE;
    for (const skew of [-day, day]) {
      const ours = fastClock(1000);
      const theirs = { now: () => new Date(ours.now().getTime() + skew) };
      const server = await serve((_seen, response) => {
        if (server.seen.length > 1) return sendJson(response, {});
        const reset = Math.ceil(theirs.now().getTime() / 1000) + 30;
        sendJson(response, {}, 403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) });
      }, theirs);
      await asking(serviceAt(server.url, { allowance }), { clock: ours }).http.json({ url: "/" }, Anything);
      const gap = server.seen[1]!.at - server.seen[0]!.at;
      expect(gap).toBeGreaterThanOrEqual(30_000 - 50);
      for (const ms of ours.slept) expect(ms).toBeLessThanOrEqual(32_000);
    }
  });

  it("begins before the refusal, when an answer says that nothing is left", async () => {
    const { http, server } = await answering((_seen, response) => {
      const reset = String(Math.ceil(server.seen.at(-1)!.at / 1000) + 40);
      sendJson(response, {}, 200, {
        "x-ratelimit-remaining": server.seen.length === 1 ? "0" : "99",
        "x-ratelimit-reset": reset,
      });
    });
    await http.json({ url: "/" }, Anything);
    await http.json({ url: "/" }, Anything);
    expect(server.seen[1]!.at - server.seen[0]!.at).toBeGreaterThanOrEqual(40_000 - 50);
  });

  it("doubles with each try where nobody says how long, within bounds, and never at one moment for all", async () => {
    const { http, clock } = await answering((_seen, response) => sendJson(response, {}, 500));
    const waits: number[][] = [[], [], [], []];
    for (let time = 0; time < 20; time++) {
      clock.slept.length = 0;
      await http.json({ url: "/" }, Anything).catch(() => {});
      const longEnough = clock.slept.filter((ms) => ms > 0);
      for (const [nth, ms] of longEnough.slice(0, 4).entries()) waits[nth]?.push(ms);
    }
    for (const [nth, ms] of waits.entries()) expect(Math.max(...ms)).toBeLessThanOrEqual(1000 * 2 ** nth);
    expect(Math.max(...waits[3]!)).toBeGreaterThan(2000);
    expect(new Set(waits[3]).size).toBeGreaterThan(10);
  });

  it("rests the whole bucket, also for another source with the same credential, and no other bucket", async () => {
    const buckets = { default: { concurrency: 4 }, search: { concurrency: 4 } };
    const { http, server, service, clock, lines } = await answering(
      (seen, response) => {
        if (seen.path === "/first")
          sendJson(response, {}, server.seen.length === 1 ? 429 : 200, { "retry-after": "240" });
        else sendJson(response, {});
      },
      { buckets },
      300,
    );
    const other = asking(service, { clock, source: "home-github" });
    const stranger = asking(
      {
        ...service,
        auth: [{ ...service.auth[0]!, credential: async () => ({ headers: { authorization: "Bearer other" } }) }],
      },
      { clock },
    );
    const first = http.json({ url: "/first" }, Anything);
    await eventually(() => lines.some((line) => line.event === "bucket.rested")).toBe(true);
    await Promise.all([
      first,
      other.http.json({ url: "/same-credential" }, Anything),
      http.json({ url: "/other-bucket", bucket: "search" }, Anything),
      stranger.http.json({ url: "/other-credential" }, Anything),
    ]);
    const order = server.seen.map((seen) => seen.path);
    expect(order.slice(0, 3).sort()).toEqual(["/first", "/other-bucket", "/other-credential"]);
    expect(order.slice(3).sort()).toEqual(["/first", "/same-credential"]);
    for (const late of server.seen.slice(3)) expect(late.at - server.seen[0]!.at).toBeGreaterThanOrEqual(240_000 - 50);
  });

  it("rests the bucket that the service names", async () => {
    const buckets = { default: { concurrency: 4 }, search: { concurrency: 4 } };
    const { http, server, clock } = await answering(
      (_seen, response) => {
        const reset = String(Math.ceil(server.seen.at(-1)!.at / 1000) + 60);
        const spent = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset, "x-ratelimit-resource": "search" };
        sendJson(response, {}, 200, server.seen.length === 1 ? spent : {});
      },
      { buckets },
    );
    await http.json({ url: "/" }, Anything);
    await http.json({ url: "/free" }, Anything);
    expect(clock.slept).toEqual([]);
    await http.json({ url: "/search", bucket: "search" }, Anything);
    expect(server.seen[2]!.at - server.seen[0]!.at).toBeGreaterThanOrEqual(60_000 - 50);
  });

  it("ends at once when it is stopped, at a resting bucket, in a queue and between tries", async () => {
    const server = await serve((_seen, response) => sendJson(response, {}, 503, { "retry-after": "200" }));
    const stop = new AbortController();
    const { http } = asking(serviceAt(server.url), { clock: fastClock(1) }, stop.signal);
    const waiting = [1, 2, 3].map(() => http.json({ url: "/" }, Anything).catch((thrown) => thrown));
    await eventually(() => server.seen.length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 30));
    stop.abort();
    for (const error of await Promise.all(waiting)) expect(error).toMatchObject({ kind: "cancelled" });
    await expect(http.json({ url: "/" }, Anything)).rejects.toMatchObject({ kind: "cancelled" });
    expect(server.seen.length).toBeLessThanOrEqual(3);
  });

  it("stops what is under way, and closing the source stops everything", async () => {
    const server = await serve(() => {});
    const stop = new AbortController();
    const { http, open } = asking(serviceAt(server.url), {}, stop.signal);
    const first = http.json({ url: "/" }, Anything).catch((thrown) => thrown);
    await eventually(() => server.seen.length).toBe(1);
    stop.abort();
    expect(await first).toMatchObject({ kind: "cancelled" });
    const second = open
      .until(new AbortController().signal)
      .json({ url: "/" }, Anything)
      .catch((thrown) => thrown);
    await eventually(() => server.seen.length).toBe(2);
    await open.close();
    expect(await second).toMatchObject({ kind: "cancelled" });
  });
});

describe("a bucket", () => {
  it("lets so many requests through at once and no more, in their order", async () => {
    let [now, most] = [0, 0];
    const server = await serve(async (_seen, response) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
      sendJson(response, {});
    });
    const { http } = asking(serviceAt(server.url, { buckets: { default: { concurrency: 3 } } }));
    await Promise.all(Array.from({ length: 30 }, (_, nth) => http.json({ url: `/${nth}` }, Anything)));
    expect(most).toBe(3);
    const single = asking(serviceAt(server.url, { buckets: { default: { concurrency: 1 } } }));
    const places = Array.from({ length: 12 }, (_, nth) => `/in-order/${nth}`);
    await Promise.all(places.map((url) => single.http.json({ url }, Anything)));
    expect(server.seen.slice(30).map((seen) => seen.path)).toEqual(places);
  });

  it("spends no more than its cost in any minute", async () => {
    let now = Date.parse("2026-11-21T10:00:00Z");
    const clock = {
      now: () => new Date(now),
      sleep: async (ms: number) => {
        await new Promise(setImmediate);
        now += ms;
      },
    };
    const lane = new Lane({ concurrency: 99, perMinute: 10 });
    const { signal } = new AbortController();
    let waited = 0;
    const add = (ms: number) => {
      waited += ms;
    };
    const asker = { source: "s", host: "h", clock, signal, longestWaitMs: 5 * MINUTE, waited: add };
    const passed: { at: number; cost: number }[] = [];
    const pass = async (cost: number) => {
      await lane.enter(cost, asker);
      passed.push({ at: now, cost: Math.min(cost, 10) });
    };
    await Promise.all([3, 1, 3, 1, 3, 1, 3, 500, 3, 1, 3].map(pass));
    expect(passed.map((one) => one.cost)).toEqual([3, 1, 3, 1, 3, 1, 3, 10, 3, 1, 3]);
    for (const { at } of passed) {
      const window = passed.filter((one) => one.at >= at && one.at < at + MINUTE);
      expect(window.reduce((sum, one) => sum + one.cost, 0)).toBeLessThanOrEqual(10);
    }
    expect(waited).toBe(3 * (MINUTE + 1000));
  });

  it("forgets requests that were stopped while they waited, at its gate and behind", async () => {
    const held: (() => void)[] = [];
    const server = await serve((_seen, response) => held.push(() => sendJson(response, {})));
    const service = serviceAt(server.url, { buckets: { default: { concurrency: 1 } } });
    const { http, open } = asking(service);
    const stops = [new AbortController(), new AbortController()];
    const first = http.json({ url: "/1" }, Anything);
    const stopped = stops.map(({ signal }, nth) =>
      open
        .until(signal)
        .json({ url: `/stopped/${nth}` }, Anything)
        .catch((thrown) => thrown),
    );
    const last = http.json({ url: "/last" }, Anything);
    await eventually(() => held.length).toBe(1);
    // The one behind first: it is in the middle of the queue.
    for (const nth of [1, 0]) {
      stops[nth]?.abort();
      expect(await stopped[nth]).toMatchObject({ kind: "cancelled" });
    }
    held[0]?.();
    await first;
    await eventually(() => held.length).toBe(2);
    held[1]?.();
    await last;
    expect(server.seen.map((seen) => seen.path)).toEqual(["/1", "/last"]);
  });

  it("does not wait for ever when the clock stands still or is set back", async () => {
    let now = Date.parse("2026-11-21T10:00:00Z");
    const sleep = async () => {
      now -= 86_400_000;
    };
    const clock = { now: () => new Date(now), sleep, slept: [] };
    const server = await serve(
      (_seen, response) => sendJson(response, {}, server.seen.length === 1 ? 429 : 200, { "retry-after": "30" }),
      clock,
    );
    const { http } = asking(serviceAt(server.url, { buckets: { default: { concurrency: 1, perMinute: 2 } } }), {
      clock: clock as never,
    });
    for (let time = 0; time < 6; time++) await http.json({ url: "/" }, Anything);
    expect(server.seen.length).toBe(7);
  });
});
