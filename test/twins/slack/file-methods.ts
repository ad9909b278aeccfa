import { type Call, Refused, visible } from "./call.ts";
import type { Channel, File, Token } from "./model.ts";
import { fileShape } from "./shapes.ts";
import type { World } from "./world.ts";

/** `files.info`: a file that the asker sees in some channel. */
export function fileInfo({ world, token, args, origin }: Call): object {
  const file = world.files.get(args.get("file") ?? "");
  const isSeen = [...world.channels.values()].some((channel) => visible(channel, token) && holds(channel, file));
  if (file === undefined || !isSeen) throw new Refused("file_not_found");
  if (file.mode === "tombstone") throw new Refused("file_deleted");
  return {
    file: { ...fileShape(world, file, origin), ...sharesOf(world, file, token) },
    comments: [],
    paging: { count: 100, total: 0, page: 1, pages: 0 },
  };
}

/** `files.list` by channel and type, in numbered pages. https://docs.slack.dev/reference/methods/files.list, 2026-11. */
export function fileList({ world, token, args, origin, pageCap }: Call): object {
  const channel = world.channels.get(args.get("channel") ?? "");
  if (channel === undefined || !visible(channel, token)) throw new Refused("channel_not_found");
  const types = (args.get("types") ?? "all").split(",");
  const all = [...world.files.values()].filter(
    (file) =>
      holds(channel, file) &&
      file.mode !== "tombstone" &&
      (types.includes("all") || (types.includes("canvas") && file.isCanvas)),
  );
  const count = Math.min(Number(args.get("count") ?? 100), pageCap);
  const page = Number(args.get("page") ?? 1);
  return {
    files: all.slice((page - 1) * count, page * count).map((file) => fileShape(world, file, origin)),
    paging: { count, total: all.length, page, pages: Math.ceil(all.length / count) },
  };
}

function holds(channel: Channel, file: File | undefined): boolean {
  if (file === undefined) return false;
  return file.ownCanvasOf === channel.id || [...channel.messages.values()].some((one) => one.files?.includes(file.id));
}

/** Where a file was shared, as far as the asker may see. */
function sharesOf(world: World, file: File, token: Token): object {
  const shares = { public: {} as Record<string, object[]>, private: {} as Record<string, object[]> };
  for (const channel of world.channels.values()) {
    if (!visible(channel, token)) continue;
    const told = [...channel.messages.values()].filter((one) => one.files?.includes(file.id));
    const shown = told.map(({ ts, thread_ts }) => ({
      ts,
      ...(thread_ts && { thread_ts }),
      channel_name: channel.name,
    }));
    if (shown.length > 0) shares[channel.kind === "public" ? "public" : "private"][channel.id] = shown;
  }
  const own = file.ownCanvasOf;
  const isOpen = own !== undefined && world.channels.get(own)?.kind === "public";
  return {
    shares,
    channels: [...Object.keys(shares.public), ...(own !== undefined && isOpen ? [own] : [])],
    groups: [...Object.keys(shares.private), ...(own !== undefined && !isOpen ? [own] : [])],
    ims: [],
    ...(own !== undefined && { is_channel_space: true, linked_channel_id: own }),
  };
}
