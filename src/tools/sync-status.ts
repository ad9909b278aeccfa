import { z } from "zod";
import { ConnectorError, type SyncReport } from "../model/index.ts";
import { defineTool } from "./define.ts";
import type { Desk } from "./desk.ts";
import { Sync, syncOf, syncText } from "./sync-words.ts";

/** Where a sync stands, or the newest one of each source. */
export const syncStatus = defineTool({
  name: "sync_status",
  title: "Sync status",
  description: "The newest sync of a source, one sync by its id, or (without arguments) the newest of every source.",
  input: z.object({ sync_id: z.string().max(200).optional(), source: z.string().optional() }),
  output: z.object({ syncs: z.array(Sync) }),
  effects: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  async run({ sync_id, source }, { desk }) {
    if (source !== undefined) desk.sources.get(source);
    const reports = await reportsOf(desk, sync_id, source);
    const syncs = reports.map((report) => trimmed(syncOf(report, desk.viewer), reports.length));
    const text = syncs.map(syncText).join("\n") || "Nothing was synced yet. Start with sync_source.";
    return { output: { syncs }, text };
  },
});

async function reportsOf(desk: Desk, runId: string | undefined, source: string | undefined): Promise<SyncReport[]> {
  if (runId !== undefined) {
    const report = await desk.engine.status({ runId, source });
    if (!report)
      throw new ConnectorError("not_found", "There is no sync with this id.", {
        hint: "Call sync_status without sync_id to see the newest of every source.",
      });
    return [report];
  }
  const names = source === undefined ? desk.sources.all().map((entry) => entry.id) : [source];
  const reports = await Promise.all(names.map((name) => desk.engine.status({ source: name })));
  return reports.filter((report) => report !== undefined);
}

/** Many syncs in one answer show fewer failures each. */
function trimmed(sync: Sync, among: number): Sync {
  if (among <= 3) return sync;
  const shown = among > 12 ? 0 : 2;
  return { ...sync, failures: sync.failures.slice(0, shown), notes: sync.notes.slice(0, shown) };
}
