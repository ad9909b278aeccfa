import { ConnectorError, type Entry } from "../kit/index.ts";
import { accessTo } from "./access.ts";
import { channelUrl, messageUrl } from "./addresses.ts";
import type { SlackContext } from "./api.ts";
import { describeChannel, followedChannels } from "./channels.ts";
import { floorOf } from "./floor.ts";
import { history, readThread } from "./history.ts";
import { identityOf } from "./identity.ts";
import { calledOf, fileItem, threadItem } from "./items.ts";
import { locate } from "./locate.ts";
import { namesIn } from "./people.ts";
import type { Channel, Message } from "./schema.ts";
import { hasReplies, isBot, isReply, isSilent, takenFiles, takenReplies } from "./taken.ts";
import { tsAt } from "./time.ts";

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
  const { identity, channels } = { channels: await followedChannels(ctx), identity: await identityOf(ctx) };
  const names = await namesIn(
    ctx,
    [],
    channels.flatMap(({ user }) => user ?? []),
  );
  for (const channel of channels)
    yield {
      id: channel.id,
      name: calledOf(channel, names),
      holds: "items",
      kind: channel.is_im || channel.is_mpim ? "conversation" : "channel",
      url: channelUrl(identity, channel.id),
      access: await accessTo(ctx, channel),
    };
  for (const { name } of ctx.api.missed)
    yield { id: name, name, holds: "nothing", kind: "channel", access: { allow: [] } };
}

async function* inChannel(ctx: SlackContext, channel: Channel): AsyncGenerator<Entry> {
  const latest = tsAt(ctx.clock.now().getTime() + SKEW_MS);
  for await (const page of history(ctx, channel, await floorOf(ctx, channel.id, undefined), latest)) {
    const taken = page.good.filter(
      (one) => !isReply(one) && !isSilent(one) && (ctx.config.includeBots || !isBot(one) || hasReplies(one)),
    );
    const names = await namesIn(ctx, taken, channel.user === undefined ? [] : [channel.user]);
    const where = { identity: await identityOf(ctx), channel, names };
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
  const identity = await identityOf(ctx);
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
  for (const file of takenFiles(ctx.config, message)) {
    const { id, title, url } = fileItem(channel, file, parent);
    yield {
      id,
      name: title,
      kind: "file",
      holds: "nothing",
      ...(url && { url }),
      ...(file.size != null && { bytes: file.size }),
    };
  }
}

function updatedOf({ ts, latest_reply }: Message): string {
  return new Date(Number((latest_reply ?? ts).split(".")[0]) * 1000).toISOString();
}

function nothingInside(ctx: SlackContext, parent: string): ConnectorError {
  return new ConnectorError("not_found", `Nothing lies inside "${parent.slice(0, 100)}".`, {
    hint: `Channels and threads hold things. Begin with: headwater list ${ctx.source}`,
  });
}
