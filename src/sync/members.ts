import { ConnectorError } from "../model/index.ts";
import type { Job } from "./job.ts";

const DAY_MS = 24 * 3_600_000;
const KEY = "engine.members-at";

/**
 * Learns once a day who is in the groups that a source's items name. What cannot be learned widens nothing: those who were
 * known stay, others may not read.
 */
export async function refreshMembers(job: Job): Promise<void> {
  const { connector, id } = job.source;
  if (connector.members === undefined || job.options.dryRun) return;
  const now = job.clock.now().getTime();
  const at = await job.ctx.memory.get(KEY);
  if (typeof at === "number" && Math.abs(now - at) < DAY_MS) return;
  try {
    for await (const { group, users } of connector.members(job.ctx))
      await job.store.setMembers(id, job.fence, group, users);
    await job.ctx.memory.set(KEY, now);
  } catch (thrown) {
    const error = ConnectorError.from(thrown);
    if (["auth", "config", "cancelled", "store"].includes(error.kind)) throw error;
    job.ctx.log.warn("members.missed", { why: error.message });
  }
}
