/** The moment of a timestamp. For people to read: what is told apart is always the text. */
export function isoOf(ts: string): string {
  const [seconds = "0", part = "0"] = ts.split(".");
  return new Date(Number(seconds) * 1000 + Math.floor(Number(part.padEnd(6, "0").slice(0, 6)) / 1000)).toISOString();
}

/** A moment as Slack writes it. */
export function tsAt(milliseconds: number): string {
  const whole = Math.max(0, Math.floor(milliseconds));
  return `${Math.floor(whole / 1000)}.${String(whole % 1000).padStart(3, "0")}000`;
}

export function millisecondsOf(ts: string): number {
  return Date.parse(isoOf(ts));
}

/** Timestamps are as long as each other until the year 2286, and then too while they are compared by this. */
export function isEarlier(left: string, right: string): boolean {
  return left.length === right.length ? left < right : left.length < right.length;
}

/** `2026-03-02 09:14` */
export function minuteOf(ts: string): string {
  return isoOf(ts).slice(0, 16).replace("T", " ");
}
