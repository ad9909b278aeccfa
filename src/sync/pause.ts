import { ConnectorError } from "../model/index.ts";
import type { Pause, Store } from "../store/store.ts";
import { LONGEST_WAIT_MS } from "./reaction.ts";

/** A service that asks for a longer pause is tried once a day all the same. */
const LONGEST_PAUSE_MS = 24 * 3_600_000;

/** Whether a service wants to be left alone for longer than a run may wait. */
export function asksForPause(thrown: unknown): boolean {
  if (!(thrown instanceof ConnectorError)) return false;
  if (thrown.kind !== "rate_limited" && thrown.kind !== "unavailable") return false;
  return (thrown.retryAfterMs ?? 0) > LONGEST_WAIT_MS;
}

/** The pause that an error asks for, in the name of a service. */
export function pauseOf(service: string, error: ConnectorError, now: Date): Omit<Pause, "source"> {
  const until = new Date(now.getTime() + Math.min(error.retryAfterMs ?? 0, LONGEST_PAUSE_MS));
  return {
    until: until.toISOString(),
    reason: `${service} asked to wait until ${clockTime(until, now)}; syncing goes on then.`,
  };
}

/** The pause of a source that was not ended yet, also one whose time has passed. */
export async function lastPause(store: Pick<Store, "pauses">, source: string): Promise<Pause | undefined> {
  return (await store.pauses()).find((one) => one.source === source);
}

/** Whether a pause lasts. */
export function lasts(pause: Pick<Pause, "until"> | undefined, now: Date): pause is Pause {
  return pause !== undefined && Date.parse(pause.until) > now.getTime();
}

/** As a clock on this machine's wall shows it, with the day where it is another one. */
function clockTime(time: Date, now: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  if (time.toDateString() === now.toDateString()) return clock;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock}`;
}
