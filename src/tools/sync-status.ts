import { z } from "zod";
import { ConnectorError, type SyncReport } from "../model/index.ts";
import { defineTool } from "./define.ts";
import type { Desk } from "./desk.ts";
import { fitting } from "./fit.ts";
import { nextOf } from "./list-sources.ts";
import { SYNC_LEVELS, Sync, syncOf, syncText } from "./sync-words.ts";
import { comes, grouped } from "./time.ts";

/** A sync with what set it going and when its source is synced next by itself. */
const Standing = Sync.extend({ started_by: z.string().optional(), next_sync: z.string().optional() });
type Standing = z.output<typeof Standing>;

/** Where a sync stands, or the newest one of each source. */
export const syncStatus = defineTool({
  name: "sync_status",
  title: "Sync status",
  description: "The newest sync of a source, one sync by its id, or (without arguments) the newest of every source.",
  input: z.object({ sync_id: z.string().max(200).optional(), source: z.string().optional() }),
  output: z.object({ syncs: z.array(Standing), left_out: z.number().optional() }),
  effects: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  async run({ sync_id, source }, { desk }) {
    if (source !== undefined) desk.sources.get(source);
    const reports = await reportsOf(desk, sync_id, source);
    const now = new Date();
    const next = new Map<string, string | undefined>();
    if (sync_id === undefined)
      for (const report of reports) next.set(report.source, await nextOf(desk, desk.sources.get(report.source), now));
    return fitting(desk.resultTokens, levelsFor(reports.length), ({ failures, syncs: most }) => {
      const syncs = reports.slice(0, most).map((report) => ({
        ...syncOf(report, desk.viewer, failures),
        started_by: report.startedBy,
        next_sync: next.get(report.source),
      }));
      const leftOut = reports.length - syncs.length;
      const more = leftOut > 0 ? [`… and ${grouped(leftOut)} more: sync_status with source tells of one.`] : [];
      const lines = [...syncs.map(standingText), ...more];
      const text = lines.join("\n") || "Nothing was synced yet. Start with sync_source.";
      return { output: { syncs, left_out: leftOut > 0 ? leftOut : undefined }, text };
    });
  },
});

/** Many syncs in one answer show fewer failures each, and too many are cut. */
function levelsFor(count: number): { failures: number; syncs: number }[] {
  const most = count <= 3 ? 10 : 2;
  const fewer = SYNC_LEVELS.filter((failures) => failures <= most).map((failures) => ({ failures, syncs: count }));
  return [...fewer, ...[60, 30, 15, 8, 4].map((syncs) => ({ failures: 0, syncs }))];
}

function standingText(sync: Standing): string {
  const next = sync.next_sync === undefined ? "" : `- next sync ${comes(sync.next_sync)}`;
  return [syncText(sync), next].filter(Boolean).join("\n");
}

/** Those that run or failed come first. */
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
  const found = reports.filter((report) => report !== undefined);
  return found.sort((left, right) => weightOf(left) - weightOf(right));
}

function weightOf({ state }: SyncReport): number {
  return ["running", "failed", "partial"].includes(state) ? 0 : 1;
}
