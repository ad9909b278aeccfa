import { ConnectorError, type Entry } from "../kit/index.ts";
import { accessTo } from "./access.ts";
import { channelUrl, messageUrl } from "./addresses.ts";
import type { SlackContext } from "./api.ts";
import { channelCanvases } from "./canvases.ts";
import { describeChannel, followedChannels } from "./channels.ts";
import { fileItem } from "./file-item.ts";
import { floorOf } from "./floor.ts";
import { history, readThread } from "./history.ts";
import { calledOf, threadItem } from "./items.ts";
import { locate } from "./locate.ts";
import { namesIn } from "./people.ts";
import type { Channel, File, Message } from "./schema.ts";
import { hasReplies, isBot, isCanvas, isReply, isSilent, takenFiles, takenReplies } from "./taken.ts";
import { tsAt } from "./time.ts";
import { identityIn } from "./workspaces.ts";

const SKEW_MS = 3_600_000;

/** Channels; the conversations and files of a channel; what lies in a thread. Always asked of Slack. */
export async function* list(ctx: SlackContext, parent?: string): AsyncGenerator<Entry> {
  if (parent === undefined) {
    yield* listChannels(ctx);
    return;
  }
  const native = /^[CDG][A-Z0-9]+(?:\/\d+\.\d{6})?$/.test(parent) ? parent : ((await locate(ctx, parent)) ?? "");
  const [id = "", ts] = native.split("/");
  if (id === "" || ts?.startsWith("F")) throw nothingInside(ctx, parent);
  const channel = await describeChannel(ctx, id);
  if (ts === undefined) yield* inChannel(ctx, channel);
  else yield* inThread(ctx, channel, ts);
}

/** Private channels that the token cannot list stand as one place, so that their sync says why they are missing. */
async function* listChannels(ctx: SlackContext): AsyncGenerator<Entry> {
  const channels = await followedChannels(ctx);
  const names = await namesIn(
    ctx,
    [],
    channels.flatMap(({ user }) => user ?? []),
  );
  for (const channel of channels) {
    const identity = await identityIn(ctx, channel);
    yield {
      id: channel.id,
      name: `${calledOf(channel, names)}${identity.isOrganization ? ` (${identity.team})` : ""}`,
      holds: "items",
      kind: channel.is_im || channel.is_mpim ? "conversation" : "channel",
      url: channelUrl(identity, channel.id),
      access: await accessTo(ctx, channel),
    };
  }
  for (const { name } of ctx.api.missed)
    yield { id: name, name, holds: "nothing", kind: "channel", access: { allow: [] } };
}

async function* inChannel(ctx: SlackContext, channel: Channel): AsyncGenerator<Entry> {
  const canvases = ctx.config.includeFiles ? ((await channelCanvases(ctx, channel)) ?? []) : [];
  for (const canvas of canvases) yield fileEntry(channel, canvas, channel.id);
  const latest = tsAt(ctx.clock.now().getTime() + SKEW_MS);
  for await (const page of history(ctx, channel, await floorOf(ctx, channel.id, undefined), latest)) {
    const taken = page.good.filter(
      (one) => !isReply(one) && !isSilent(one) && (ctx.config.includeBots || !isBot(one) || hasReplies(one)),
    );
    const names = await namesIn(ctx, taken, channel.user === undefined ? [] : [channel.user]);
    const where = { identity: await identityIn(ctx, channel), channel, names };
    for (const message of taken) {
      const { id, title, url } = threadItem(where, message, [], "");
      const kind = hasReplies(message) ? "thread" : "message";
      yield {
        id,
        name: title,
        kind,
        holds: hasReplies(message) ? "items" : "nothing",
        ...(url && { url }),
        updatedAt: updatedOf(message),
      };
      yield* filesOf(ctx, channel, message, id);
    }
  }
}

async function* inThread(ctx: SlackContext, channel: Channel, ts: string): AsyncGenerator<Entry> {
  const { replies } = await readThread(ctx, channel, ts);
  const taken = takenReplies(ctx.config, replies);
  const identity = await identityIn(ctx, channel);
  const where = { identity, channel, names: await namesIn(ctx, taken) };
  for (const reply of taken) {
    const { id, title } = threadItem(where, reply, [], "");
    yield {
      id,
      name: title,
      kind: "message",
      holds: "nothing",
      url: messageUrl(identity, channel.id, reply),
      updatedAt: updatedOf(reply),
    };
    yield* filesOf(ctx, channel, reply, `${channel.id}/${ts}`);
  }
}

function* filesOf(ctx: SlackContext, channel: Channel, message: Message, parent: string): Generator<Entry> {
  for (const file of takenFiles(ctx.config, message)) if (!isCanvas(file)) yield fileEntry(channel, file, parent);
}

function fileEntry(channel: Channel, file: File, parent: string): Entry {
  const { id, kind, title, url, updatedAt } = fileItem(channel, file, parent);
  const bytes = isCanvas(file) || file.size == null ? {} : { bytes: file.size };
  return { id, name: title, kind, holds: "nothing", ...(url && { url }), ...(updatedAt && { updatedAt }), ...bytes };
}

function updatedOf({ ts, latest_reply }: Message): string {
  return new Date(Number((latest_reply ?? ts).split(".")[0]) * 1000).toISOString();
}

function nothingInside(ctx: SlackContext, parent: string): ConnectorError {
  return new ConnectorError("not_found", `Nothing lies inside "${parent.slice(0, 100)}".`, {
    hint: `Channels and threads hold things. Begin with: headwater list ${ctx.source}`,
  });
}
