/** A signal for one try: it follows the caller's and ends by itself when the time is up. */
export interface Deadline {
  readonly signal: AbortSignal;
  readonly passed: () => boolean;
  /** Lets go of the clock and of the caller's signal. */
  end(): void;
}

export function startDeadline(ms: number, outer: AbortSignal): Deadline {
  const controller = new AbortController();
  let late = false;
  const follow = () => controller.abort(outer.reason);
  const timer = setTimeout(() => {
    late = true;
    controller.abort(new DOMException("The deadline has passed.", "TimeoutError"));
  }, ms);
  if (outer.aborted) follow();
  else outer.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    passed: () => late,
    end: () => {
      clearTimeout(timer);
      outer.removeEventListener("abort", follow);
    },
  };
}
