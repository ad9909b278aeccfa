import { z } from "zod";
import { ConnectorError, type SyncReport } from "../model/index.ts";
import { nextSync } from "../sync/schedule.ts";
import { defineTool } from "./define.ts";
import type { Desk } from "./desk.ts";
import { Sync, syncOf, syncText } from "./sync-words.ts";
import { comes } from "./time.ts";

/** A sync with what set it going and when its source is synced next by itself. */
const Standing = Sync.extend({ started_by: z.string().optional(), next_sync: z.string().optional() });
type Standing = z.output<typeof Standing>;

/** Where a sync stands, or the newest one of each source. */
export const syncStatus = defineTool({
  name: "sync_status",
  title: "Sync status",
  description: "The newest sync of a source, one sync by its id, or (without arguments) the newest of every source.",
  input: z.object({ sync_id: z.string().max(200).optional(), source: z.string().optional() }),
  output: z.object({ syncs: z.array(Standing) }),
  effects: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  async run({ sync_id, source }, { desk }) {
    if (source !== undefined) desk.sources.get(source);
    const reports = await reportsOf(desk, sync_id, source);
    const now = new Date();
    const syncs = await Promise.all(
      reports.map(async (report) => {
        const next = sync_id === undefined ? await nextOf(desk, report.source, now) : undefined;
        const sync = { ...syncOf(report, desk.viewer), started_by: report.startedBy, next_sync: next };
        return trimmed(sync, reports.length);
      }),
    );
    const text = syncs.map(standingText).join("\n") || "Nothing was synced yet. Start with sync_source.";
    return { output: { syncs }, text };
  },
});

function standingText(sync: Standing): string {
  const by = sync.started_by === undefined || sync.started_by === "person" ? "" : `- started by ${sync.started_by}`;
  const next = sync.next_sync === undefined ? "" : `- next sync ${comes(sync.next_sync)}`;
  return [syncText(sync), by, next].filter(Boolean).join("\n");
}

/** When the source is synced next by itself; nothing while that cannot be told. */
function nextOf(desk: Desk, source: string, now: Date): Promise<string | undefined> {
  return nextSync(desk.store, desk.sources.get(source), now).catch(() => undefined);
}

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
function trimmed(sync: Standing, among: number): Standing {
  if (among <= 3) return sync;
  const shown = among > 12 ? 0 : 2;
  return { ...sync, failures: sync.failures.slice(0, shown), notes: sync.notes.slice(0, shown) };
}
