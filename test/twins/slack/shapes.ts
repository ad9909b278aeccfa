import type { Channel, File, Message, User } from "./model.ts";
import type { World } from "./world.ts";

/** Things as the Web API describes them (https://docs.slack.dev/reference/objects, 2026-11). */
export function channelShape(world: World, channel: Channel, asker: string): object {
  const { id, name, kind } = channel;
  if (kind === "im") {
    const other = [...channel.members].find((member) => member !== asker) ?? asker;
    return {
      id,
      created: channel.created,
      is_im: true,
      is_archived: false,
      is_org_shared: false,
      user: other,
      is_user_deleted: false,
      priority: 0,
    };
  }
  const said = (value: string) => ({ value, creator: "", last_set: 0 });
  return {
    id,
    name,
    is_channel: kind === "public",
    is_group: kind === "private",
    is_im: false,
    is_mpim: kind === "mpim",
    is_private: kind !== "public",
    created: channel.created,
    is_archived: channel.archived,
    is_general: false,
    unlinked: 0,
    name_normalized: name,
    is_shared: channel.isExternal,
    is_org_shared: (channel.sharedTeams ?? []).length > 0,
    is_pending_ext_shared: false,
    pending_shared: [],
    context_team_id: channel.team ?? world.team.id,
    updated: channel.created * 1000,
    creator: [...channel.members][0] ?? "USLACKBOT",
    is_ext_shared: channel.isExternal,
    shared_team_ids: [channel.team ?? world.team.id, ...(channel.sharedTeams ?? [])],
    pending_connected_team_ids: [],
    is_member: channel.members.has(asker),
    topic: said(channel.topic),
    purpose: said(channel.purpose),
    previous_names: channel.previousNames,
    num_members: channel.members.size,
    properties: propertiesOf(world, channel),
  };
}

/** The channel's own canvas is its first tab. */
function propertiesOf(world: World, channel: Channel): object {
  const canvas = [...world.files.values()].find((file) => file.ownCanvasOf === channel.id);
  if (canvas === undefined) return { tabs: [] };
  return {
    canvas: { file_id: canvas.id, is_empty: canvas.content.length === 0, quip_thread_id: "TXD9AAkUiiQ" },
    tabs: [{ id: "Ct01", label: "", type: "channel_canvas", data: { file_id: canvas.id } }],
  };
}

export function messageShape(world: World, channel: Channel, message: Message, origin: string): object {
  const { files, ...rest } = message;
  const replies = repliesOf(channel, message.ts);
  const shown = {
    ...rest,
    team: world.team.id,
    ...(files && { files: files.map((id) => fileShape(world, world.files.get(id) as File, origin)) }),
  };
  if (message.thread_ts !== undefined && message.thread_ts !== message.ts) {
    const root = channel.messages.get(message.thread_ts);
    return { ...shown, parent_user_id: root?.user ?? "USLACKBOT" };
  }
  if (replies.length === 0) return shown;
  const users = [...new Set(replies.map((one) => one.user ?? one.bot_id ?? ""))];
  return {
    ...shown,
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    latest_reply: replies.at(-1)?.ts,
    reply_users: users.slice(0, 5),
    is_locked: false,
    subscribed: false,
  };
}

export function repliesOf(channel: Channel, ts: string): Message[] {
  return [...channel.messages.values()].filter((one) => one.thread_ts === ts && one.ts !== ts).sort(byTs);
}

export function byTs(left: Message, right: Message): number {
  return left.ts < right.ts ? -1 : 1;
}

export function fileShape(world: World, file: File, origin: string): object {
  if (file.mode === "tombstone") return { id: file.id, mode: "tombstone" };
  const address = `${origin}/files-pri/${world.team.id}-${file.id}`;
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: file.isCanvas ? "quip" : file.name.split(".").at(-1),
    pretty_type: file.isCanvas ? "Canvas" : "File",
    user: file.user,
    ...(file.updated !== undefined && { updated: file.updated, edit_timestamp: file.updated }),
    editable: file.isCanvas === true,
    size: file.content.length,
    mode: file.mode,
    is_external: file.mode === "external",
    external_type: "",
    is_public: true,
    public_url_shared: false,
    url_private: `${address}/${encodeURIComponent(file.name)}`,
    url_private_download: `${address}/download/${encodeURIComponent(file.name)}`,
    permalink: `https://${world.team.domain}.slack.com/files/${file.user}/${file.id}/${encodeURIComponent(file.name.toLowerCase())}`,
  };
}

export function userShape(world: World, user: User, withEmail: boolean): object {
  return {
    id: user.id,
    team_id: world.team.id,
    name: user.name,
    deleted: user.deleted,
    real_name: user.realName,
    tz: "Europe/Copenhagen",
    is_bot: user.isBot,
    is_restricted: user.isGuest,
    is_ultra_restricted: false,
    updated: 1_700_000_000,
    profile: {
      real_name: user.realName,
      display_name: user.isBot ? "" : user.realName.split(" ")[0],
      team: world.team.id,
      ...(withEmail && !user.isBot && { email: user.email }),
    },
  };
}
