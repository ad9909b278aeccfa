/** A signal that follows another one until it is released, and can also be stopped by itself. */
export interface Following {
  readonly signal: AbortSignal;
  stop(): void;
  /** Lets go of the signal that it follows. Long-lived signals would otherwise collect listeners. */
  release(): void;
}

export function followSignal(outer: AbortSignal): Following {
  const controller = new AbortController();
  const stop = () => controller.abort();
  if (outer.aborted) stop();
  else outer.addEventListener("abort", stop, { once: true });
  return { signal: controller.signal, stop, release: () => outer.removeEventListener("abort", stop) };
}

/** A signal for one try: it follows the caller's and ends by itself when the time is up. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether it was the time that ended it. */
  readonly passed: () => boolean;
  end(): void;
}

export function startDeadline(ms: number, outer: AbortSignal): Deadline {
  const following = followSignal(outer);
  let late = false;
  const timer = setTimeout(() => {
    late = !following.signal.aborted;
    following.stop();
  }, ms);
  return {
    signal: following.signal,
    passed: () => late,
    end: () => {
      clearTimeout(timer);
      following.release();
    },
  };
}
