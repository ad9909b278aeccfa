import type { RunState, SyncReport } from "../model/index.ts";
import { type Session, withDesk } from "./session.ts";
import { table } from "./table.ts";
import { type Style, safeText } from "./terminal.ts";
import { grouped, took, whenCells, wholeNumber } from "./times.ts";

/** What to say where nothing was ever synced. */
export const NOTHING_SYNCED = "Nothing has been synced yet. Begin with: headwater sync";

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
    if (runs.length === 0) return terminal.line(NOTHING_SYNCED);
    const stats = await store.stats();
    const failing = new Set(stats.filter(({ failures }) => failures > 0).map(({ source }) => source));
    const rows = runs.map((run) => rowOf(run, failing, terminal.style));
    for (const row of table(rows, { columns: terminal.columns })) terminal.line(row);
  });
  return undefined;
}

/**
 * "12 added, 3 updated, 1,269 unchanged": what is not zero. Only who looked at everything may call it unchanged; a run that
 * did not get to look at anything says nothing.
 */
export function countsText(report: SyncReport): string {
  const otherwise: Partial<Record<RunState, string>> = { succeeded: "unchanged", partial: "nothing changed" };
  return counted(report) || (otherwise[report.state] ?? "");
}

/** Why a run did no more than it did: what stopped all of it or a part of it. */
export function whyText(report: SyncReport): string | undefined {
  const first = report.failures.find(({ id }) => id === undefined);
  const stopped = first?.containerName === undefined ? first?.message : `${first.containerName}: ${first.message}`;
  return report.state === "failed" ? (stopped ?? report.notes[0]) : (report.notes[0] ?? stopped);
}

function counted(report: SyncReport): string {
  const names = ["added", "updated", "unchanged", "deleted", "lost", "failed"] as const;
  return names
    .filter((name) => report[name] > 0)
    .map((name) => `${grouped(report[name])} ${name}`)
    .join(", ");
}

const STARTED_BY = {
  schedule: "by schedule",
  webhook: "by webhook",
  live: "by live news",
  tool: "by an assistant",
  person: "by hand",
} as const;

const PART = { containers: "in part", items: "single items", failures: "failed ones again" } as const;

/** "full, 3.1 s" */
function howOf(run: SyncReport): string {
  const time = run.endedAt ? took(Date.parse(run.endedAt) - Date.parse(run.startedAt)) : "";
  const scope = run.part === undefined ? run.mode === "full" && "full" : PART[run.part];
  return [run.dryRun && "trial", scope, time].filter(Boolean).join(", ");
}

/** What it did, and why it did no more. */
function outcomeOf(run: SyncReport, failing: ReadonlySet<string>): string {
  const done = counted(run);
  if (run.state === "running") {
    const looked = `${grouped(run.done)}${run.total === undefined ? "" : ` of ${grouped(run.total)}`} looked at so far`;
    return done === "" ? looked : `${looked}: ${done}`;
  }
  if (run.state === "succeeded") return countsText(run);
  const why = whyText(run) ?? nextStep(run, failing);
  return [done, why && safeText(why)].filter(Boolean).join("; ");
}

/** What failed then may have been read since. */
function nextStep(run: SyncReport, failing: ReadonlySet<string>): string | undefined {
  if (run.state === "cancelled") return "stopped before the end; the next sync goes on";
  if (run.failed === 0) return undefined;
  return failing.has(run.source) ? `see them: headwater failures ${run.source}` : "read since then";
}

function rowOf(run: SyncReport, failing: ReadonlySet<string>, style: Style): string[] {
  const { bold, dim, green, red, yellow } = style;
  const colour = { succeeded: green, running: green, partial: yellow, cancelled: yellow, skipped: dim, failed: red }[
    run.state
  ];
  const [time, ago] = whenCells(run.startedAt);
  return [
    time,
    dim(ago),
    bold(run.source),
    colour(run.state),
    STARTED_BY[run.startedBy ?? "person"],
    howOf(run),
    outcomeOf(run, failing),
  ];
}
