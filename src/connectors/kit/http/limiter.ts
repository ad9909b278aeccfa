import { ConnectorError } from "../../../model/index.ts";
import type { Clock } from "../define.ts";
import type { Bucket } from "./service.ts";
import { sleepFully } from "./sleep.ts";

/** Who waits, for how long at most, and who is told of it. */
export interface Asker {
  readonly source: string;
  readonly host: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly longestWaitMs: number;
  readonly waited: (ms: number) => void;
}

interface Rest {
  readonly until: number;
  /** As told: however the clock is set meanwhile, nobody waits longer. */
  readonly ms: number;
}

/** A second longer than the service's: requests take different times to arrive, and it counts arrivals. */
const MINUTE = 61_000;
/** More requests than this never wait at once; a source that piles them up has lost its way. */
const MOST_WAITING = 10_000;
/** Lanes kept though nobody uses them; beyond it the longest unused go. */
const MOST_IDLE = 500;

/** One limit of one credential: requests pass in the order they came, as fast as the service allows. */
export class Lane {
  #bucket: Bucket;
  #active = 0;
  #spent: { at: number; cost: number }[] = [];
  #rest: Rest | undefined;
  /** Those before the gate; the first one is at it. */
  #queue: (() => void)[] = [];
  /** Called when a request ends. */
  #freed: (() => void) | undefined;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /** Waits for this request's turn. The answer ends it. */
  async enter(cost: number, asker: Asker): Promise<() => void> {
    await this.#comeFirst(asker);
    try {
      await this.#untilAllowed(Math.min(cost, this.#bucket.perMinute ?? cost), asker);
    } finally {
      this.#queue.shift();
      this.#queue[0]?.();
    }
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#active--;
      this.#freed?.();
    };
  }

  /** Nothing passes for so long, whoever asks. A shorter rest never ends a longer one. */
  restFor(ms: number, clock: Clock): void {
    const now = clock.now().getTime();
    if (this.#restLeft(now) < ms) this.#rest = { until: now + ms, ms };
  }

  /** Takes the limits as they are written now. */
  adopt(bucket: Bucket): void {
    this.#bucket = bucket;
  }

  idle(now: number): boolean {
    return this.#active === 0 && this.#queue.length === 0 && this.#restLeft(now) === 0;
  }

  #comeFirst(asker: Asker): Promise<void> {
    if (asker.signal.aborted) return Promise.reject(stopped());
    if (this.#queue.length >= MOST_WAITING)
      return Promise.reject(
        new ConnectorError("unavailable", `Too many requests of ${asker.source} wait for ${asker.host}.`),
      );
    if (this.#queue.length === 0) {
      this.#queue.push(() => {});
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const go = () => {
        asker.signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(go), 1);
        reject(stopped());
      };
      this.#queue.push(go);
      asker.signal.addEventListener("abort", leave, { once: true });
    });
  }

  async #untilAllowed(cost: number, asker: Asker): Promise<void> {
    for (;;) {
      if (asker.signal.aborted) throw stopped();
      const now = asker.clock.now().getTime();
      const rest = this.#rest;
      const ms = Math.max(this.#restLeft(now), this.#budgetWait(cost, now));
      if (ms > asker.longestWaitMs) throw mustWait(asker, ms);
      if (ms > 0) {
        asker.waited(await sleepFully(ms, asker.clock, asker.signal));
        if (!asker.signal.aborted) this.#sleptUntil(now + ms, rest);
      } else if (this.#active < this.#bucket.concurrency) {
        this.#active++;
        if (this.#bucket.perMinute !== undefined) this.#spent.push({ at: now, cost });
        return;
      } else await this.#slot(asker);
    }
  }

  #restLeft(now: number): number {
    return this.#rest ? Math.max(0, Math.min(this.#rest.until - now, this.#rest.ms)) : 0;
  }

  /** How long until the last minute has room for the cost. */
  #budgetWait(cost: number, now: number): number {
    const { perMinute } = this.#bucket;
    if (perMinute === undefined) return 0;
    this.#spent = this.#spent.filter((one) => one.at + MINUTE > now);
    let over = this.#spent.reduce((sum, one) => sum + one.cost, cost) - perMinute;
    for (const one of this.#spent) {
      if (over <= 0) return 0;
      over -= one.cost;
      if (over <= 0) return Math.min(one.at + MINUTE - now, MINUTE);
    }
    return 0;
  }

  /** What was slept for is over, also where the clock was set back meanwhile. */
  #sleptUntil(time: number, rest: Rest | undefined): void {
    if (rest && this.#rest === rest && rest.until <= time) this.#rest = undefined;
    this.#spent = this.#spent.filter((one) => one.at + MINUTE > time);
  }

  #slot(asker: Asker): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        asker.signal.removeEventListener("abort", wake);
        this.#freed = undefined;
        resolve();
      };
      this.#freed = wake;
      asker.signal.addEventListener("abort", wake, { once: true });
    });
  }
}

const lanes = new Map<string, Lane>();

/** The lane of a limit, shared by everything in this process that names the same key. */
export function laneOf(key: string, bucket: Bucket, clock: Clock): Lane {
  const lane = lanes.get(key) ?? new Lane(bucket);
  lane.adopt(bucket);
  lanes.delete(key);
  lanes.set(key, lane);
  if (lanes.size > MOST_IDLE) dropIdle(clock.now().getTime());
  return lane;
}

function dropIdle(now: number): void {
  for (const [key, lane] of lanes) {
    if (lanes.size <= MOST_IDLE) return;
    if (lane.idle(now)) lanes.delete(key);
  }
}

function stopped(): ConnectorError {
  return new ConnectorError("cancelled", "Stopped.");
}

function mustWait(asker: Asker, ms: number): ConnectorError {
  const until = new Date(asker.clock.now().getTime() + ms).toISOString().slice(0, 16).replace("T", " ");
  return new ConnectorError(
    "rate_limited",
    `${asker.host} lets ${asker.source} ask again at ${until} UTC: its limit is used up.`,
    { retryAfterMs: ms, hint: "It goes on by itself then." },
  );
}
