import { ConnectorError, type Draft, type From, type Page } from "../kit/index.ts";
import type { SlackContext } from "./api.ts";
import { describeChannel, followedChannels } from "./channels.ts";
import { conversationOf } from "./conversation.ts";
import type { Known, SlackCursor, Walked } from "./cursor.ts";
import { floorOf, lateRoots, lowerFloor, rememberLate } from "./floor.ts";
import { type HistoryPage, history, isPaced, readThread } from "./history.ts";
import { identityOf } from "./identity.ts";
import { channelItem, fileItem, unreadItem } from "./items.ts";
import { namesIn } from "./people.ts";
import type { Channel, Message } from "./schema.ts";
import { hasReplies, isBot, isReply, isSilent, takenFiles } from "./taken.ts";
import { isEarlier, millisecondsOf, tsAt } from "./time.ts";
import { rootVersion } from "./versions.ts";

const DAY_MS = 24 * 3_600_000;
/** Messages are committed late at times; each walk begins so much before the newest that is known. */
const OVERLAP_MS = 60_000;
/** Our clock may be slow: nothing that Slack shows is too new. */
const SKEW_MS = 3_600_000;
/** Threads that are read for one page; then what came is committed. */
const MOST_THREADS = 20;
/** Messages that are missing are asked for by themselves; more than this are left to the full pass and its guard. */
const MOST_MISSING = 20;

/** Follows one channel: from new to old, over the last days every time, over everything once a day. */
export async function* syncChannel(ctx: SlackContext, from: From<SlackCursor>): AsyncGenerator<Page<SlackCursor>> {
  const id = from.container ?? "";
  const refused = ctx.api.missed.find(({ name }) => name === id);
  if (refused !== undefined) throw refused.error;
  const channel = await channelFor(ctx, id);
  const walk = await Walk.begin(ctx, channel, from);
  yield* walk.pages();
  await ctx.memory.set(`followed:${id}`, true);
}

async function channelFor(ctx: SlackContext, id: string): Promise<Channel> {
  if (ctx.api.channels.size === 0) await followedChannels(ctx);
  return ctx.api.channels.get(id) ?? describeChannel(ctx, id);
}

type Plan =
  | NonNullable<SlackCursor["walk"]>
  | (Omit<NonNullable<SlackCursor["walk"]>, "before"> & { before?: undefined });

class Walk {
  readonly #ctx: SlackContext;
  readonly #channel: Channel;
  readonly #cursor: SlackCursor;
  readonly #isFirst: boolean;
  readonly #lookback: string;
  readonly #walked: Walked;
  #plan: Plan;
  /** What goes out with the next page. */
  #drafts: Draft[] = [];
  #deletes: string[] = [];
  #failures: { id: string; error: ConnectorError }[] = [];
  #threads = 0;
  #missing = 0;
  #limited: boolean;
  readonly #read = new Set<string>();

  private constructor(ctx: SlackContext, channel: Channel, cursor: SlackCursor, plan: Plan, isFirst: boolean) {
    this.#ctx = ctx;
    this.#channel = channel;
    this.#cursor = { ...cursor, known: { ...cursor.known } };
    this.#plan = plan;
    this.#limited = cursor.limited === true;
    this.#isFirst = isFirst;
    this.#lookback = tsAt(ctx.clock.now().getTime() - ctx.config.threadLookbackDays * DAY_MS);
    this.#walked = { whole: false, ids: new Set([channel.id]), known: this.#cursor.known, floor: cursor.floor };
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
    if (this.#plan.deep) yield* this.#oldThreads();
    yield this.#end(beganAtTop);
  }

  /** The channel itself is an item. */
  async #describe(): Promise<void> {
    const identity = await identityOf(this.#ctx);
    const { user } = this.#channel;
    const names = await namesIn(this.#ctx, [], user === undefined ? [] : [user]);
    this.#drafts.push(channelItem({ identity, channel: this.#channel, names }));
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
    this.#failures.push(...page.failures);
    for (const message of page.good) {
      await this.#look(message);
      if (this.#threads >= MOST_THREADS) yield this.#page(message.ts);
    }
    const met = new Set([...page.good.map(({ ts }) => ts), ...page.failures.map(({ id }) => id.split("/")[1] ?? "")]);
    const low = page.isLast || isEnd ? this.#plan.oldest : page.good.at(-1)?.ts;
    if (low !== undefined) await this.#missed(met, low, from);
  }

  async #look(message: Message): Promise<void> {
    const known = this.#cursor.known[message.ts];
    if (isReply(message)) return this.#lookAtReply(message);
    if (isSilent(message)) return;
    const { config } = this.#ctx;
    if (config.includeThreads && hasReplies(message)) return this.#lookAtThread(message, known);
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
  async #lookAtReply(message: Message): Promise<void> {
    const root = message.thread_ts as string;
    if (!this.#ctx.config.includeThreads || this.#read.has(root)) return;
    if (!isEarlier(root, this.#plan.oldest)) return;
    await this.#readThread(root);
    if (isEarlier(root, this.#cursor.floor)) await rememberLate(this.#ctx, this.#channel.id, root);
  }

  async #lookAtThread(message: Message, known: Known | undefined): Promise<void> {
    const isActive = !isEarlier(message.latest_reply ?? message.ts, this.#lookback);
    const isSame = known?.v.startsWith(`${rootVersion(message)}.`) === true;
    // A reply that was edited shows nowhere but in its thread.
    const isDue = this.#plan.deep && isActive && !isPaced(this.#ctx);
    if (isSame && !isDue) {
      if (known?.x !== true) this.#meet(message, known);
      return;
    }
    await this.#readThread(message.ts);
  }

  /** Nothing is asked about an old message that is as it was; the engine knows, and fetches it otherwise. */
  async #lookAtOld(message: Message, version: string): Promise<void> {
    const id = `${this.#channel.id}/${message.ts}`;
    this.#drafts.push(unreadItem(await identityOf(this.#ctx), this.#channel, message, version));
    for (const file of takenFiles(this.#ctx.config, message)) this.#drafts.push(fileItem(this.#channel, file, id));
  }

  async #readThread(ts: string): Promise<void> {
    this.#threads += 1;
    this.#read.add(ts);
    try {
      const { root, replies, failures } = await readThread(this.#ctx, this.#channel, ts);
      this.#failures.push(...failures);
      await this.#add(root, replies);
    } catch (thrown) {
      const error = ConnectorError.from(thrown);
      if (error.kind === "not_found") return this.#forget(ts);
      if (error.kind !== "bad_response" && error.kind !== "too_large") throw error;
      this.#failures.push({ id: `${this.#channel.id}/${ts}`, error });
      this.#walked.ids.add(`${this.#channel.id}/${ts}`);
    }
  }

  async #add(root: Message, replies: readonly Message[]): Promise<void> {
    const before = this.#cursor.known[root.ts];
    const { drafts, known } = await conversationOf(this.#ctx, this.#channel, root, replies);
    this.#cursor.known[root.ts] = known;
    if (known.x === true) return;
    this.#meet(root, known);
    for (const ts of before?.r ?? []) if (!known.r?.includes(ts)) this.#deletes.push(`${this.#channel.id}/${ts}`);
    for (const file of before?.f ?? []) if (!known.f?.includes(file)) this.#deletes.push(`${this.#channel.id}/${file}`);
    if (before?.v !== known.v) this.#drafts.push(...drafts);
  }

  #meet(root: Message, known: Known | undefined): void {
    const files = takenFiles(this.#ctx.config, root).map(({ id }) => id);
    for (const part of [root.ts, ...files, ...(known?.f ?? []), ...(known?.r ?? [])])
      this.#walked.ids.add(`${this.#channel.id}/${part}`);
  }

  /** Known conversations in a stretch that was listed, and not met there: each is asked for before it counts as deleted. */
  async #missed(met: ReadonlySet<string>, low: string, high: string | undefined): Promise<void> {
    for (const ts of Object.keys(this.#cursor.known)) {
      if (met.has(ts) || isEarlier(ts, low) || (high !== undefined && !isEarlier(ts, high))) continue;
      if (this.#limited || this.#missing >= MOST_MISSING) return;
      this.#missing += 1;
      await this.#readThread(ts);
    }
  }

  #forget(ts: string): void {
    const known = this.#cursor.known[ts];
    delete this.#cursor.known[ts];
    if (known?.x === true) return;
    for (const part of [ts, ...(known?.f ?? []), ...(known?.r ?? [])])
      this.#deletes.push(`${this.#channel.id}/${part}`);
  }

  /** Threads that began before everything that is listed, and were spoken in since. */
  async *#oldThreads(): AsyncGenerator<Page<SlackCursor>> {
    for (const ts of Object.keys(this.#cursor.known)) {
      if (!isEarlier(ts, this.#cursor.floor)) continue;
      if (!this.#read.has(ts)) await this.#readThread(ts);
      if (this.#threads >= MOST_THREADS) yield this.#page(undefined);
    }
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
    const kept = Object.entries(cursor.known).filter(
      ([ts, { v, f, r }]) => v.includes(".") || f || r || !isEarlier(ts, this.#lookback),
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
    const page = {
      upserts: this.#drafts,
      deletes: this.#deletes,
      failures: this.#failures,
      cursor,
      progress: { done: this.#plan.taken },
    };
    [this.#drafts, this.#deletes, this.#failures, this.#threads] = [[], [], [], 0];
    return page;
  }
}

/** What the options no longer reach back to is not known any more. */
function narrowed(cursor: SlackCursor, floor: string): SlackCursor {
  const isNarrower = isEarlier(cursor.floor, floor);
  const known = Object.entries(cursor.known).filter(([ts]) => !isNarrower || !isEarlier(ts, floor));
  return { ...cursor, floor, known: Object.fromEntries(known) };
}

/** Whether this time everything is looked at, or the last days. Apps that may ask once a minute look at those only. */
function planned(ctx: SlackContext, { newest, floor, deepAt }: SlackCursor): Plan {
  const now = ctx.clock.now().getTime();
  const deep = deepAt === undefined || now - Date.parse(deepAt) >= DAY_MS;
  if (deep && !isPaced(ctx)) return { oldest: floor, deep, taken: 0 };
  const overlap = millisecondsOf(newest ?? floor) - OVERLAP_MS;
  const lookback = now - ctx.config.threadLookbackDays * DAY_MS;
  const oldest = tsAt(isPaced(ctx) && !deep ? overlap : Math.min(overlap, lookback));
  return { oldest: isEarlier(oldest, floor) ? floor : oldest, deep, taken: 0 };
}
