import { z } from "zod";
import { ConnectorError } from "../model/index.ts";
import { defineTool } from "./define.ts";
import { ago } from "./time.ts";

/** Stops a running sync; what is stored stays. */
export const cancelSync = defineTool({
  name: "cancel_sync",
  title: "Cancel a sync",
  description: "Stop a running sync. What it stored stays, and the next sync goes on from there.",
  input: z.object({ sync_id: z.string().min(1).max(200) }),
  output: z.object({ sync_id: z.string(), cancelled: z.boolean(), state: z.string() }),
  effects: { readOnly: false, destructive: false, idempotent: true, openWorld: false },
  async run({ sync_id }, { desk }) {
    const report = await desk.engine.status({ runId: sync_id });
    if (!report)
      throw new ConnectorError("not_found", "There is no sync with this id.", {
        hint: "Call sync_status to see the ids of running syncs.",
      });
    const cancelled = report.state === "running" && (await desk.engine.cancel(sync_id));
    const text = cancelled
      ? `The sync of ${report.source} was told to stop and ends with the page it is at; the next one goes on from there.`
      : `The sync of ${report.source} had already ended ${ago(report.endedAt)}: ${report.state}.`;
    return { output: { sync_id, cancelled, state: cancelled ? "cancelling" : report.state }, text };
  },
});
