import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ConnectorError, type SyncReport } from "../model/index.ts";
import type { Run } from "../sync/types.ts";
import { defineTool, type ToolCall } from "./define.ts";
import { fitting } from "./fit.ts";
import { countsLine, SYNC_LEVELS, Sync, syncOf, syncText } from "./sync-words.ts";

const PROGRESS_MS = 250;

const Input = z.object({
  source: z.string(),
  mode: z.enum(["incremental", "full"]).default("incremental").describe("full: walk everything again"),
  max_items: z
    .number()
    .int()
    .min(1)
    .max(1e9)
    .optional()
    .describe("Stop after this many changes; the next sync goes on"),
  wait_seconds: z.number().min(0).max(50).default(20),
  accept_deletions: z.boolean().default(false).describe("Carry out deletions that an earlier sync held back"),
});

/** Brings one source up to date; goes on in the background when it takes longer than the caller waits. */
export const syncSource = defineTool({
  name: "sync_source",
  title: "Sync a source",
  description:
    "Bring the stored copy of one source up to date. Answers when done, or after wait_seconds with a running sync_id " +
    "that goes on: see sync_status. Writes to the local copy only.",
  input: Input,
  output: Sync,
  effects: { readOnly: false, destructive: false, idempotent: true, openWorld: true },
  async run(args, call) {
    const { desk } = call;
    desk.sources.get(args.source);
    if (args.accept_deletions && desk.viewer !== "everything")
      throw new ConnectorError("permission", "Only the owner of this server may accept deletions.", {
        hint: `On the machine of the server: headwater sync ${args.source} --accept-deletions`,
      });
    const before = new Date().toISOString();
    const run = desk.engine.start(args.source, {
      full: args.mode === "full",
      limit: args.max_items,
      acceptDeletions: args.accept_deletions,
      startedBy: "tool",
    });
    const joined = run.report().startedAt < before;
    const report = await waitFor(run, args.wait_seconds * 1000, joined, call);
    const going =
      report.state === "running"
        ? "\n- it goes on by itself: sync_status tells how far it is, cancel_sync stops it; search works meanwhile"
        : "";
    const locked = report.failures.some(({ kind, id, container }) => kind === "auth" && !id && !container);
    const answer = fitting(desk.resultTokens, SYNC_LEVELS, (most) => {
      const output = syncOf(report, desk.viewer, most);
      return { output, text: syncText(output) + going };
    });
    return { ...answer, ...(locked && { wantsLogin: args.source }) };
  },
});

/** A cancelled call stops the sync it started, but not one that was under way before. */
async function waitFor(run: Run, waitMs: number, joined: boolean, call: ToolCall): Promise<SyncReport> {
  const giveUp = new AbortController();
  const stop = () => {
    if (!joined) run.cancel();
    giveUp.abort();
  };
  call.signal.addEventListener("abort", stop, { once: true });
  if (call.signal.aborted) stop();
  const ticker = call.progress && setInterval(() => tell(run.report(), call), PROGRESS_MS);
  try {
    const patience = sleep(waitMs, undefined, { signal: giveUp.signal }).catch(() => undefined);
    const report = (await Promise.race([run.done, patience])) ?? run.report();
    tell(report, call);
    return report;
  } finally {
    clearInterval(ticker);
    giveUp.abort();
    call.signal.removeEventListener("abort", stop);
  }
}

function tell(report: SyncReport, { progress, desk }: ToolCall): void {
  progress?.(report.done, report.total, `${report.source}: ${countsLine(syncOf(report, desk.viewer))}`);
}
