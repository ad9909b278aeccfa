import { Worker } from "node:worker_threads";
import { ConnectorError, type Problem } from "../model/index.ts";
import { builtEntry } from "../package-root.ts";
import type { Format } from "./format.ts";
import { refusal, tooLarge } from "./refuse.ts";
import type { Extracted, ExtractLimits } from "./types.ts";

/** One document for a thread. The bytes go over, they are not copied. */
export interface Job {
  bytes: Uint8Array;
  format: Format;
  name: string;
  mime: string;
  limits: ExtractLimits;
}

/** What a thread says about a document, and how large its heap has become, in bytes. */
export type Answer = ({ extracted: Extracted } | { problem: Problem }) & { heap: number };

/** A thread that has grown larger is replaced, so that one big document does not hold memory for ever. */
const KEPT_HEAP = 64_000_000;

/** How long a thread may take to come up before its first document's own time begins. */
const START_MS = 20_000;

interface Waiting {
  job: Job;
  signal: AbortSignal | undefined;
  resolve: (extracted: Extracted) => void;
  reject: (error: ConnectorError) => void;
}

interface Seat {
  worker: Worker | undefined;
  /** The thread that has come up; starting one on a busy machine is not the document's fault. */
  started: number | undefined;
  /** Ends the current document: with an answer, or with the death of the thread. */
  settle: ((outcome: Answer | ConnectorError) => void) | undefined;
}

/** Threads that read documents: started when needed, kept, and replaced when a document kills one. */
export interface Pool {
  run(job: Job, signal?: AbortSignal): Promise<Extracted>;
  close(): Promise<void>;
}

/** A pool of at most `threads` threads, each with the heap that `memoryMb` allows. */
export function createPool(threads: number, memoryMb: number): Pool {
  const seats: Seat[] = Array.from({ length: threads }, () => ({
    worker: undefined,
    started: undefined,
    settle: undefined,
  }));
  const queue: Waiting[] = [];
  let closed = false;

  const advance = () => {
    for (const seat of seats) {
      if (seat.settle !== undefined) continue;
      const next = queue.shift();
      if (next === undefined) return;
      work(seat, next, memoryMb, advance);
    }
  };

  return {
    run: (job, signal) =>
      new Promise((resolve, reject) => {
        if (closed || signal?.aborted) return reject(new ConnectorError("cancelled", "Stopped."));
        const waiting: Waiting = { job, signal, resolve, reject };
        const leave = () => {
          const place = queue.indexOf(waiting);
          if (place < 0) return;
          queue.splice(place, 1);
          reject(new ConnectorError("cancelled", "Stopped."));
        };
        signal?.addEventListener("abort", leave, { once: true });
        waiting.resolve = (extracted) => {
          signal?.removeEventListener("abort", leave);
          resolve(extracted);
        };
        waiting.reject = (error) => {
          signal?.removeEventListener("abort", leave);
          reject(error);
        };
        queue.push(waiting);
        advance();
      }),
    close: async () => {
      closed = true;
      for (const waiting of queue.splice(0)) waiting.reject(new ConnectorError("cancelled", "Stopped."));
      await Promise.all(
        seats.map(async (seat) => {
          const worker = seat.worker;
          seat.settle?.(new ConnectorError("cancelled", "Stopped."));
          await worker?.terminate();
        }),
      );
    },
  };
}

function work(seat: Seat, waiting: Waiting, memoryMb: number, advance: () => void): void {
  const { job, signal } = waiting;
  seat.worker ??= start(seat, memoryMb);
  const worker = seat.worker;
  const abort = () => seat.settle?.(new ConnectorError("cancelled", "Stopped."));
  const seconds = Math.round(job.limits.timeMs / 100) / 10;
  const late = () => seat.settle?.(tooLarge(job.name, `reading it took longer than ${seconds} seconds`));
  const fresh = worker.threadId !== seat.started;
  let timer = setTimeout(late, job.limits.timeMs + (fresh ? START_MS : 0));
  const online = () => {
    seat.started = worker.threadId;
    clearTimeout(timer);
    timer = setTimeout(late, job.limits.timeMs);
  };
  if (fresh) worker.once("online", online);
  seat.settle = (outcome) => {
    seat.settle = undefined;
    clearTimeout(timer);
    worker.removeListener("online", online);
    signal?.removeEventListener("abort", abort);
    if (outcome instanceof ConnectorError) {
      retire(seat);
      waiting.reject(outcome);
    } else {
      if (outcome.heap > KEPT_HEAP) retire(seat);
      else worker.unref();
      if ("extracted" in outcome) waiting.resolve(outcome.extracted);
      else waiting.reject(errorOf(outcome.problem));
    }
    advance();
  };
  signal?.addEventListener("abort", abort, { once: true });
  worker.ref();
  const failed = deathOf(job, memoryMb);
  worker.removeAllListeners("error").on("error", (error) => seat.settle?.(failed(error)) ?? retire(seat));
  worker.removeAllListeners("exit").on("exit", () => seat.settle?.(failed(undefined)) ?? retire(seat));
  worker.postMessage(job, [job.bytes.buffer as ArrayBuffer]);
}

function start(seat: Seat, memoryMb: number): Worker {
  const worker = new Worker(builtEntry("extract/thread.js"), {
    name: "headwater-extract",
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 16 },
    // A document must see nothing of the process it is read for.
    env: {},
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
  });
  // Stdout belongs to the protocol; what a parser prints about a file is of no use to anybody.
  worker.stdout.resume();
  worker.stderr.resume();
  worker.on("message", (answer: Answer) => seat.settle?.(answer));
  return worker;
}

/** Lets go of a thread that cannot be trusted any more. */
function retire(seat: Seat): void {
  const worker = seat.worker;
  seat.worker = undefined;
  worker?.removeAllListeners("message").removeAllListeners("error").removeAllListeners("exit");
  worker?.on("error", () => undefined);
  void worker?.terminate();
}

function deathOf(job: Job, memoryMb: number): (error: unknown) => ConnectorError {
  return (error) => {
    if ((error as NodeJS.ErrnoException | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY") {
      return tooLarge(job.name, `reading it needs more than ${memoryMb} MB of memory`);
    }
    if ((error as NodeJS.ErrnoException | undefined)?.code === "MODULE_NOT_FOUND") {
      return new ConnectorError(
        "bug",
        "The part of headwater that reads documents is missing from this installation.",
        {
          hint: "npm install --global headwater",
          cause: error,
        },
      );
    }
    const hint = "Open the file in its own application, save it again, and sync once more.";
    return refusal("bad_response", job.name, "is damaged so badly that its reader gave up.", hint, error);
  };
}

function errorOf(problem: Problem): ConnectorError {
  return new ConnectorError(problem.kind, problem.message, problem.hint === undefined ? {} : { hint: problem.hint });
}
