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
  /** Notices tell what changes from now on. Only the first call counts; it never rejects. */
  begin(desk: Desk): Promise<void>;
  listen(listener: ChangeListener): () => void;
  close(): void;
}

/** A feed that is silent until it is given a desk, so that nobody has to open a store for it. */
export function changeFeed(pollMs = POLL_MS): ChangeFeed {
  const listeners = new Set<ChangeListener>();
  let desk: Desk | undefined;
  let begun: Promise<void> | undefined;
  let stop: (() => void) | undefined;
  let looking: Promise<void> | undefined;
  let again = false;
  let lastSeq = 0;
  const timer = setInterval(() => {
    if ([...listeners].some((listener) => listener.wanted())) look();
  }, pollMs).unref();

  async function start(given: Desk): Promise<void> {
    desk = given;
    stop = given.engine.onChange(({ source }) => look(source));
    lastSeq = (await given.store.changes({ newestFirst: true, limit: 1, viewer: given.viewer })).lastSeq;
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
    await begun;
    if (!desk) return;
    const { store, viewer } = desk;
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
    begin(given) {
      begun ??= start(given).catch(() => undefined); // A store that cannot answer has nothing to tell.
      return begun;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearInterval(timer);
      listeners.clear();
      stop?.();
    },
  };
}
