import type { Delivery, RawRequest } from "../connectors/kit/index.ts";
import { ConnectorError } from "../model/index.ts";
import type { OpenSource } from "../sources/source.ts";
import type { News } from "./news.ts";
import type { Workplace } from "./run.ts";
import type { Hook } from "./types.ts";

/** A service waits for the answer: what a delivery means must be clear by then. */
const UNDERSTOOD_MS = 3_000;
/** Deliveries of one source that wait; above it the whole source is looked at instead. */
const MOST_WAITING = 1_000;
const MOST_RECENT = 4_000;

/** The hook of a source; undefined where it takes no deliveries, for whatever reason. */
export type HookOf = (source: string) => Promise<Hook | undefined>;

export function createHooks(place: Workplace, news: News, signal: AbortSignal): HookOf {
  const inboxes = new Map<string, Inbox>();
  return async (source) => {
    const entry = place.sources.all().find((one) => one.id === source);
    if (entry === undefined || !entry.settings.enabled) return undefined;
    const open = await place.sources.open(source).catch(() => undefined); // the next sync tells what is wrong
    const secret = open?.connector.webhook?.secret(open.config);
    if (open === undefined || secret === undefined || secret === "") return undefined;
    const inbox = inboxes.get(source) ?? new Inbox(place, source, news);
    inboxes.set(source, inbox);
    return { take: (request) => take(place, open, secret, request, inbox, signal) };
  };
}

/** Nothing is parsed before the signature holds; what it means is only a reason to ask the service. */
async function take(
  place: Workplace,
  open: OpenSource,
  secret: string,
  request: RawRequest,
  inbox: Inbox,
  signal: AbortSignal,
): ReturnType<Hook["take"]> {
  const ctx = open.context(AbortSignal.any([signal, AbortSignal.timeout(UNDERSTOOD_MS)]));
  if (!holds(open, request, secret, place.clock.now())) {
    ctx.log.info("webhook.refused");
    return undefined;
  }
  try {
    const delivery = await inTime(open.connector.webhook?.receive(ctx, request), ctx.signal);
    inbox.put(delivery);
    return delivery.reply === undefined ? {} : { reply: delivery.reply };
  } catch (error) {
    ctx.log.warn("webhook.unclear", { kind: ConnectorError.from(error).kind });
    inbox.put({ push: { stale: "all" } });
    return {};
  }
}

/** A check that throws has not said yes. */
function holds(open: OpenSource, request: RawRequest, secret: string, now: Date): boolean {
  try {
    return open.connector.webhook?.verify(request, secret, now) === true;
  } catch {
    return false;
  }
}

async function inTime(
  received: Promise<Delivery<unknown>> | undefined,
  signal: AbortSignal,
): Promise<Delivery<unknown>> {
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new ConnectorError("unavailable", "It took too long.")), {
      once: true,
    });
  });
  return (await Promise.race([received, late])) ?? {};
}

/** Verified deliveries of one source, passed on in order, each once. */
class Inbox {
  readonly #place: Workplace;
  readonly #source: string;
  readonly #news: News;
  readonly #waiting: Delivery<unknown>[] = [];
  /** Ids met lately, so that a storm of repeats costs nothing; the store knows them longer. */
  readonly #recent = new Set<string>();
  #working = false;

  constructor(place: Workplace, source: string, news: News) {
    this.#place = place;
    this.#source = source;
    this.#news = news;
  }

  put(delivery: Delivery<unknown>): void {
    if (delivery.push === undefined || this.#isRepeat(delivery.once)) return;
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(delivery);
    else this.#news.tell(this.#source, { stale: "all" }, "webhook");
    if (!this.#working) void this.#work();
  }

  #isRepeat(once: string | undefined): boolean {
    if (once === undefined) return false;
    if (this.#recent.has(once)) return true;
    this.#recent.add(once);
    if (this.#recent.size > MOST_RECENT) this.#recent.delete(this.#recent.values().next().value as string);
    return false;
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (await this.#isFirst(next.once)) this.#news.tell(this.#source, next.push ?? {}, "webhook");
    }
    this.#working = false;
  }

  /** A store that cannot tell costs a look too many, never one too few. */
  async #isFirst(once: string | undefined): Promise<boolean> {
    if (once === undefined) return true;
    const at = this.#place.clock.now().toISOString();
    return this.#place.store.firstDelivery(this.#source, once, at).catch(() => true);
  }
}
