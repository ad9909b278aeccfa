import { z } from "zod";
import type { SyncReport, Viewer } from "../model/index.ts";
import { cleanLine } from "./clean.ts";
import { ago } from "./time.ts";

const SHOWN_FAILURES = 10;
const SHOWN_NOTES = 10;

/** A sync as tools answer it. */
export const Sync = z.object({
  sync_id: z.string(),
  source: z.string(),
  state: z.string(),
  mode: z.string(),
  added: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  deleted: z.number(),
  lost: z.number(),
  failed: z.number(),
  done: z.number(),
  total: z.number().optional(),
  started_at: z.string(),
  ended_at: z.string().optional(),
  failures: z.array(z.object({ item: z.string().optional(), message: z.string(), hint: z.string().optional() })),
  held_deletions: z.number(),
  notes: z.array(z.string()),
});
export type Sync = z.output<typeof Sync>;

/** A report in the shape of tools. Names of items are left out for viewers who may not see every item. */
export function syncOf(report: SyncReport, viewer: Viewer): Sync {
  const failures = report.failures.slice(0, SHOWN_FAILURES).map((failure) => ({
    item: viewer === "everything" && failure.id !== undefined ? cleanLine(`${report.source}/${failure.id}`) : undefined,
    message: cleanLine(viewer === "everything" ? placed(failure) : failure.message, 300),
    hint: failure.hint && cleanLine(failure.hint, 300),
  }));
  return {
    sync_id: report.runId,
    source: report.source,
    state: report.state,
    mode: report.mode,
    added: report.added,
    updated: report.updated,
    unchanged: report.unchanged,
    deleted: report.deleted,
    lost: report.lost,
    failed: report.failed,
    done: report.done,
    total: report.total,
    started_at: report.startedAt,
    ended_at: report.endedAt,
    failures,
    held_deletions: report.held.reduce((sum, loss) => sum + loss.missing, 0),
    notes: report.notes.slice(0, SHOWN_NOTES).map((note) => cleanLine(note, 300)),
  };
}

/** A failure with the name of the place that it is about. */
function placed({ id, containerName, message }: SyncReport["failures"][number]): string {
  return id !== undefined || containerName === undefined ? message : `${containerName}: ${message}`;
}

/** "3 added, 1 updated, 120 unchanged"; without zeros. Only a sync that looked at everything calls it unchanged. */
export function countsLine(sync: Sync): string {
  const verbs = ["added", "updated", "deleted", "lost", "failed", "unchanged"] as const;
  const parts = verbs.filter((verb) => sync[verb] > 0).map((verb) => `${sync[verb]} ${verb}`);
  return parts.join(", ") || (sync.state === "succeeded" ? "unchanged" : "nothing changed");
}

/** A sync in Markdown: one line, then what needs attention. */
export function syncText(sync: Sync): string {
  const when = sync.ended_at ? ago(sync.ended_at) : `started ${ago(sync.started_at)}`;
  const progress = sync.state === "running" ? ` — ${sync.done}${sync.total ? ` of ${sync.total}` : ""} looked at` : "";
  const lines = [`**${sync.source}**: ${sync.state}${progress} — ${countsLine(sync)} (${when}, sync ${sync.sync_id})`];
  for (const note of sync.notes) lines.push(`- ${note}`);
  if (sync.held_deletions > 0)
    lines.push(
      `- ${sync.held_deletions} deletions are held back because they look too many to be true. ` +
        `If they are right: sync_source with accept_deletions, or headwater sync ${sync.source} --accept-deletions`,
    );
  for (const failure of sync.failures)
    lines.push(`- failed${failure.item ? ` ${failure.item}` : ""}: ${failure.message} ${failure.hint ?? ""}`.trimEnd());
  if (sync.failed > sync.failures.length) lines.push(`- more failures: headwater failures ${sync.source}`);
  return lines.join("\n");
}
