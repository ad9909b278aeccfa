import type { Row } from "./driver.ts";
import { decodeText } from "./text.ts";
import type { Identity } from "./writing.ts";

/** Whether a lease's owner holds it still: neither given back, nor lapsed, nor of a process that ended. */
export function isHeld(lease: Row, self: Identity, now: number): boolean {
  if (lease.owner === null || Number(lease.expires_at) <= now) return false;
  return !isDead(
    { process: decodeText(lease.owner ?? null), host: decodeText(lease.host ?? null), pid: Number(lease.pid) },
    self,
  );
}

/** Whether another process has surely ended: only the same machine can tell. */
export function isDead(other: Identity, self: Identity): boolean {
  if (other.host !== self.host) return false;
  if (other.pid === self.pid) return other.process !== self.process;
  try {
    process.kill(other.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
