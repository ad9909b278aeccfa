import { setMaxListeners } from "node:events";
import type { SyncReport } from "../model/index.ts";
import { listSource, searchLive, testSource } from "./ask.ts";
import { fetchItem } from "./fetch.ts";
import { createNews } from "./news.ts";
import { type RunKind, RunReport } from "./report.ts";
import { LEAVING, runSync, type Workplace } from "./run.ts";
import type { Engine, Run, SyncOptions } from "./types.ts";
import { watchSource } from "./watch.ts";
import { createHooks } from "./webhooks.ts";

const PROGRESS_MS = 100;
/** Sources that are due at the same moment begin so far apart. */
const SPREAD_MS = 2_000;

/** The engine of one tenant. It owns no data: everything it knows after a restart is in the store. */
export function createEngine(place: Workplace): Engine {
  const running = new Map<string, Run>();
  const listeners = new Set<(event: { source: string; report: SyncReport }) => void>();
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // each source that sleeps listens
  const watching: Promise<void>[] = [];

  function launch(source: string, options: SyncOptions, bounded: boolean, onlyFailures = false): Run {
    const key = keyOf(source, options);
    const current = running.get(key);
    if (current !== undefined) return current;
    const own = new AbortController();
    const report = new RunReport(source, place.clock.now(), kindOf(options, onlyFailures));
    const signal = AbortSignal.any([own.signal, closing.signal]);
    const progress = new Progress(report, options.onProgress);
    const done = runSync(place, source, { report, options, bounded, onlyFailures, signal }).then((end) => {
      running.delete(key);
      progress.end(end);
      for (const listener of listeners) listener({ source, report: end });
      return end;
    });
    const run: Run = { id: report.runId, source, report: () => report.snapshot(), done, cancel: () => own.abort() };
    running.set(key, run);
    return run;
  }

  const start = (source: string, options: SyncOptions, bounded: boolean) => launch(source, options, bounded);
  const news = createNews(place, start, closing.signal);

  return {
    start: (source, options = {}) => launch(source, options, false),
    async status(query) {
      for (const run of running.values()) {
        if (run.id === query.runId || (query.runId === undefined && run.source === query.source)) return run.report();
      }
      const [newest] = await place.store.runs({ ...query, limit: 1 });
      return newest;
    },
    async cancel(runId) {
      const run = [...running.values()].find((one) => one.id === runId);
      if (run === undefined) return place.store.requestCancel(runId);
      run.cancel();
      return true;
    },
    test: (source) => testSource(place, source),
    list: (source, options) => listSource(place, source, options),
    fetch: (ref, options) => fetchItem(place, ref, options),
    searchLive: (source, text, limit) => searchLive(place, source, text, limit),
    retryFailures: (source, options = {}) => launch(source, options, false, true).done,
    watch(sources) {
      if (watching.length > 0) return;
      const named = (id: string) => sources === undefined || sources.includes(id);
      const enabled = place.sources.all().filter((entry) => entry.settings.enabled && named(entry.id));
      for (const [at, { id }] of enabled.entries())
        watching.push(watchSource(place, id, { start, news, spreadMs: at * SPREAD_MS }, closing.signal));
    },
    hook: createHooks(place, news, closing.signal),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closing.abort(LEAVING);
      await Promise.all([...running.values()].map((run) => run.done));
      await Promise.all(watching);
      await news.settled();
    },
  };
}

/** Runs that stand for each other: who asks for a whole sync wants it written, and all of it. */
function keyOf(source: string, options: SyncOptions): string {
  if (options.dryRun) return `${source} (dry run)`;
  return options.items !== undefined || options.containers !== undefined ? `${source} (in part)` : source;
}

function kindOf(options: SyncOptions, onlyFailures: boolean): RunKind {
  const named = options.items !== undefined ? "items" : options.containers !== undefined ? "containers" : undefined;
  const part = onlyFailures ? "failures" : named;
  return {
    dryRun: options.dryRun === true,
    startedBy: options.startedBy ?? "person",
    ...(part !== undefined && { part }),
  };
}

/** Tells a listener where a run stands, at most ten times a second, and once at its end. */
class Progress {
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #tell: ((report: SyncReport) => void) | undefined;

  constructor(report: RunReport, tell: ((report: SyncReport) => void) | undefined) {
    this.#tell = tell;
    if (tell !== undefined) this.#timer = setInterval(() => tell(report.snapshot()), PROGRESS_MS);
  }

  end(report: SyncReport): void {
    clearInterval(this.#timer);
    this.#tell?.(report);
  }
}
