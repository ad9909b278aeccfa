import { z } from "zod";
import type { Ctx } from "./api.ts";

const WEEK_MS = 7 * 86_400_000;
const MOST_KEPT = 20;
const KEY = "renumbered";
const Kept = z.array(z.object({ folder: z.string(), at: z.iso.datetime() }));

/** Notes that a folder's messages got new numbers (UIDVALIDITY): once may happen to anybody. */
export async function noteRenumbered(ctx: Ctx, folder: string): Promise<void> {
  ctx.log.warn("folder.renumbered", { folder });
  const now = { folder, at: ctx.clock.now().toISOString() };
  await ctx.memory.set(KEY, [...(await kept(ctx)), now].slice(-MOST_KEPT));
}

/** A sentence for each folder that this happens to again and again: servers and bridges that do so are ill. */
export async function renumberedOften(ctx: Ctx): Promise<string[]> {
  const since = ctx.clock.now().getTime() - WEEK_MS;
  const times = new Map<string, number>();
  for (const { folder, at } of await kept(ctx))
    if (Date.parse(at) >= since) times.set(folder, (times.get(folder) ?? 0) + 1);
  return [...times].flatMap(([folder, count]) =>
    count < 2
      ? []
      : [
          `The server numbered the messages of ${folder} anew ${count} times in the last 7 days (UIDVALIDITY), and each time all of them are read again. Its owner should look after it.`,
        ],
  );
}

async function kept(ctx: Ctx): Promise<z.output<typeof Kept>> {
  return Kept.safeParse(await ctx.memory.get(KEY)).data ?? [];
}
