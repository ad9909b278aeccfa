import { randomBytes } from "node:crypto";
import {
  addCounts,
  type Counts,
  type HeldLoss,
  NO_COUNTS,
  problemOf,
  type RunFailure,
  type RunState,
  type StartedBy,
  type SyncReport,
} from "../model/index.ts";

const FAILURES_SHOWN = 100;

/** What is known of a run before it begins. */
export interface RunKind {
  dryRun: boolean;
  startedBy: StartedBy;
  part?: SyncReport["part"];
}

/** The running account of one sync; `snapshot` is what everybody sees of it. */
export class RunReport {
  readonly runId: string;
  readonly source: string;
  readonly kind: RunKind;
  mode: SyncReport["mode"] = "incremental";
  #counts: Counts = { ...NO_COUNTS };
  #state: RunState = "running";
  #done = 0;
  #totals = new Map<string, number>();
  readonly #names = new Map<string, string>();
  #startedAt: string;
  #endedAt: string | undefined;
  readonly #failures: RunFailure[] = [];
  readonly #held: HeldLoss[] = [];
  readonly #notes: string[] = [];
  #pausedUntil: string | undefined;
  #unfinished = false;
  /** Something of the source was not looked at to its end. */
  #gaps = false;

  constructor(source: string, startedAt: Date, kind: RunKind) {
    this.runId = `run_${startedAt.getTime().toString(36)}${randomBytes(4).toString("hex")}`;
    this.source = source;
    this.kind = kind;
    this.#startedAt = startedAt.toISOString();
  }

  /** Counts the time from here: a run waits for the source to be free before it begins. */
  begin(now: Date): void {
    this.#startedAt = now.toISOString();
  }

  get changed(): number {
    return this.#counts.added + this.#counts.updated;
  }

  add(counts: Partial<Counts>): void {
    this.#counts = addCounts(this.#counts, counts);
  }

  looked(items: number): void {
    this.#done += items;
  }

  expects(container: string | undefined, total: number): void {
    this.#totals.set(container ?? "", total);
  }

  /** What people call a container. */
  called(container: string, name: string): void {
    this.#names.set(container, name);
  }

  nameOf(container: string): string {
    return this.#names.get(container) ?? container;
  }

  /** One item, container or the whole source went wrong; `counts` in the number of failed items only with an id. */
  fail(where: { container?: string; id?: string }, error: unknown): void {
    if (where.id === undefined) this.#gaps = true;
    const isFull = this.#failures.length >= FAILURES_SHOWN;
    if (isFull && where.id !== undefined) return;
    if (isFull) this.#failures.pop(); // what stopped a container or the run matters more than one more item
    const containerName = where.container === undefined ? undefined : this.#names.get(where.container);
    this.#failures.push({ ...where, ...(containerName !== undefined && { containerName }), ...problemOf(error) });
  }

  hold(held: HeldLoss): void {
    this.#gaps = true;
    this.#held.push(held);
    const where = held.container === undefined ? this.source : `${this.source}, ${this.nameOf(held.container)}`;
    this.note(
      `${held.missing} of ${held.total} items are gone from ${where}. That looks too many to be true, so nothing was deleted. ` +
        `If it is right: headwater sync ${this.source} --accept-deletions`,
    );
  }

  /** A sentence about what was not done, which makes the run partial. */
  gap(sentence: string): void {
    this.#gaps = true;
    this.note(sentence);
  }

  /** The service asked to be left alone until then. */
  rest(until: string, sentence: string): void {
    this.#pausedUntil = until;
    this.gap(sentence);
  }

  /** Stopped before the end, though nobody asked for it. */
  cutShort(): void {
    this.#unfinished = true;
  }

  note(sentence: string): void {
    if (!this.#notes.includes(sentence) && this.#notes.length < 50) this.#notes.push(sentence);
  }

  end(now: Date, state?: RunState): SyncReport {
    const troubled = this.#gaps || this.#counts.failed > 0;
    this.#state = state ?? (troubled ? "partial" : "succeeded");
    this.#endedAt = now.toISOString();
    return this.snapshot();
  }

  snapshot(): SyncReport {
    const total = [...this.#totals.values()].reduce((sum, part) => sum + part, 0);
    return {
      runId: this.runId,
      source: this.source,
      state: this.#state,
      mode: this.mode,
      ...this.kind,
      startedAt: this.#startedAt,
      ...(this.#endedAt !== undefined && { endedAt: this.#endedAt }),
      ...this.#counts,
      done: this.#done,
      ...(total > 0 && { total: Math.max(total, this.#done) }),
      failures: [...this.#failures],
      held: [...this.#held],
      notes: [...this.#notes],
      ...(this.#unfinished && { unfinished: true }),
      ...(this.#pausedUntil !== undefined && { pausedUntil: this.#pausedUntil }),
    };
  }
}
