import { getHeapStatistics } from "node:v8";
import { parentPort } from "node:worker_threads";
import { ConnectorError, problemOf } from "../model/index.ts";
import type { Answer, Job } from "./pool.ts";
import { readDocument } from "./read-document.ts";
import { corrupt } from "./refuse.ts";

/** The thread's entry: one document in, one answer out, until it is ended. */
parentPort?.on("message", async (job: Job) => {
  parentPort?.postMessage(await answer(job));
});

async function answer(job: Job): Promise<Answer> {
  try {
    return { extracted: await readDocument(job), heap: heapSize() };
  } catch (error) {
    return { problem: problemOf(recognize(error, job.name)), heap: heapSize() };
  }
}

/** The larger of the heap proper and the buffers outside; garbage that small documents leave does not add up to it. */
function heapSize(): number {
  const { total_heap_size, external_memory } = getHeapStatistics();
  return Math.max(total_heap_size, external_memory);
}

/** What a parser throws without our words: the file breaks rules that the parser takes for granted. */
function recognize(error: unknown, name: string): ConnectorError {
  if (error instanceof ConnectorError) return error;
  return corrupt(name, "document", "its parts contradict each other", error);
}
