import type { From, Page } from "../kit/index.ts";
import type { SlackContext } from "./api.ts";
import { walkCanvases } from "./canvas-walk.ts";
import type { SlackCursor, Walked } from "./cursor.ts";
import { floorOf, lateRoots, lowerFloor } from "./floor.ts";
import { type HistoryPage, history, isPaced } from "./history.ts";
import { channelItem } from "./items.ts";
import { MessageReader } from "./message-reader.ts";
import { namesIn } from "./people.ts";
import { lookbackOf, narrowed, type Plan, planned } from "./plan.ts";
import type { Channel } from "./schema.ts";
import { isEarlier, tsAt } from "./time.ts";
import { identityIn } from "./workspaces.ts";

/** Our clock may be slow: nothing that Slack shows is too new. */
const SKEW_MS = 3_600_000;
/** Threads that are read for one page; then what came is committed. */
const MOST_THREADS = 20;

/** One walk over a channel, from new to old, from where the last one stopped. */
export class Walk {
  readonly #ctx: SlackContext;
  readonly #channel: Channel;
  readonly #cursor: SlackCursor;
  readonly #isFirst: boolean;
  readonly #walked: Walked;
  readonly #reader: MessageReader;
  #plan: Plan;
  #limited: boolean;
  /** Threads that had been read when the last page went out. */
  #told = 0;

  private constructor(ctx: SlackContext, channel: Channel, cursor: SlackCursor, plan: Plan, isFirst: boolean) {
    this.#ctx = ctx;
    this.#channel = channel;
    this.#cursor = { ...cursor, known: { ...cursor.known } };
    this.#plan = plan;
    this.#limited = cursor.limited === true;
    this.#isFirst = isFirst;
    this.#walked = {
      whole: false,
      ids: new Set([channel.id]),
      known: this.#cursor.known,
      floor: cursor.floor,
      canvases: cursor.canvases ?? {},
    };
    this.#reader = new MessageReader(ctx, channel, this.#cursor, this.#walked, isFirst);
    ctx.api.walkedBy(ctx.signal).set(channel.id, this.#walked);
  }

  static async begin(ctx: SlackContext, channel: Channel, from: From<SlackCursor>): Promise<Walk> {
    const { cursor } = from;
    const floor = await floorOf(ctx, channel.id, from.since, cursor?.floor);
    if (cursor === undefined) {
      const plan = { oldest: floor, deep: true, taken: 0 };
      return new Walk(ctx, channel, { v: 1, floor, known: {} }, plan, true);
    }
    const position = narrowed(cursor, floor);
    for (const ts of await lateRoots(ctx, channel.id)) position.known[ts] ??= { v: "" };
    const isFirst = cursor.newest === undefined;
    return new Walk(ctx, channel, position, cursor.walk ?? planned(ctx, position), isFirst);
  }

  async *pages(): AsyncGenerator<Page<SlackCursor>> {
    const { before, oldest } = this.#plan;
    const beganAtTop = before === undefined;
    const latest = before ?? tsAt(this.#ctx.clock.now().getTime() + SKEW_MS);
    if (beganAtTop) await this.#describe();
    for await (const page of history(this.#ctx, this.#channel, oldest, latest)) {
      this.#limited ||= page.isLimited;
      const end = await this.#bounded(page);
      yield* this.#take(page, end);
      if (end || page.isLast) break;
      yield this.#page(page.good.at(-1)?.ts);
    }
    if (this.#plan.deep) {
      yield* this.#oldThreads();
      await this.#canvases();
    }
    yield this.#end(beganAtTop);
  }

  /** The channel itself is an item. */
  async #describe(): Promise<void> {
    const identity = await identityIn(this.#ctx, this.#channel);
    const { user } = this.#channel;
    const names = await namesIn(this.#ctx, [], user === undefined ? [] : [user]);
    this.#reader.gathered.drafts.push(channelItem({ identity, channel: this.#channel, names }));
  }

  /** The first walk ends where enough was taken; from then on that is where the channel begins. */
  async #bounded({ good, isLast }: HistoryPage): Promise<boolean> {
    const left = this.#ctx.config.maxMessagesPerChannel - this.#plan.taken;
    this.#plan = { ...this.#plan, taken: this.#plan.taken + Math.min(good.length, left) };
    if (!this.#isFirst || good.length < left || (good.length === left && isLast)) return false;
    good.length = left;
    const floor = good.at(-1)?.ts ?? this.#cursor.floor;
    this.#cursor.floor = floor;
    this.#walked.floor = floor;
    this.#plan = { ...this.#plan, oldest: floor };
    await lowerFloor(this.#ctx, this.#channel.id, floor);
    return true;
  }

  async *#take(page: HistoryPage, isEnd: boolean): AsyncGenerator<Page<SlackCursor>> {
    const [first] = page.good;
    if (this.#plan.newest === undefined && first !== undefined) this.#plan = { ...this.#plan, newest: first.ts };
    const from = this.#plan.before;
    this.#reader.gathered.failures.push(...page.failures);
    for (const message of page.good) {
      await this.#reader.look(message, this.#plan);
      if (this.#isFull) yield this.#page(message.ts);
    }
    const met = new Set([...page.good.map(({ ts }) => ts), ...page.failures.map(({ id }) => id.split("/")[1] ?? "")]);
    const low = page.isLast || isEnd ? this.#plan.oldest : page.good.at(-1)?.ts;
    if (low !== undefined && !this.#limited) await this.#reader.missed(met, low, from);
  }

  get #isFull(): boolean {
    return this.#reader.read.size - this.#told >= MOST_THREADS;
  }

  /** Threads that began before everything that is listed, and were spoken in since. */
  async *#oldThreads(): AsyncGenerator<Page<SlackCursor>> {
    for (const ts of Object.keys(this.#cursor.known)) {
      if (!isEarlier(ts, this.#cursor.floor)) continue;
      if (!this.#reader.read.has(ts)) await this.#reader.readThread(ts);
      if (this.#isFull) yield this.#page(undefined);
    }
  }

  async #canvases(): Promise<void> {
    const known = this.#cursor.canvases ?? {};
    const now = await walkCanvases(this.#ctx, this.#channel, known, this.#reader.gathered, this.#walked);
    this.#cursor.canvases = now;
  }

  /** What was gathered, and where to go on behind it. */
  #page(before: string | undefined): Page<SlackCursor> {
    if (before !== undefined) this.#plan = { ...this.#plan, before };
    const { before: reached, ...plan } = this.#plan;
    const walk = reached === undefined ? undefined : { ...plan, before: reached };
    return this.#gathered({ ...this.#cursor, known: { ...this.#cursor.known }, ...(walk && { walk }) });
  }

  #end(beganAtTop: boolean): Page<SlackCursor> {
    const { walk: _, newest: __, ...cursor } = this.#cursor;
    const newest = this.#plan.newest ?? this.#cursor.newest ?? this.#cursor.floor;
    const lookback = lookbackOf(this.#ctx);
    const kept = Object.entries(cursor.known).filter(
      ([ts, { v, f, r }]) => v.includes(".") || f || r || !isEarlier(ts, lookback),
    );
    this.#walked.whole = this.#plan.deep && beganAtTop && this.#plan.oldest === this.#cursor.floor;
    const deepAt = this.#plan.deep ? this.#ctx.clock.now().toISOString() : cursor.deepAt;
    const limited = this.#limited && { limited: true as const };
    const page = this.#gathered({
      ...cursor,
      newest,
      known: Object.fromEntries(kept),
      ...(deepAt && { deepAt }),
      ...limited,
    });
    const why = this.#whyIncomplete();
    return why === undefined ? page : { ...page, incomplete: { why } };
  }

  /** Why what was not met may be there all the same. */
  #whyIncomplete(): string | undefined {
    if (this.#limited) return "Slack's free plan hides messages older than 90 days.";
    if (this.#isFirst || !isPaced(this.#ctx)) return undefined;
    return "Slack shows this app 15 messages a minute, so that old conversations are not looked at again.";
  }

  #gathered(cursor: SlackCursor): Page<SlackCursor> {
    this.#told = this.#reader.read.size;
    return { ...this.#reader.gathered.take(), cursor, progress: { done: this.#plan.taken } };
  }
}
