import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, describe, expect, it } from "vitest";
import { github } from "../../../src/connectors/github/index.ts";
import type { Clock } from "../../../src/connectors/kit/index.ts";
import type { SyncReport } from "../../../src/model/index.ts";
import { TestClock, TestWorkplace } from "../../contract/workplace.ts";
import { seededRandom } from "../../proof/seeded-random.ts";
import type { Fault } from "../../twins/faults.ts";
import { GithubTwin } from "../../twins/github/github-twin.ts";
import { fastClock } from "../kit/http/loopback.ts";
import { moment } from "./world.ts";

const SEED = Number(process.env.HEADWATER_SEED ?? 20_261_121);
const ANSWERS = 5000;
const FAILING = 2000;
const REPOSITORIES = 8;
/** A person's clock would show hours of waiting. */
const SPEED = 2000;
/** Timers are this exact, in the time of the storm. */
const SLACK_MS = 50;
/** On the clock on the wall: long enough for a busy machine, and so answers that never come are rare here. */
const PATIENCE_MS = 1500;
const HANGING_SHARE = 0.01;
/** Without a word about the time, GitHub wants a minute. */
const UNTOLD_MS = 60_000;

const random = seededRandom(SEED);
const pick = (most: number) => 1 + Math.floor(random() * most);

/** What goes wrong with an answer; `now` is the service's time, in milliseconds. */
const FAULTS: Record<string, (now: number, path: string) => Fault> = {
  "429 in seconds": () => ({ kind: "status", status: 429, retryAfter: String(pick(5)) }),
  "429 with a date": (now) => ({
    kind: "status",
    status: 429,
    retryAfter: new Date(Math.ceil(now / 1000 + pick(5)) * 1000).toUTCString(),
    headers: { date: new Date(now).toUTCString() },
  }),
  "429 without a word": () => ({ kind: "status", status: 429 }),
  "403 of a secondary limit": () => ({
    kind: "status",
    status: 403,
    retryAfter: String(pick(60)),
    body: '{"message":"You have exceeded a secondary rate limit."}',
  }),
  "403 with nothing left": (now, path) => ({
    kind: "status",
    status: 403,
    body: '{"message":"API rate limit exceeded."}',
    headers: {
      date: new Date(now).toUTCString(),
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(Math.ceil(now / 1000) + pick(30)),
      "x-ratelimit-resource": path.startsWith("/graphql") ? "graphql" : "core",
    },
  }),
  "503 in seconds": () => ({ kind: "status", status: 503, retryAfter: String(pick(5)) }),
  "a server's trouble": () => ({ kind: "status", status: [500, 502, 503, 504][pick(4) - 1] as number }),
  "a cut body": () => ({ kind: "cut" }),
  "a body without its end": () => ({ kind: "truncated" }),
  "a web page": () => ({ kind: "html" }),
  "a cut connection": () => ({ kind: "reset" }),
};

/** Which of the answers fail: exactly so many, in an order of the seed. */
function plan(): boolean[] {
  const fails = Array.from({ length: ANSWERS }, (_, nth) => nth < FAILING);
  for (let last = fails.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [fails[last], fails[other]] = [fails[other] as boolean, fails[last] as boolean];
  }
  return fails;
}

/** Repositories whose lists have many pages, and something of every kind. */
async function town(now: () => Date): Promise<GithubTwin> {
  const twin = await GithubTwin.open({ now, pageCap: 5, checked: false });
  // The storm brings all the limits there are.
  twin.limits.enabled = false;
  for (let at = 0; at < REPOSITORIES; at++) {
    const docs = twin.repository(`millrace/gauges-${at}`, { description: `Gauges of reach ${at}.`, hasWiki: false });
    docs.push({ message: "Begin", files: { "README.md": `# Reach ${at}\n` }, at: moment(1) });
    for (let nth = 0; nth < 655; nth++)
      docs.issues.open({ title: `Gauge ${nth} drifts 🦦`, body: `By ${nth} cm, at reach ${at}.`, at: moment(2 * nth) });
    for (let nth = 0; nth < 610; nth++)
      docs.comments.add((nth % 655) + 1, { body: `Seen again, שלום ${nth}.`, at: moment(2000 + 2 * nth) });
    for (let nth = 0; nth < 60; nth++) {
      const { number } = docs.pulls.open({
        title: `Mend gauge ${nth}`,
        body: `Closes #${nth + 1}.`,
        at: moment(4000 + nth),
      });
      const review = docs.reviews.submit(number, { body: `Fine, ${nth}.`, state: "APPROVED", at: moment(4100 + nth) });
      docs.reviews.comment(number, {
        body: `Metric? ${nth}`,
        path: "a.md",
        line: 3,
        review: review.id,
        at: moment(4200 + nth),
      });
    }
    for (let nth = 0; nth < 20; nth++) {
      const { number } = docs.discussions.open({
        title: `Name of gate ${nth}?`,
        body: "None yet.",
        at: moment(5000 + nth),
      });
      docs.discussions.comment(number, { body: `Old Meg ${nth}.`, at: moment(5100 + nth) });
    }
  }
  return twin;
}

/** Hours of waiting pass in seconds, and everybody waits at once. */
class StormClock extends TestClock {
  readonly #fast = fastClock(SPEED);

  override now(): Date {
    return this.#fast.now();
  }

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#fast.sleep(ms, signal);
  }
}

interface Sent {
  path: string;
  origin: string;
}

/** Stands at the client's own door: what it sends, and whether it had been told to stay away. Exact, whatever is on its way. */
class Watch {
  requests = 0;
  early = 0;
  readonly #origin: string;
  readonly #clock: Clock;
  readonly #awayUntil = new Map<string, number>();

  constructor(origin: string, clock: Clock) {
    this.#origin = origin;
    this.#clock = clock;
    subscribe("undici:request:create", this.#sent);
    subscribe("undici:request:headers", this.#heard);
  }

  readonly #sent = (message: unknown) => {
    const { request } = message as { request: Sent };
    if (request.origin !== this.#origin) return;
    this.requests++;
    if (this.#now() < (this.#awayUntil.get(limitOf(request)) ?? 0) - SLACK_MS) this.early++;
  };

  readonly #heard = (message: unknown) => {
    const { request, response } = message as { request: Sent; response: { statusCode: number; headers: Buffer[] } };
    if (request.origin !== this.#origin || response.statusCode < 400) return;
    const told = this.#toldMs(response.statusCode, headersOf(response.headers));
    const limit = limitOf(request);
    if (told !== undefined) this.#awayUntil.set(limit, Math.max(this.#awayUntil.get(limit) ?? 0, this.#now() + told));
  };

  #toldMs(status: number, headers: Headers): number | undefined {
    const after = headers.get("retry-after");
    if (after !== null) return /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - this.#now();
    const reset = headers.get("x-ratelimit-reset");
    if (reset !== null) return Number(reset) * 1000 - this.#now();
    return status === 429 ? UNTOLD_MS : undefined;
  }

  #now(): number {
    return this.#clock.now().getTime();
  }

  end(): void {
    unsubscribe("undici:request:create", this.#sent);
    unsubscribe("undici:request:headers", this.#heard);
  }
}

function limitOf({ path }: Sent): string {
  return path.startsWith("/graphql") ? "graphql" : "core";
}

function headersOf(raw: Buffer[]): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(String(raw[at]), String(raw[at + 1]));
  return headers;
}

let closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

/** A first sync into an empty store. */
async function firstSync(twin: GithubTwin, clock: TestClock) {
  const source = { id: "work", connector: github, config: twin.config() };
  const place = await TestWorkplace.openAt(clock, { documentMs: PATIENCE_MS }, source);
  closing.push(() => place.close());
  const watch = new Watch(twin.origin, clock);
  const report: SyncReport = await place.sync("work");
  watch.end();
  const stored = [...(await place.stored("work"))].map(([id, { text }]) => [id, text?.trim() ?? ""] as const);
  return { report, watch, stored: new Map(stored) };
}

describe("a first sync while two of five answers of GitHub fail", () => {
  it("ends complete, never early, with few requests more than it must", { timeout: 240_000 }, async () => {
    const clock = new StormClock();
    const twin = await town(() => clock.now());
    closing.push(() => twin.close());
    const calm = await firstSync(twin, clock);
    expect(calm.report).toMatchObject({ state: "succeeded", failed: 0 });

    const fails = plan();
    const names = Object.keys(FAULTS);
    const met: Record<string, number> = {};
    let answers = 0;
    twin.faults.add(({ path }) => {
      if (!fails[answers++]) return undefined;
      const hangs = random() < HANGING_SHARE;
      const name = hangs ? "hanging" : (names[Math.floor(random() * names.length)] as string);
      met[name] = (met[name] ?? 0) + 1;
      return hangs ? { kind: "hang" } : FAULTS[name]?.(clock.now().getTime(), path);
    });
    const began = clock.now().getTime();
    const { report, watch, stored } = await firstSync(twin, clock);
    const minutes = Math.round((clock.now().getTime() - began) / 60_000);
    const ratio = watch.requests / calm.watch.requests;
    console.log(
      `storm through everything, seed ${SEED}: ${watch.requests} requests where ${calm.watch.requests} are the least ` +
        `(${ratio.toFixed(3)}), ${watch.early} early, ${report.added} items in ${minutes} minutes of waiting; ${JSON.stringify(met)}`,
    );
    expect(report).toMatchObject({ state: "succeeded", failed: 0, deleted: 0, failures: [], notes: [] });
    expect(stored).toEqual(calm.stored);
    for (const [id, text] of await twin.expected()) expect(stored.get(id)).toContain(text);
    expect(stored.size).toBe((await twin.expected()).size);
    expect(watch.early).toBe(0);
    expect(watch.requests).toBeGreaterThan(0.95 * ANSWERS);
    expect(Object.keys(met)).toHaveLength(names.length + 1);
    expect(ratio).toBeLessThanOrEqual(1.8);
  });
});
