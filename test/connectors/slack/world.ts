import { slack } from "../../../src/connectors/slack/index.ts";
import type { SyncReport } from "../../../src/model/index.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import type { Channel, Message, User } from "../../twins/slack/model.ts";
import { type SlackOptions, SlackTwin } from "../../twins/slack/slack-twin.ts";

const DAY_MS = 24 * 3_600_000;

/** A Slack, a source that follows it, and one clock for both. */
export class SlackWorld {
  readonly twin: SlackTwin;
  readonly place: TestWorkplace;
  readonly ops: Channel;
  readonly ana: User;
  readonly bo: User;
  #config: Record<string, unknown>;

  private constructor(
    twin: SlackTwin,
    place: TestWorkplace,
    parts: { ops: Channel; ana: User; bo: User },
    config: Record<string, unknown>,
  ) {
    this.twin = twin;
    this.place = place;
    this.ops = parts.ops;
    this.ana = parts.ana;
    this.bo = parts.bo;
    this.#config = config;
  }

  /** With one channel, #field-ops, and two people. */
  static async open(options: { twin?: SlackOptions; config?: Record<string, unknown> } = {}): Promise<SlackWorld> {
    let place: TestWorkplace | undefined;
    const twin = await SlackTwin.open({ now: () => place?.clock.now() ?? new Date(), ...options.twin });
    const ana = twin.world.user("ana.ruiz", "Ana Ruiz");
    const bo = twin.world.user("bo.lind", "Bo Lind");
    const ops = twin.channel("field-ops", { topic: "What happens at the weirs" });
    const config = { ...twin.config(), ...options.config };
    place = await TestWorkplace.open({ id: "work", connector: slack, config });
    return new SlackWorld(twin, place, { ops, ana, bo }, config);
  }

  sync(options: Parameters<TestWorkplace["sync"]>[1] = {}): Promise<SyncReport> {
    return this.place.sync("work", options);
  }

  /** A day later, so that everything is looked at. */
  async syncTomorrow(): Promise<SyncReport> {
    this.place.clock.move(DAY_MS + 3_600_000);
    return this.sync();
  }

  later(minutes: number): void {
    this.place.clock.move(minutes * 60_000);
  }

  configure(changes: Record<string, unknown>): void {
    this.#config = { ...this.#config, ...changes };
    this.place.sources.configure("work", this.#config);
  }

  /** Ana writes in #field-ops, so many days ago. */
  post(text: string, daysAgo = 0, more: Partial<Message> = {}): Message {
    return this.twin.world.post(this.ops, this.ana.id, text, { at: this.daysAgo(daysAgo), ...more });
  }

  /** Bo answers. */
  reply(root: Message, text: string, daysAgo = 0, more: Partial<Message> = {}): Message {
    return this.twin.world.reply(this.ops, root, this.bo.id, text, { at: this.daysAgo(daysAgo), ...more });
  }

  daysAgo(days: number): Date {
    return new Date(this.place.clock.now().getTime() - days * DAY_MS);
  }

  id(message: { ts: string } | string, channel = this.ops): string {
    return `${channel.id}/${typeof message === "string" ? message : message.ts}`;
  }

  async text(message: { ts: string } | string, channel = this.ops): Promise<string | undefined> {
    return (await this.place.stored("work")).get(this.id(message, channel))?.text;
  }

  async ids(): Promise<string[]> {
    return [...(await this.place.stored("work")).keys()].sort();
  }

  async close(): Promise<void> {
    await this.place.close();
    await this.twin.close();
  }
}
