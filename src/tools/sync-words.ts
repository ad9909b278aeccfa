import { z } from "zod";
import type { SyncReport, Viewer } from "../model/index.ts";
import { cleanLine } from "./clean.ts";
import { forAssistant } from "./hints.ts";
import { ago, grouped } from "./time.ts";

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

/** How many failures and notes a sync tells: the fullest first. */
export const SYNC_LEVELS = [10, 5, 2, 0] as const;

/** A report in the shape of tools. Viewers who may not see every item are told its counts: sentences name items and places. */
export function syncOf(report: SyncReport, viewer: Viewer, atMost = 10): Sync {
  const most = viewer === "everything" ? atMost : 0;
  const failures = report.failures.slice(0, most).map((failure) => ({
    item: failure.id === undefined ? undefined : cleanLine(`${report.source}/${failure.id}`),
    message: cleanLine(placed(failure), 300),
    hint: failure.hint && cleanLine(forAssistant(failure.hint), 300),
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
    notes: report.notes.slice(0, most).map((note) => cleanLine(note, 300)),
  };
}

/** A failure with the name of the place that it is about. */
function placed({ id, containerName, message }: SyncReport["failures"][number]): string {
  return id !== undefined || containerName === undefined ? message : `${containerName}: ${message}`;
}

/** "3 added, 1 updated, 1,120 unchanged"; without zeros. Only a sync that looked at everything calls it unchanged. */
export function countsLine(sync: Sync): string {
  const verbs = ["added", "updated", "deleted", "lost", "failed", "unchanged"] as const;
  const parts = verbs.filter((verb) => sync[verb] > 0).map((verb) => `${grouped(sync[verb])} ${verb}`);
  return parts.join(", ") || (sync.state === "succeeded" ? "nothing to do" : "nothing changed");
}

const STARTED_BY: Readonly<Record<string, string>> = {
  schedule: " by its schedule",
  webhook: " by a webhook",
  live: " by live news",
  tool: " by an assistant",
};

const ENDED: Readonly<Record<string, string>> = {
  succeeded: "synced",
  partial: "synced in part",
  failed: "could not be synced",
  cancelled: "stopped before the end",
  skipped: "not synced",
};

/** A sync in Markdown: one line, then what needs attention and the next step. */
export function syncText(sync: Sync & { started_by?: string | undefined }): string {
  const lines = [`**${sync.source}** ${standing(sync)} (${sync.sync_id})`];
  for (const note of sync.notes) lines.push(`- ${note}`);
  if (sync.held_deletions > 0)
    lines.push(
      `- ${grouped(sync.held_deletions)} deletions are held back because they look too many to be true. ` +
        `If they are right: sync_source with accept_deletions, or headwater sync ${sync.source} --accept-deletions`,
    );
  for (const failure of sync.failures)
    lines.push(`- failed${failure.item ? ` ${failure.item}` : ""}: ${failure.message} ${failure.hint ?? ""}`.trimEnd());
  const untold = sync.failed - sync.failures.filter(({ item }) => item !== undefined).length;
  if (untold > 0 && sync.failed > sync.failures.length)
    lines.push(
      `- ${grouped(untold)} ${sync.failures.length > 0 ? "more " : ""}could not be read: headwater failures ${sync.source}`,
    );
  if (sync.state === "cancelled") lines.push("- the next sync goes on from there");
  return lines.join("\n");
}

/** "synced 4 min ago: 3 added", "is syncing since 2 min: 312 of 2,000 looked at, 12 added so far" */
function standing(sync: Sync & { started_by?: string | undefined }): string {
  const by = STARTED_BY[sync.started_by ?? ""] ?? "";
  if (sync.state !== "running")
    return `${ENDED[sync.state] ?? sync.state} ${ago(sync.ended_at ?? sync.started_at)}${by}${sync.state === "failed" && sync.done === 0 ? "" : `: ${countsLine(sync)}`}`;
  const looked = `${grouped(sync.done)}${sync.total === undefined ? "" : ` of ${grouped(sync.total)}`} looked at`;
  return `is syncing, began ${ago(sync.started_at)}${by}: ${looked}, ${countsLine(sync)} so far`;
}
