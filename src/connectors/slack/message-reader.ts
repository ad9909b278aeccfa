import { ConnectorError } from "../kit/index.ts";
import type { SlackContext } from "./api.ts";
import { conversationOf } from "./conversation.ts";
import type { Known, SlackCursor, Walked } from "./cursor.ts";
import { fileItem } from "./file-item.ts";
import { rememberLate } from "./floor.ts";
import { Gathered } from "./gathered.ts";
import { isPaced, readThread } from "./history.ts";
import { unreadItem } from "./items.ts";
import { lookbackOf, type Plan } from "./plan.ts";
import type { Channel, Message } from "./schema.ts";
import { hasReplies, isBot, isReply, isSilent, takenFiles } from "./taken.ts";
import { isEarlier } from "./time.ts";
import { rootVersion } from "./versions.ts";
import { identityIn } from "./workspaces.ts";

/** Messages that are missing are asked for by themselves; more than this are left to the full pass and its guard. */
const MOST_MISSING = 20;

/** Looks at messages of a channel one by one, reads what is new of them, and gathers what becomes of it. */
export class MessageReader {
  readonly gathered = new Gathered();
  /** Threads that were read, by their root. */
  readonly read = new Set<string>();
  readonly #ctx: SlackContext;
  readonly #channel: Channel;
  readonly #cursor: SlackCursor;
  readonly #walked: Walked;
  readonly #isFirst: boolean;
  readonly #lookback: string;
  #missing = 0;

  /** `cursor` and `walked` learn what is met. */
  constructor(ctx: SlackContext, channel: Channel, cursor: SlackCursor, walked: Walked, isFirst: boolean) {
    this.#ctx = ctx;
    this.#channel = channel;
    this.#cursor = cursor;
    this.#walked = walked;
    this.#isFirst = isFirst;
    this.#lookback = lookbackOf(ctx);
  }

  async look(message: Message, plan: Plan): Promise<void> {
    const known = this.#cursor.known[message.ts];
    if (isReply(message)) return this.#lookAtReply(message, plan);
    if (isSilent(message)) return;
    const { config } = this.#ctx;
    if (config.includeThreads && hasReplies(message)) return this.#lookAtThread(message, known, plan);
    if (isBot(message) && !config.includeBots) return;
    const version = rootVersion(message);
    this.#meet(message, undefined);
    const isOld = isEarlier(message.ts, this.#lookback);
    if (known?.v === version) return;
    if (isOld && !this.#isFirst && known === undefined) return this.#lookAtOld(message, version);
    await this.#add(message, []);
    if (isOld) delete this.#cursor.known[message.ts];
  }

  /** A reply that was also sent to the channel tells of a thread that may be older than all that is looked at. */
  async #lookAtReply(message: Message, { oldest }: Plan): Promise<void> {
    const root = message.thread_ts as string;
    if (!this.#ctx.config.includeThreads || this.read.has(root)) return;
    if (!isEarlier(root, oldest)) return;
    await this.readThread(root);
    if (isEarlier(root, this.#cursor.floor)) await rememberLate(this.#ctx, this.#channel.id, root);
  }

  async #lookAtThread(message: Message, known: Known | undefined, { deep }: Plan): Promise<void> {
    const isActive = !isEarlier(message.latest_reply ?? message.ts, this.#lookback);
    const isSame = known?.v.startsWith(`${rootVersion(message)}.`) === true;
    // A reply that was edited shows nowhere but in its thread.
    const isDue = deep && isActive && !isPaced(this.#ctx);
    if (isSame && !isDue) {
      if (known?.x !== true) this.#meet(message, known);
      return;
    }
    await this.readThread(message.ts);
  }

  /** Nothing is asked about an old message that is as it was; the engine knows, and fetches it otherwise. */
  async #lookAtOld(message: Message, version: string): Promise<void> {
    const id = `${this.#channel.id}/${message.ts}`;
    const { drafts } = this.gathered;
    drafts.push(unreadItem(await identityIn(this.#ctx, this.#channel), this.#channel, message, version));
    for (const file of takenFiles(this.#ctx.config, message)) drafts.push(fileItem(this.#channel, file, id));
  }

  async readThread(ts: string): Promise<void> {
    this.read.add(ts);
    try {
      const { root, replies, failures } = await readThread(this.#ctx, this.#channel, ts);
      this.gathered.failures.push(...failures);
      await this.#add(root, replies);
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      if (error.kind === "not_found") return this.#forget(ts);
      if (error.kind !== "bad_response" && error.kind !== "too_large") throw error;
      this.gathered.failures.push({ id: `${this.#channel.id}/${ts}`, error });
      this.#walked.ids.add(`${this.#channel.id}/${ts}`);
    }
  }

  async #add(root: Message, replies: readonly Message[]): Promise<void> {
    const before = this.#cursor.known[root.ts];
    const { drafts, known } = await conversationOf(this.#ctx, this.#channel, root, replies);
    this.#cursor.known[root.ts] = known;
    if (known.x === true) return;
    this.#meet(root, known);
    const gone = [
      ...(before?.r ?? []).filter((ts) => !known.r?.includes(ts)),
      ...(before?.f ?? []).filter((file) => !known.f?.includes(file)),
    ];
    this.gathered.deletes.push(...gone.map((part) => `${this.#channel.id}/${part}`));
    if (before?.v !== known.v) this.gathered.drafts.push(...drafts);
  }

  #meet(root: Message, known: Known | undefined): void {
    const files = takenFiles(this.#ctx.config, root).map(({ id }) => id);
    for (const part of [root.ts, ...files, ...(known?.f ?? []), ...(known?.r ?? [])])
      this.#walked.ids.add(`${this.#channel.id}/${part}`);
  }

  /** Known conversations between two moments that were not met there: each is asked for before it counts as deleted. */
  async missed(met: ReadonlySet<string>, low: string, high: string | undefined): Promise<void> {
    for (const ts of Object.keys(this.#cursor.known)) {
      if (met.has(ts) || isEarlier(ts, low) || (high !== undefined && !isEarlier(ts, high))) continue;
      if (this.#missing >= MOST_MISSING) return;
      this.#missing += 1;
      await this.readThread(ts);
    }
  }

  #forget(ts: string): void {
    const known = this.#cursor.known[ts];
    delete this.#cursor.known[ts];
    if (known?.x === true) return;
    for (const part of [ts, ...(known?.f ?? []), ...(known?.r ?? [])])
      this.gathered.deletes.push(`${this.#channel.id}/${part}`);
  }
}
