import { Worker } from "node:worker_threads";
import { ConnectorError } from "../../model/errors.ts";
import { builtEntry } from "../../package-root.ts";
import { type AnswerMessage, type CallAnswer, type CallName, type CallParameters, errorOf } from "./calls.ts";
import type { ThreadSetup } from "./thread-setup.ts";

/** The writer thread as the rest of the process sees it: started by the first call, silent while nothing is asked. */
export interface WriterThread {
  call<Name extends CallName>(name: Name, ...parameters: CallParameters<Name>): Promise<CallAnswer<Name>>;
  /** Ends the thread after what was asked before; nothing may be asked afterwards. */
  close(): Promise<void>;
}

/** What is new in the thread's memory is soon old: by default Node keeps 48 MB for it. With 6 a first sync takes a fifth longer. */
const YOUNG_MB = 12;

interface Pending {
  resolve(value: unknown): void;
  reject(error: ConnectorError): void;
}

/** `started` is called after the call that starts the thread. */
export function writerThread(setup: Omit<ThreadSetup, "role">, started: () => void): WriterThread {
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  let closing: Promise<void> | undefined;
  let lastId = 0;

  const start = () => {
    const made = startThread({ ...setup, role: { name: "write" } });
    made.unref();
    made.on("message", (message: AnswerMessage) => {
      const call = pending.get(message.id);
      pending.delete(message.id);
      if (pending.size === 0 && !closing) made.unref(); // closing waits for the thread to end
      if ("problem" in message) call?.reject(errorOf(message.problem));
      else call?.resolve(message.value);
    });
    made.on("error", (error) => died(error));
    made.on("exit", () => died(undefined));
    const died = (cause: unknown) => {
      if (worker === made) worker = undefined;
      for (const call of pending.values()) call.reject(threadDied(cause));
      pending.clear();
    };
    queueMicrotask(started);
    return made;
  };

  return {
    call(name, ...parameters) {
      if (closing) return Promise.reject(new ConnectorError("store", "The store is closed."));
      worker ??= start();
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        worker?.postMessage({ id, name, parameters });
        pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
        worker?.ref();
      });
    },
    close() {
      closing ??= end(worker);
      return closing;
    },
  };
}

async function end(worker: Worker | undefined): Promise<void> {
  if (!worker) return;
  worker.ref();
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.postMessage({ id: 0, name: "close", parameters: [] });
  await ended;
}

function threadDied(cause: unknown): ConnectorError {
  return new ConnectorError("store", "The writer of the store stopped; what it had not answered may not be stored.", {
    hint: "Sync again: it goes on from the last page that was stored. If it happens again, run `headwater doctor`.",
    cause,
  });
}

/** Runs one of the short-lived threads and answers what it found. With a signal it runs in the background. */
export function aside<T>(setup: ThreadSetup, background?: AbortSignal): Promise<T> {
  const worker = startThread(setup);
  if (background) worker.unref();
  background?.addEventListener("abort", () => void worker.terminate());
  return new Promise<T>((resolve, reject) => {
    worker.once("message", (message: AnswerMessage) => {
      if ("problem" in message) reject(errorOf(message.problem));
      else resolve(message.value as T);
    });
    worker.once("error", (error) => reject(threadDied(error)));
    worker.once("exit", () => reject(threadDied(undefined)));
  });
}

function startThread(setup: ThreadSetup): Worker {
  return new Worker(builtEntry("store/sqlite/writer-thread.js"), {
    workerData: setup,
    stdout: false,
    stderr: false,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
}
