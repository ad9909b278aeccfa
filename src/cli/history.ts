import type { SyncReport } from "../model/index.ts";
import { type Session, withDesk } from "./session.ts";
import { safeText, table } from "./terminal.ts";
import { ago, took, wholeNumber } from "./times.ts";

/** `headwater history [source]`: the last syncs, newest first. */
export async function history(
  session: Session,
  name: string | undefined,
  opts: { limit?: unknown },
): Promise<undefined> {
  const { terminal, globals } = session;
  const limit = wholeNumber(String(opts.limit), "--limit", 1, 1000);
  await withDesk(session, async ({ sources, store }) => {
    const runs = await store.runs({ limit, ...(name !== undefined && { source: sources.get(name).id }) });
    if (globals.json) return terminal.json({ runs });
    if (runs.length === 0) return terminal.line("Nothing has been synced yet. Begin with: headwater sync");
    for (const row of table(runs.map((run) => rowOf(run, session)))) terminal.line(row);
  });
  return undefined;
}

/** "12 added, 3 updated, 1,269 unchanged": what is not zero. */
export function countsText(report: SyncReport): string {
  const names = ["added", "updated", "unchanged", "deleted", "lost", "failed"] as const;
  const parts = names
    .filter((name) => report[name] > 0)
    .map((name) => `${report[name].toLocaleString("en-US")} ${name}`);
  return parts.length > 0 ? parts.join(", ") : "nothing to do";
}

const STARTED_BY = {
  schedule: "by schedule",
  webhook: "by webhook",
  live: "by live feed",
  tool: "by an assistant",
  person: "",
} as const;

/** "full 3.1 s, by schedule" */
function howOf(run: SyncReport): string {
  const time = run.endedAt ? took(Date.parse(run.endedAt) - Date.parse(run.startedAt)) : "";
  const how = [run.mode === "full" && "full", run.dryRun && "trial", run.part === "containers" && "in part", time];
  const by = STARTED_BY[run.startedBy ?? "person"];
  return how.filter(Boolean).join(" ") + (by === "" ? "" : `, ${by}`);
}

function rowOf(run: SyncReport, { terminal }: Session): string[] {
  const { bold, dim, green, red, yellow } = terminal.style;
  const colour = { succeeded: green, running: green, partial: yellow, cancelled: yellow, skipped: dim, failed: red }[
    run.state
  ];
  const why =
    run.state === "failed"
      ? (run.failures[0]?.message ?? run.notes[0])
      : run.state === "succeeded"
        ? undefined
        : run.notes[0];
  return [
    ago(run.startedAt),
    bold(run.source),
    colour(run.state),
    howOf(run),
    why ? `${countsText(run)}: ${safeText(why)}` : countsText(run),
  ];
}
