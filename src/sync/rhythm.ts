import type { Due, Timing } from "../sources/timing.ts";
import type { Pause } from "../store/store.ts";

/** A step of the host's clock above this is no drift. */
const LEAP_MS = 60_000;

/** A run that was cut short is gone on with so long after it began at the earliest: one that ends its process makes no burst. */
const RESUME_MS = 60_000;

/** What the store knows of a source's last run over all of it. */
export interface LastRun {
  runId: string;
  startedAt: string;
  /** It was stopped before its end, though nobody asked for it. */
  unfinished?: true;
}

/**
 * Decides when a source is due, over leaps of the host's clock, sleep, and runs that others start. All times are
 * milliseconds since 1970 by the host's clock.
 */
export class Rhythm {
  readonly #timing: Timing;
  readonly #spreadMs: number;
  /** A source that waits for its first time waits from here. */
  #beganAt: number | undefined;
  /** Where the next run is counted from. */
  #base: number | undefined;
  #counted: string | undefined;
  /** So that sources that are due in the same second do not begin in it. */
  #notBefore: number;

  /** `spreadMs` is this source's own small delay where others are due at the same moment. */
  constructor(timing: Timing, spreadMs: number, now: number) {
    this.#timing = timing;
    this.#spreadMs = Math.min(spreadMs, LEAP_MS, timing.periodMs / 10);
    this.#notBefore = now + this.#spreadMs;
    this.#beganAt = timing.sinceFirst ? now : undefined;
  }

  /** When the next run is due; now or earlier means at once, undefined never. */
  next(now: number, last: LastRun | undefined, pause: Pick<Pause, "until"> | undefined): number | undefined {
    if (last !== undefined && last.runId !== this.#counted) {
      this.#counted = last.runId;
      this.ran(Math.min(Date.parse(last.startedAt), now)); // one from the future tells of a clock that was set back
    }
    if (this.#base !== undefined && this.#base > now + LEAP_MS) this.#base = now;
    if (this.#beganAt !== undefined && this.#beganAt > now + LEAP_MS) this.#beganAt = now;
    const due = this.#soonest(now, last?.unfinished === true);
    if (due === undefined) return undefined;
    if (due.at > now) this.#notBefore = due.shared ? due.at + this.#spreadMs : due.at;
    this.#notBefore = Math.min(this.#notBefore, Math.max(due.at, now) + LEAP_MS);
    const restedAt = pause === undefined ? 0 : Date.parse(pause.until) + this.#spreadMs;
    return Math.max(due.at, this.#notBefore, restedAt);
  }

  /** The next time, or before it the rest of a run that was cut short. */
  #soonest(now: number, unfinished: boolean): Due | undefined {
    const due = this.#timing.due(this.#base ?? this.#beganAt, now);
    if (!unfinished || this.#base === undefined) return due;
    const rest = this.#timing.within(this.#base + RESUME_MS, now);
    return due === undefined || rest.at < due.at ? rest : due;
  }

  /** A run of ours that was due by then has begun, whether or not it left a trace. */
  ran(at: number): void {
    this.#base = Math.max(this.#base ?? at, at);
  }

  /** The machine slept, or its clock was set: everybody wakes at once and is due. */
  woke(now: number): void {
    this.#notBefore = now + this.#spreadMs;
  }

  /** Whether a nap ended far from where it should have. */
  static leapt(expected: number, now: number): boolean {
    return Math.abs(now - expected) > LEAP_MS;
  }
}
