import type { Channel, File, Message, Token, User } from "./model.ts";

/** What people do in a workspace. Every deed is told to `listener` as the event that Slack sends. */
export class World {
  readonly team = { id: "T0WEIR0001", name: "Weir & Sluice", domain: "weirworks" };
  readonly users = new Map<string, User>();
  readonly channels = new Map<string, Channel>();
  readonly files = new Map<string, File>();
  readonly usergroups = new Map<string, { id: string; name: string; handle: string; users: string[] }>();
  readonly tokens = new Map<string, Token>();
  readonly teams = new Map([[this.team.id, this.team]]);
  /** Set where the workspaces belong to an organization. */
  organization: { id: string; name: string; domain: string } | undefined;
  /** Whether the workspace has the Real-time Search API. */
  hasRealTimeSearch = true;
  /** What the free plan hides, in seconds since 1970. */
  visibleSince = 0;
  listener: (event: Record<string, unknown>, channel?: Channel) => void = () => {};
  readonly #now: () => Date;
  #serial = 0;
  readonly #given = new Set<number>();

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  now(): Date {
    return this.#now();
  }

  id(letter: string): string {
    this.#serial += 1;
    return `${letter}0${String(this.#serial).padStart(3, "0")}${"MILLWHEEL".slice(0, 6)}`;
  }

  /** A new timestamp, six decimals, that nothing else has. */
  ts(at: Date = this.now()): string {
    let micro = at.getTime() * 1000;
    while (this.#given.has(micro)) micro += 1;
    this.#given.add(micro);
    return tsOf(micro);
  }

  user(name: string, realName: string, more: Partial<User> = {}): User {
    const email = `${name}@weirworks.example`;
    const user = { id: this.id("U"), name, realName, email, isBot: false, isGuest: false, deleted: false, ...more };
    this.users.set(user.id, user);
    return user;
  }

  channel(name: string, more: Partial<Channel> = {}): Channel {
    const kind = more.kind ?? "public";
    const letter = { public: "C", private: "C", im: "D", mpim: "C" }[kind];
    const channel: Channel = {
      id: this.id(letter),
      kind,
      name,
      previousNames: [],
      created: Math.floor(this.now().getTime() / 1000) - 400 * 86_400,
      archived: false,
      topic: "",
      purpose: "",
      members: new Set(),
      isExternal: false,
      messages: new Map(),
      ...more,
    };
    this.channels.set(channel.id, channel);
    return channel;
  }

  token(kind: Token["kind"], user: string, scopes: readonly string[], more: Partial<Token> = {}): Token {
    const prefix = { bot: "xoxb", user: "xoxp", app: "xapp-1" }[kind];
    const value = `${prefix}-${this.id("9")}-${"canary".repeat(3)}`;
    const token = { value, kind, user, scopes: new Set(scopes), revoked: false, ...more };
    this.tokens.set(value, token);
    return token;
  }

  file(name: string, content: string | Buffer, user: string, more: Partial<File> = {}): File {
    const file = {
      id: this.id("F"),
      name,
      title: name,
      mimetype: name.endsWith(".md") ? "text/markdown" : name.endsWith(".pdf") ? "application/pdf" : "text/plain",
      user,
      created: Math.floor(this.now().getTime() / 1000),
      content: Buffer.from(content),
      mode: "hosted",
      ...more,
    };
    this.files.set(file.id, file);
    return file;
  }

  /** A canvas; `ownOf` makes it the channel's own, which no message carries. */
  canvas(title: string, html: string, user: string, more: { ownOf?: Channel } = {}): File {
    const own = more.ownOf && { ownCanvasOf: more.ownOf.id };
    const file = this.file(title, html, user, {
      mimetype: "application/vnd.slack-docs",
      mode: "quip",
      isCanvas: true,
      ...own,
    });
    file.updated = file.created;
    return file;
  }

  /** Somebody writes in a canvas. Slack tells only that it changed. */
  editCanvas(file: File, html: string): void {
    file.content = Buffer.from(html);
    file.updated = Math.max((file.updated ?? 0) + 1, Math.floor(this.now().getTime() / 1000));
    this.listener({ type: "file_change", file_id: file.id, file: { id: file.id }, user_id: file.user });
  }

  post(channel: Channel, user: string | undefined, text: string, more: Partial<Message> & { at?: Date } = {}): Message {
    const { at, ...rest } = more;
    const message: Message = { type: "message", ts: this.ts(at), text, ...(user && { user }), ...rest };
    channel.messages.set(message.ts, message);
    const { files: _, ...told } = message;
    this.listener({ ...told, channel: channel.id, channel_type: "channel", event_ts: message.ts }, channel);
    return message;
  }

  reply(
    channel: Channel,
    root: Message,
    user: string,
    text: string,
    more: Partial<Message> & { at?: Date } = {},
  ): Message {
    root.thread_ts ??= root.ts;
    return this.post(channel, user, text, { ...more, thread_ts: root.ts });
  }

  edit(channel: Channel, ts: string, text: string): void {
    const message = this.message(channel, ts);
    const previous = { ...message };
    message.text = text;
    delete message.blocks;
    message.edited = { user: message.user ?? "USLACKBOT", ts: this.ts() };
    const event_ts = message.edited.ts;
    this.listener(
      {
        type: "message",
        subtype: "message_changed",
        channel: channel.id,
        message,
        previous_message: previous,
        hidden: true,
        ts: event_ts,
        event_ts,
      },
      channel,
    );
  }

  /** A root with replies leaves a tombstone behind. */
  delete(channel: Channel, ts: string): void {
    const message = this.message(channel, ts);
    const replies = [...channel.messages.values()].filter((one) => one.thread_ts === ts && one.ts !== ts);
    if (replies.length > 0) {
      const tombstone = {
        type: "message",
        subtype: "tombstone",
        ts,
        thread_ts: ts,
        user: "USLACKBOT",
        hidden: true,
      } as const;
      channel.messages.set(ts, { ...tombstone, text: "This message was deleted." });
    } else channel.messages.delete(ts);
    const event_ts = this.ts();
    this.listener(
      {
        type: "message",
        subtype: "message_deleted",
        channel: channel.id,
        deleted_ts: ts,
        previous_message: message,
        hidden: true,
        ts: event_ts,
        event_ts,
      },
      channel,
    );
  }

  react(channel: Channel, ts: string, name: string, user: string): void {
    const message = this.message(channel, ts);
    message.reactions ??= [];
    const known = message.reactions.find((one) => one.name === name);
    if (known === undefined) message.reactions.push({ name, users: [user], count: 1 });
    else Object.assign(known, { users: [...known.users, user], count: known.count + 1 });
    this.listener(
      { type: "reaction_added", user, reaction: name, item: { type: "message", channel: channel.id, ts } },
      channel,
    );
  }

  rename(channel: Channel, name: string): void {
    channel.previousNames.unshift(channel.name);
    channel.name = name;
    this.listener({ type: "channel_rename", channel: { id: channel.id, name, created: channel.created } }, channel);
  }

  archive(channel: Channel): void {
    channel.archived = true;
    this.listener({ type: "channel_archive", channel: channel.id, user: "U1" }, channel);
  }

  message(channel: Channel, ts: string): Message {
    const message = channel.messages.get(ts);
    if (message === undefined) throw new Error(`The twin has no message ${ts}.`);
    return message;
  }
}

/** Microseconds since 1970 as Slack writes them. */
export function tsOf(micro: number): string {
  return `${Math.floor(micro / 1_000_000)}.${String(Math.floor(micro % 1_000_000)).padStart(6, "0")}`;
}
