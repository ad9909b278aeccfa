import type { Clock } from "../define.ts";

/**
 * Sleeps until the clock agrees that the time is over: timers may fire a little early. A clock that stands still or was
 * set back is not waited for. Answers how long it took.
 */
export async function sleepFully(ms: number, clock: Clock, signal: AbortSignal): Promise<number> {
  const began = clock.now().getTime();
  let left = ms;
  for (;;) {
    await clock.sleep(left, signal);
    const now = clock.now().getTime();
    const still = began + ms - now;
    if (signal.aborted || still <= 0 || still >= left) return Math.max(now - began, 0);
    left = still;
  }
}
