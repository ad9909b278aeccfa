import { ConnectorError } from "../kit/index.ts";
import { hearingTrouble } from "./hearing.ts";
import type { Plan } from "./plan.ts";
import type { PostgresContext } from "./read.ts";
import type { Findings } from "./test-server.ts";
import { NOTIFY_FUNCTION, triggersOf } from "./trigger.ts";

/** Whether news can be heard where it is to be listened for, and the triggers that are missing, ready to paste. */
export async function tellNews(
  ctx: PostgresContext,
  hasFunction: boolean,
  plans: readonly Plan[],
  found: Findings,
): Promise<void> {
  const { notifyChannel } = ctx.config;
  if (notifyChannel === undefined) return;
  const trouble = await troubleAt(ctx);
  if (trouble === undefined) return tellTriggers(notifyChannel, hasFunction, plans, found);
  found.missing.push({ what: "News at once", why: trouble.message, how: trouble.hint ?? "Leave notifyChannel out." });
}

async function troubleAt(ctx: PostgresContext): Promise<ConnectorError | undefined> {
  try {
    const client = await ctx.api.connectAlone();
    try {
      return await hearingTrouble(ctx, client);
    } finally {
      await client.end();
    }
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    return ConnectorError.from(error);
  }
}

function tellTriggers(channel: string, hasFunction: boolean, plans: readonly Plan[], found: Findings): void {
  const silent = plans.filter(({ relation, hasXmin }) => hasXmin && !relation?.hasTrigger);
  if (silent.length === 0) return;
  if (!hasFunction)
    found.missing.push({
      what: "News: the function that tells of changes",
      why: "Run this once, as the owner of the database.",
      how: NOTIFY_FUNCTION.replace(/\n\s*/g, " "),
    });
  for (const plan of silent)
    found.missing.push({
      what: `News of ${plan.container}`,
      why: "No trigger tells of its changes, so they are found by the scheduled syncs.",
      how: triggersOf(plan, channel),
    });
}
