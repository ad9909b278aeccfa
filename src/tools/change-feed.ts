import type { Desk } from "./desk.ts";
import { CATALOGUE_URI, itemsUri, itemUri, sourceUri } from "./uri.ts";

const POLL_MS = 5000;
const BATCH = 500;

/** What changed since the last notice. */
export interface ChangeNotice {
  /** Addresses whose content changed. */
  updated: Set<string>;
  /** Items came or went. */
  listChanged: boolean;
}

export interface ChangeListener {
  /** True while somebody subscribed: only then are changes made by other processes looked for. */
  wanted(): boolean;
  notice(notice: ChangeNotice): void;
}

/** Turns the change log into notices: at once after a sync of this process, within seconds after one of another. */
export interface ChangeFeed {
  listen(listener: ChangeListener): () => void;
  close(): void;
}

/** A feed over one desk, which it opens with the first listener. */
export function changeFeed(desk: () => Promise<Desk>, pollMs = POLL_MS): ChangeFeed {
  const listeners = new Set<ChangeListener>();
  let started: Promise<() => void> | undefined;
  let looking: Promise<void> | undefined;
  let again = false;
  let lastSeq = 0;
  const timer = setInterval(() => {
    if ([...listeners].some((listener) => listener.wanted())) look();
  }, pollMs).unref();

  async function start(): Promise<() => void> {
    const { engine, store, viewer } = await desk();
    lastSeq = (await store.changes({ newestFirst: true, limit: 1, viewer })).lastSeq;
    return engine.onChange(({ source }) => look(source));
  }

  /** One look at a time; a call during one asks for another after it. */
  function look(source?: string): void {
    if (looking) again = true;
    looking ??= read(source)
      .catch(() => undefined) // The next look tries again.
      .finally(() => {
        looking = undefined;
        if (again) look();
        again = false;
      });
  }

  async function read(source: string | undefined): Promise<void> {
    await started;
    const { store, viewer } = await desk();
    const notice: ChangeNotice = {
      updated: new Set(source ? [CATALOGUE_URI, sourceUri(source)] : []),
      listChanged: false,
    };
    for (let more = true; more; ) {
      const page = await store.changes({ afterSeq: lastSeq, limit: BATCH, viewer });
      for (const change of page.changes) {
        notice.updated.add(CATALOGUE_URI).add(sourceUri(change.source)).add(itemsUri(change.source));
        notice.updated.add(itemUri(change.source, change.id));
        notice.listChanged ||= change.verb !== "updated";
      }
      more = page.changes.length === BATCH;
      lastSeq = more ? page.changes.at(-1)!.seq : Math.max(lastSeq, page.lastSeq);
    }
    if (notice.updated.size > 0) for (const listener of listeners) listener.notice(notice);
  }

  return {
    listen(listener) {
      listeners.add(listener);
      started ??= start();
      started.catch(() => {
        started = undefined; // A store that could not be opened is tried again with the next listener.
      });
      return () => listeners.delete(listener);
    },
    close() {
      clearInterval(timer);
      listeners.clear();
      started?.then((stop) => stop()).catch(() => undefined);
    },
  };
}
