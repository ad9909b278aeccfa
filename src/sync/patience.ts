import { ConnectorError, type ErrorKind } from "../model/index.ts";
import type { Job } from "./job.ts";
import { LONGEST_WAIT_MS, MAX_TRIES, pauseBefore, REACTION } from "./reaction.ts";

/** Whether to wait and try once more, after so many tries without progress. */
export function isWorthWaiting(error: ConnectorError, tries: number): boolean {
  if (REACTION[error.kind] !== "wait" || tries >= MAX_TRIES) return false;
  return (error.retryAfterMs ?? 0) <= LONGEST_WAIT_MS;
}

/** Waits as long as the service asked, or a while. Wakes early when the run is stopped. */
export async function waitAfter(job: Job, error: ConnectorError, tries: number): Promise<void> {
  await job.clock.sleep(pauseBefore(tries, error.retryAfterMs), job.signal).catch(() => {});
}

/** Does something that can begin anew at any time, and again while what hinders it passes by itself. */
export async function patiently<T>(job: Job, action: () => Promise<T>, only?: ErrorKind): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      const hopeless = only !== undefined && error.kind !== only;
      if (hopeless || job.signal.aborted || !isWorthWaiting(error, tries)) throw thrown;
      await waitAfter(job, error, tries);
      job.signal.throwIfAborted();
    }
  }
}
