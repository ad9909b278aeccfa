import type { SlackContext } from "./api.ts";
import { channelCanvases } from "./canvases.ts";
import type { SlackCursor, Walked } from "./cursor.ts";
import { fileItem } from "./file-item.ts";
import { askFile } from "./files.ts";
import type { Gathered } from "./gathered.ts";
import type { Channel, File } from "./schema.ts";

type Canvases = NonNullable<SlackCursor["canvases"]>;

/**
 * Canvases of a channel against those that were known: no message tells that one was edited, so they are listed by
 * themselves once a day. Answers what is known from now on; where Slack does not tell, what was known stays.
 */
export async function walkCanvases(
  ctx: SlackContext,
  channel: Channel,
  known: Canvases,
  gathered: Gathered,
  walked: Walked,
): Promise<Canvases> {
  if (!ctx.config.includeFiles) return {};
  const idOf = (file: string) => `${channel.id}/${file}`;
  const listed = await channelCanvases(ctx, channel);
  if (listed === undefined) {
    for (const file of Object.keys(known)) walked.ids.add(idOf(file));
    return known;
  }
  const now: Canvases = {};
  for (const canvas of listed) {
    const parent = known[canvas.id] === stampOf(canvas) ? undefined : await parentOf(ctx, channel, canvas);
    if (parent !== undefined) gathered.drafts.push(fileItem(channel, canvas, parent));
    now[canvas.id] = stampOf(canvas);
    walked.ids.add(idOf(canvas.id));
  }
  for (const file of Object.keys(known))
    if (now[file] === undefined && !walked.ids.has(idOf(file))) gathered.deletes.push(idOf(file));
  return now;
}

function stampOf({ updated, created, title }: File): string {
  return `${updated ?? created ?? 0} ${title ?? ""}`;
}

/** The conversation that it was shared in, or the channel whose own it is. */
async function parentOf(ctx: SlackContext, channel: Channel, canvas: File): Promise<string> {
  const { shares } = await askFile(ctx, canvas.id, channel);
  const [share] = shares[channel.id] ?? [];
  const root = share?.thread_ts ?? share?.ts;
  return root === undefined ? channel.id : `${channel.id}/${root}`;
}
