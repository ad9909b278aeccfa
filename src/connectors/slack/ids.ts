import type { From } from "../kit/index.ts";
import type { SlackContext } from "./api.ts";
import { channelCanvases } from "./canvases.ts";
import { describeChannel } from "./channels.ts";
import { floorOf } from "./floor.ts";
import { history, readThread } from "./history.ts";
import type { Message } from "./schema.ts";
import { hasReplies, isReply, isSilent, takenFiles, takenReplies } from "./taken.ts";
import { tsAt } from "./time.ts";

const SKEW_MS = 3_600_000;

/** Everything that a channel holds, as ids. What the sync before has met is not asked for again. */
export async function* idsOf(ctx: SlackContext, from: From<never>): AsyncGenerator<string[]> {
  const id = from.container ?? "";
  const walked = ctx.api.walkedBy(ctx.signal).get(id);
  if (walked?.whole === true) {
    yield [...walked.ids];
    return;
  }
  const channel = await describeChannel(ctx, id);
  const floor = walked?.floor ?? (await floorOf(ctx, id, from.since));
  const old = Object.entries(walked?.known ?? {}).flatMap(([ts, { f = [], r = [] }]) => [ts, ...f, ...r]);
  yield [id, ...[...(walked?.ids ?? [])], ...old.map((part) => `${id}/${part}`)];
  const latest = tsAt(ctx.clock.now().getTime() + SKEW_MS);
  for await (const page of history(ctx, channel, floor, latest)) {
    const parts = page.failures.map((failure) => failure.id);
    for (const message of page.good) {
      if (isReply(message) || isSilent(message)) continue;
      for (const part of await partsOf(message)) parts.push(`${id}/${part}`);
    }
    yield parts;
  }
  const canvases = ctx.config.includeFiles ? await channelCanvases(ctx, channel) : [];
  yield [...(canvases?.map((file) => file.id) ?? Object.keys(walked?.canvases ?? {}))].map((file) => `${id}/${file}`);

  /** Files and replies of a thread that no cursor knows are found in the thread alone. */
  async function partsOf(root: Message): Promise<string[]> {
    const own = [root.ts, ...takenFiles(ctx.config, root).map((file) => file.id)];
    const isKnown = walked === undefined || root.ts in walked.known;
    if (isKnown && walked !== undefined) return own;
    if (!ctx.config.includeThreads || !hasReplies(root)) return own;
    const replies = takenReplies(ctx.config, (await readThread(ctx, channel, root.ts)).replies);
    const apart = ctx.config.groupBy === "message" ? replies.map(({ ts }) => ts) : [];
    return [...own, ...apart, ...replies.flatMap((reply) => takenFiles(ctx.config, reply).map((file) => file.id))];
  }
}
