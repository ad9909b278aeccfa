import { setMaxListeners } from "node:events";
import type { Clock } from "../../src/connectors/kit/index.ts";
import type { SyncReport } from "../../src/model/index.ts";
import type { SourceSettings } from "../../src/sources/source.ts";
import type { Pause } from "../../src/store/store.ts";
import type { Workplace } from "../../src/sync/run.ts";
import { followSchedule } from "../../src/sync/schedule.ts";
import type { Run, SyncOptions } from "../../src/sync/types.ts";

interface Sleeper {
  at: number;
  wake: () => void;
}

/** A host whose timers run by themselves and whose clock somebody may set, as fast as a computer can count. */
export class SimulatedHost implements Clock {
  /** Milliseconds since the host began: timers go by them. */
  running = 0;
  /** What the clock shows at that beginning; setting the clock changes it. */
  epoch: number;
  readonly #sleepers: Sleeper[] = [];
  readonly #events: { at: number; happen: () => void }[] = [];

  constructor(from: string) {
    this.epoch = Date.parse(from);
  }

  now(): Date {
    return new Date(this.epoch + this.running);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#sleepers.push({ at: this.running + ms, wake });
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  /** Something that happens so long after the beginning. */
  after(ms: number, happen: () => void): void {
    this.#events.push({ at: ms, happen });
    this.#events.sort((a, b) => a.at - b.at);
  }

  /** Lets time pass until so long after the beginning. */
  async until(end: number): Promise<void> {
    await import("croner"); // real time: whoever follows a schedule waits for it too
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    for (;;) {
      for (let turn = 0; turn < 30; turn++) await null;
      const next = this.#earliest();
      const event = this.#events[0];
      if (event !== undefined && event.at <= Math.min(next?.at ?? end, end)) {
        this.#events.shift();
        this.running = Math.max(this.running, event.at);
        event.happen();
        continue;
      }
      if (next === undefined || next.at > end) break;
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
      this.running = Math.max(this.running, next.at);
      next.wake();
    }
    this.running = end;
  }

  #earliest(): Sleeper | undefined {
    return this.#sleepers.reduce<Sleeper | undefined>(
      (first, one) => (first === undefined || one.at < first.at ? one : first),
      undefined,
    );
  }
}

/** One start of a run: by the host's clock and by its timers. */
export interface Start {
  source: string;
  clock: number;
  timer: number;
}

/** The schedules of some sources on a simulated host, over the smallest store that remembers runs. */
export class SimulatedPlace {
  readonly host: SimulatedHost;
  readonly starts: Start[] = [];
  readonly runs: SyncReport[] = [];
  readonly pauses: Pause[] = [];
  /** Runs under way now, and the most there ever were. */
  readonly under = { now: 0, most: 0 };
  /** How long a run takes. */
  runMs = 20_000;
  /** Whether a run ends before it is done. */
  cutShort = false;
  /** Whether a run leaves a trace in the store. */
  remembered = true;
  broken = false;
  turn: Workplace["turn"];
  readonly #settings = new Map<string, Partial<SourceSettings>>();
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Run>();

  constructor(from: string) {
    setMaxListeners(0, this.#stop.signal);
    this.host = new SimulatedHost(from);
  }

  follow(source: string, settings: Partial<SourceSettings>, spreadMs = 0): void {
    this.#settings.set(source, settings);
    const start = (id: string, options: SyncOptions) => this.start(id, options);
    void followSchedule(this.#workplace(), source, start, this.#stop.signal, spreadMs);
  }

  /** As the engine does: a source already syncing answers the same run. */
  start(source: string, { startedBy = "person" }: SyncOptions = {}): Run {
    const current = this.#running.get(source);
    if (current !== undefined) return current;
    const at = this.host.now();
    if (startedBy === "schedule") this.starts.push({ source, clock: at.getTime(), timer: this.host.running });
    const report = {
      runId: `${source} ${this.host.running}`,
      source,
      state: "running",
      startedAt: at.toISOString(),
      ...(this.cutShort && { unfinished: true }),
    };
    if (this.remembered) this.runs.push(report as SyncReport);
    this.under.now += 1;
    this.under.most = Math.max(this.under.most, this.under.now);
    const done = this.host.sleep(this.runMs).then(() => {
      report.state = "succeeded";
      this.under.now -= 1;
      this.#running.delete(source);
      return report as SyncReport;
    });
    const run = { id: report.runId, source, report: () => report as SyncReport, done, cancel: () => {} };
    this.#running.set(source, run);
    return run;
  }

  stop(): void {
    this.#stop.abort();
  }

  #workplace(): Workplace {
    const place = this;
    return {
      clock: this.host,
      get turn() {
        return place.turn;
      },
      sources: { get: (id: string) => ({ id, settings: this.#settings.get(id) }) },
      store: {
        async runs({ source }: { source: string }) {
          if (place.broken) throw new Error("The disk is gone.");
          const last = place.runs.findLast((run) => run.source === source);
          return last === undefined ? [] : [last];
        },
        pauses: async () => place.pauses,
      },
    } as unknown as Workplace;
  }
}
