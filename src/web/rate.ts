/** How often somebody may ask: `burst` at once, then `perSecond`. */
export interface Rate {
  burst: number;
  perSecond: number;
}

/** Requests of one client, generous for assistants that ask in parallel. */
export const REQUEST_RATE: Rate = { burst: 400, perSecond: 100 };

/** Wrong tokens from one address. */
export const REFUSAL_RATE: Rate = { burst: 20, perSecond: 0.5 };

const MOST_KEYS = 10_000;

/** Counts per key; forgets whoever has been quiet long enough to start afresh. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #used = new Map<string, { level: number; at: number }>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes one from the key's allowance; answers the seconds to wait when there is none left, else 0. */
  take(key: string, nowMs = performance.now()): number {
    const level = this.#level(key, nowMs);
    if (level + 1 > this.#rate.burst)
      return Math.max(1, Math.ceil((level + 1 - this.#rate.burst) / this.#rate.perSecond));
    this.#used.delete(key);
    this.#used.set(key, { level: level + 1, at: nowMs });
    if (this.#used.size > MOST_KEYS) this.#used.delete(this.#used.keys().next().value!);
    return 0;
  }

  /** The seconds to wait, without taking. */
  waits(key: string, nowMs = performance.now()): number {
    const level = this.#level(key, nowMs);
    return level + 1 > this.#rate.burst
      ? Math.max(1, Math.ceil((level + 1 - this.#rate.burst) / this.#rate.perSecond))
      : 0;
  }

  #level(key: string, nowMs: number): number {
    const used = this.#used.get(key);
    return used ? Math.max(0, used.level - ((nowMs - used.at) / 1000) * this.#rate.perSecond) : 0;
  }
}
