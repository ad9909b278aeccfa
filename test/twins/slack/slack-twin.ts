import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import type { Twin } from "../../contract/connector.ts";
import { Faults } from "../faults.ts";
import { Listener } from "../listen.ts";
import { Events } from "./events.ts";
import { expectedItems } from "./expected.ts";
import { BOT_SCOPES, type Channel, type Message, type Token, USER_SCOPES, type User } from "./model.ts";
import { OAuth } from "./oauth.ts";
import { seedWorkspace } from "./seed.ts";
import { type Seen, Service } from "./service.ts";
import { ServerSocket } from "./websocket-server.ts";
import { World } from "./world.ts";

export interface SlackOptions {
  /** The service's clock; give it the test's, where a client waits on that. */
  now?: () => Date;
  /** History carries so many at most, so that a small seed has several pages. */
  historyCap?: number;
}

/**
 * Slack with real state, written from its documentation and not from our connector. People change it through `world`; the
 * connector sees it over HTTP, as signed deliveries and through WebSockets only.
 */
export class SlackTwin implements Twin {
  readonly world: World;
  readonly service: Service;
  readonly events: Events;
  readonly oauth: OAuth;
  readonly faults = new Faults();
  /** The app's user, and who installed it. */
  readonly bot: User;
  readonly person: User;
  readonly botToken: Token;
  readonly userToken: Token;
  readonly appToken: Token;
  readonly #tickets = new Set<string>();
  readonly #streams = new Set<Duplex>();
  #listener: Listener | undefined;

  private constructor(options: SlackOptions) {
    this.world = new World(options.now);
    this.service = new Service(this.world);
    if (options.historyCap !== undefined) this.service.regime.historyCap = options.historyCap;
    this.events = new Events(this.world);
    this.bot = this.world.user("headwater", "headwater", { isBot: true });
    this.person = this.world.user("marta.quill", "Marta Quill");
    this.botToken = this.world.token("bot", this.bot.id, BOT_SCOPES);
    this.userToken = this.world.token("user", this.person.id, USER_SCOPES);
    this.appToken = this.world.token("app", this.bot.id, ["connections:write"]);
    this.oauth = new OAuth(this.world, () => this.person.id);
    this.world.listener = (event, channel) => {
      if (channel === undefined || channel.kind === "public" || channel.members.has(this.bot.id))
        this.events.tell(event);
    };
  }

  static async open(options: SlackOptions = {}): Promise<SlackTwin> {
    const twin = new SlackTwin(options);
    twin.#listener = await Listener.open(
      twin.faults,
      async (question, origin) =>
        twin.oauth.answer(question, origin) ?? twin.service.answer(question, origin, () => twin.#ticket(origin)),
    );
    twin.#listener.onUpgrade((request, stream) => {
      const ticket = new URL(request.url ?? "", "ws://twin").searchParams.get("ticket") ?? "";
      if (!twin.#tickets.delete(ticket)) return stream.end("HTTP/1.1 408 Request Timeout\r\n\r\n");
      twin.#streams.add(stream);
      twin.events.open(ServerSocket.accept(request, stream));
    });
    return twin;
  }

  get origin(): string {
    if (this.#listener === undefined) throw new Error("The twin is not open.");
    return this.#listener.origin;
  }

  /** Every call that reached the service. */
  get requests(): readonly Seen[] {
    return this.service.seen;
  }

  /** Calls of what does not exist, calls above a tier, and what the twin failed to answer. A test wants none. */
  get refusals(): readonly string[] {
    const failed = (this.#listener?.errors ?? []).map((error) => `the twin failed: ${error}`);
    return [...this.service.refusals, ...this.service.overruns, ...this.oauth.refusals, ...failed];
  }

  /** Methods called since the last time, in their order. */
  asked(): string[] {
    const names = this.service.seen.map(({ name }) => name);
    this.service.seen.length = 0;
    return names;
  }

  config(): Record<string, unknown> {
    return { baseUrl: `${this.origin}/api`, botToken: this.botToken.value };
  }

  /** A channel that the bot and everybody is in. */
  channel(name: string, more: Partial<Channel> = {}): Channel {
    const people = [...this.world.users.values()].filter((user) => !user.isGuest).map((user) => user.id);
    return this.world.channel(name, { members: new Set(people), ...more });
  }

  async seed(): Promise<void> {
    seedWorkspace(this);
  }

  async expected(): Promise<Map<string, string>> {
    return expectedItems(this.world, this.bot.id);
  }

  async add(text: string): Promise<string> {
    const channel = this.#first();
    return `${channel.id}/${this.world.post(channel, this.person.id, text).ts}`;
  }

  async edit(id: string, text: string): Promise<string> {
    const { channel, message } = this.located(id);
    this.world.edit(channel, message.ts, text);
    return id;
  }

  async remove(id: string): Promise<void> {
    const { channel, message } = this.located(id);
    this.world.delete(channel, message.ts);
  }

  located(id: string): { channel: Channel; message: Message } {
    const [channelId = "", ts = ""] = id.split("/");
    const channel = this.world.channels.get(channelId);
    if (channel === undefined) throw new Error(`The twin cannot change ${id}.`);
    return { channel, message: this.world.message(channel, ts) };
  }

  async close(): Promise<void> {
    await this.events.settled();
    for (const stream of this.#streams) stream.destroy();
    await this.#listener?.close();
  }

  /** The address of a socket, good for one connection. */
  #ticket(origin: string): string {
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    return `${origin.replace("http", "ws")}/link/?ticket=${ticket}&app_id=A0HEADWATER`;
  }

  #first(): Channel {
    const [first] = this.world.channels.values();
    return first ?? this.channel("field-ops");
  }
}
