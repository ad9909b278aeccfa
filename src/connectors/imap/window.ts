import type { ImapFlow } from "imapflow";
import type { Ctx } from "./api.ts";
import { searched } from "./look.ts";
import type { UidSet } from "./uid-set.ts";

const DAY_MS = 86_400_000;

/**
 * Which messages of a folder are taken when it is read for the first time: those of the last days, the newest of them.
 * Later a folder only grows: what comes is taken, however old.
 */
export async function windowOf(ctx: Ctx, flow: ImapFlow, all: UidSet, since: string | undefined): Promise<UidSet> {
  const { maxEmails } = ctx.config;
  const from = laterOf(await beginning(ctx), since);
  // Days are the server's own, RFC 9051 §6.4.4: one more is asked for, and each message is looked at.
  const recent =
    from === undefined ? all : (await searched(flow, { since: new Date(from.getTime() - DAY_MS) })).and(all);
  return maxEmails === 0 ? recent : recent.newest(maxEmails);
}

/** When the first reading begins: remembered, so that reading everything again does not leave out what had come in. */
export async function beginning(ctx: Ctx): Promise<Date | undefined> {
  const { daysToSync } = ctx.config;
  if (daysToSync === 0) return undefined;
  const kept = (await ctx.memory.get("beginning")) as { days: number; at: string } | undefined;
  if (kept?.days === daysToSync) return new Date(kept.at);
  const at = new Date(ctx.clock.now().getTime() - daysToSync * DAY_MS);
  await ctx.memory.set("beginning", { days: daysToSync, at: at.toISOString() });
  return at;
}

function laterOf(one: Date | undefined, other: string | undefined): Date | undefined {
  if (other === undefined) return one;
  const second = new Date(other);
  return one === undefined || second > one ? second : one;
}
