import { z } from "zod";
import {
  type Connector,
  ConnectorError,
  type Draft,
  defineConnector,
  effect,
  type Page,
} from "../../src/connectors/kit/index.ts";

export interface LedgerEntry {
  id: string;
  folder: string;
  title: string;
  text: string;
  /** Counts every change of the service, so that a feed can say what came after what. */
  revision: number;
}

interface Fault {
  /** Fails when this many more pages were served. */
  afterPages: number;
  error: ConnectorError;
  times: number;
}

const LEDGERS = new Map<string, Ledger>();

/**
 * A small imaginary service with real state: folders of entries, a change feed that can forget, pages, faults on
 * demand. It lives in memory; the connectors below read it the three ways that real services allow.
 */
export class Ledger {
  /** Sources name the ledger they read. */
  readonly name = `ledger ${LEDGERS.size + 1}`;
  readonly folders = new Set(["accounts"]);
  readonly entries = new Map<string, LedgerEntry>();
  readonly gone: { id: string; revision: number }[] = [];
  pageSize = 10;
  /** Changes before this revision are no longer told. */
  forgotten = 0;
  pagesServed = 0;
  bodiesServed = 0;
  unlisted = new Map<string, ConnectorError>();
  beforePage: (served: number) => void = () => {};
  #revision = 0;
  #faults: Fault[] = [];

  constructor() {
    LEDGERS.set(this.name, this);
  }

  /** The service as data, for another process. */
  state() {
    return { entries: [...this.entries.values()], gone: this.gone, revision: this.#revision };
  }

  static from(state: ReturnType<Ledger["state"]>): Ledger {
    const ledger = new Ledger();
    for (const entry of state.entries) {
      ledger.folders.add(entry.folder);
      ledger.entries.set(entry.id, entry);
    }
    ledger.gone.push(...state.gone);
    ledger.#revision = state.revision;
    return ledger;
  }

  put(id: string, text: string, folder = "accounts", title = `Entry ${id}`): void {
    this.folders.add(folder);
    this.#revision += 1;
    this.entries.set(id, { id, folder, title, text, revision: this.#revision });
  }

  remove(id: string): void {
    this.#revision += 1;
    this.entries.delete(id);
    this.gone.push({ id, revision: this.#revision });
  }

  seed(count: number, folder = "accounts"): void {
    for (let at = 0; at < count; at++) {
      const id = `${folder}-${String(at).padStart(4, "0")}`;
      this.put(id, `The ${id} entry settles invoice ${1000 + at} for the mill race repair.`, folder);
    }
  }

  failAfter(afterPages: number, error: ConnectorError, times = 1): void {
    this.#faults.push({ afterPages, error, times });
  }

  get revision(): number {
    return this.#revision;
  }

  page<T>(all: T[], from: number): { part: T[]; next: number | undefined } {
    this.beforePage(this.pagesServed);
    const fault = this.#faults[0];
    if (fault !== undefined && fault.afterPages <= 0) {
      fault.times -= 1;
      if (fault.times === 0) this.#faults.shift();
      throw fault.error;
    }
    if (fault !== undefined) fault.afterPages -= 1;
    this.pagesServed += 1;
    const next = from + this.pageSize;
    return { part: all.slice(from, next), next: next < all.length ? next : undefined };
  }
}

const Position = z.object({
  after: z.string().optional(),
  revision: z.number().optional(),
  until: z.number().optional(),
});
type Position = z.infer<typeof Position>;

export interface LedgerShape {
  feed: "changes" | "edits" | "listing";
  scope?: "source" | "container";
  /** Offers a cheap walk over ids. */
  ids?: boolean;
  /** Leaves bodies to `fetch`. */
  lazy?: boolean;
  mime?: string;
  /** Every page takes 20 ms, so that a sync can be met in the middle. */
  slow?: boolean;
}

/** A connector that reads the ledger named in its options the way `shape` says. */
export function ledgerConnector(shape: LedgerShape): Connector {
  const scope = shape.scope ?? "source";
  const draftOf = (entry: LedgerEntry): Draft => ({
    id: entry.id,
    kind: "entry",
    title: entry.title,
    version: String(entry.revision),
    container: entry.folder,
    ...(shape.lazy ? { body: { mime: shape.mime ?? "text/plain", bytes: entry.text.length } } : { text: entry.text }),
  });
  const inPlace = (ledger: Ledger, container: string | undefined) =>
    [...ledger.entries.values()].filter((entry) => container === undefined || entry.folder === container);
  const refuse = (ledger: Ledger, container: string | undefined): void => {
    const error = ledger.unlisted.get(container ?? "");
    if (error !== undefined) throw error;
  };

  /** Pages by key, not by offset: what is removed meanwhile must not shift others out of sight. */
  async function* walk(
    ledger: Ledger,
    container: string | undefined,
    from: Position,
    end: Position | undefined,
  ): AsyncGenerator<Page<Position>> {
    const until = from.until ?? ledger.revision;
    const last = end === undefined ? "\uffff" : (end.after ?? "");
    for (let after = from.after; ; ) {
      const everything = inPlace(ledger, container).sort((a, b) => (a.id < b.id ? -1 : 1));
      const all = everything.filter((entry) => entry.id <= last);
      const rest = all.filter((entry) => after === undefined || entry.id > after);
      const { part, next } = ledger.page(rest, 0);
      after = part.at(-1)?.id;
      const cursor = next === undefined ? { revision: until } : { after, until };
      const done = all.length - rest.length + part.length;
      yield { upserts: part.map(draftOf), cursor, progress: { done, total: all.length } };
      if (next === undefined) return;
    }
  }

  async function* changes(
    ledger: Ledger,
    container: string | undefined,
    since: number,
  ): AsyncGenerator<Page<Position>> {
    if (since < ledger.forgotten) throw new ConnectorError("cursor_expired", "The ledger forgot that position.");
    const edits = inPlace(ledger, container)
      .filter((entry) => entry.revision > since)
      .sort((a, b) => a.revision - b.revision);
    const gone = shape.feed === "changes" ? ledger.gone.filter((one) => one.revision > since) : [];
    let told = since;
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const { part, next }: { part: LedgerEntry[]; next: number | undefined } = ledger.page(edits, offset);
      const last = next === undefined ? ledger.revision : (part.at(-1)?.revision ?? since);
      // A page tells every removal that its cursor leaves behind: who goes on from there hears of it no more.
      const passed = gone.filter((one) => one.revision > told && one.revision <= last);
      const deletes = passed.filter((one) => !ledger.entries.has(one.id)).map((one) => one.id);
      yield { upserts: part.map(draftOf), ...(deletes.length > 0 && { deletes }), cursor: { revision: last } };
      told = last;
      offset = next;
    }
  }

  return defineConnector({
    id: "ledger",
    title: "Ledger",
    summary: "Entries of a small imaginary service.",
    reference: "test/twins/ledger.ts",
    config: z.object({
      ledger: z.string().describe("Name of the ledger."),
      folders: effect(z.array(z.string()).default(["*"]).describe("Folders to take; * for all."), "widening"),
      without: effect(z.array(z.string()).default(["-"]).describe("Ids to leave out."), "narrowing"),
      nickname: effect(z.string().default("").describe("Shown nowhere."), "cosmetic"),
      style: z.string().default("plain").describe("How entries read."),
    }),
    limits: { concurrency: 2 },
    cursor: Position,
    scope,
    feed: shape.feed,
    connect(ctx) {
      const ledger = LEDGERS.get(ctx.config.ledger);
      if (ledger === undefined) throw new ConnectorError("config", `There is no ledger "${ctx.config.ledger}".`);
      return ledger;
    },
    test: async () => ({ account: "the ledger" }),
    async *list({ api: ledger }, parent) {
      if (parent === undefined && scope === "container") {
        for (const id of ledger.folders) yield { id, name: id, holds: "items" as const };
        return;
      }
      for (const entry of inPlace(ledger, parent)) yield { id: entry.id, name: entry.title, holds: "nothing" as const };
    },
    async *sync(ctx, from) {
      refuse(ctx.api, from.container);
      const { cursor } = from;
      const feed =
        shape.feed === "listing" || cursor?.revision === undefined
          ? walk(
              ctx.api,
              from.container,
              shape.feed === "listing" && cursor?.revision !== undefined ? {} : (cursor ?? {}),
              from.until,
            )
          : changes(ctx.api, from.container, cursor.revision);
      for await (const page of feed) {
        ctx.signal.throwIfAborted();
        if (shape.slow) await new Promise((resolve) => setTimeout(resolve, 20));
        const upserts = page.upserts?.filter((draft) => !ctx.config.without.includes(draft.id));
        yield { ...page, ...(upserts !== undefined && { upserts }) };
      }
    },
    async fetch({ api: ledger }, id) {
      const entry = ledger.entries.get(id);
      if (entry === undefined) throw new ConnectorError("not_found", `The ledger has no entry "${id}".`);
      ledger.bodiesServed += 1;
      return { item: draftOf(entry), content: { text: entry.text } };
    },
    covers: (config, item) => !config.without.includes(item.id),
    ...(shape.ids && {
      async *ids({ api: ledger }: { api: Ledger }, from: { container?: string }) {
        let offset: number | undefined = 0;
        const all = inPlace(ledger, from.container).map((entry) => entry.id);
        while (offset !== undefined) {
          const { part, next }: { part: string[]; next: number | undefined } = ledger.page(all, offset);
          yield part;
          offset = next;
        }
      },
    }),
  });
}
