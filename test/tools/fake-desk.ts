import { randomUUID } from "node:crypto";
import { ConnectorError, Item, parseRef, type SearchHit, type SyncReport, type Viewer } from "../../src/model/index.ts";
import type { SourceEntry } from "../../src/sources/source.ts";
import type { Change, RelatedItem, SourceStats, Store, StoredItem } from "../../src/store/store.ts";
import type { Engine, Run } from "../../src/sync/types.ts";
import type { Desk } from "../../src/tools/desk.ts";

const STORED_AT = "2026-03-02T08:00:00.000Z";

/** A small workspace in memory, with the behaviour that tools rely on: enough to test the tools alone. */
export interface FakeDesk extends Desk {
  resultTokens: number;
  keepsCurrent: boolean;
  items: Map<string, StoredItem & { text: string }>;
  changes: Change[];
  /** How long a sync takes; one of a slow source takes a minute. */
  syncMs: number;
  slow: Set<string>;
  /** What a sync brings. */
  onSynced?: (source: string) => void;
  /** Puts an item in, as a sync would. */
  put(source: string, draft: { id: string; title: string; text: string } & Partial<StoredItem>): void;
  /** Tells listeners that a sync of this process ended. */
  ended(source: string): void;
  runs: Map<string, Run>;
  /** Notes a run of the past, or one under way. */
  ran(run: Run): void;
  /** What the store says of a source in place of what follows from its items. */
  stored: Map<string, Partial<SourceStats>>;
}

export function fakeDesk(sources: string[] = ["notes", "mail"], viewer: Viewer = "everything"): FakeDesk {
  const items = new Map<string, StoredItem & { text: string }>();
  const changes: Change[] = [];
  const runs = new Map<string, Run>();
  const newest = new Map<string, Run>();
  const stored = new Map<string, Partial<SourceStats>>();
  const listeners = new Set<(event: { source: string; report: SyncReport }) => void>();

  const entries = sources.map((id) => entryOf(id));
  const get = (id: string) => {
    const entry = entries.find((each) => each.id === id);
    if (entry) return entry;
    throw new ConnectorError("usage", `There is no source named ${id}.`, { hint: `Did you mean ${sources[0]}?` });
  };
  const visible = (item: StoredItem) =>
    viewer === "everything" || item.access === undefined || item.access === "everyone";
  const of = (names?: string[]) =>
    [...items.values()].filter((item) => (names === undefined || names.includes(item.source)) && visible(item));

  const store = {
    async item(source: string, id: string) {
      return items.get(`${source}/${id}`);
    },
    async items({ sources: names, limit, cursor, containers, parent }: Parameters<Store["items"]>[0]) {
      const start = Number(cursor ?? 0);
      if (Number.isNaN(start)) throw new ConnectorError("usage", "This cursor is not from here.");
      const all = of(names).filter(
        (item) =>
          (!containers || containers.includes(item.container ?? "")) &&
          (parent === undefined || item.parent === parent),
      );
      const next = start + limit < all.length ? String(start + limit) : undefined;
      return { items: all.slice(start, start + limit), nextCursor: next };
    },
    async text(source: string, id: string) {
      return items.get(`${source}/${id}`)?.text;
    },
    async related(source: string, id: string): Promise<RelatedItem[]> {
      const item = items.get(`${source}/${id}`);
      return (item?.relations ?? []).map((relation) => ({
        rel: relation.rel,
        direction: "out" as const,
        item: relation.id ? items.get(`${source}/${relation.id}`) : undefined,
        target: relation.url ?? relation.id,
      }));
    },
    async search(request: Parameters<Store["search"]>[0]) {
      const words = request.query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
      const start = Number(request.cursor ?? 0);
      const all = of(request.sources).filter((item) => {
        const text = `${item.title} ${item.text}`.toLowerCase();
        return words.length > 0 && words.every((word) => text.includes(word));
      });
      const hits = all.slice(start, start + request.limit).map((item): SearchHit => {
        const offset = Math.max(0, item.text.toLowerCase().indexOf(words[0] ?? ""));
        const snippet = { text: item.text.slice(offset, offset + 160), offset };
        return { ...item, snippet, score: 1, matched: "all" };
      });
      return {
        hits,
        nextCursor: start + request.limit < all.length ? String(start + request.limit) : undefined,
        understood: { words, phrases: [], ignored: [], filters: {}, hints: [] },
      };
    },
    async changes(request: Parameters<Store["changes"]>[0]) {
      const found = changes.filter(
        (change) =>
          change.seq > (request.afterSeq ?? 0) &&
          (request.sources?.includes(change.source) ?? true) &&
          change.at >= (request.recordedSince ?? ""),
      );
      if (request.newestFirst) found.reverse();
      return { changes: found.slice(0, request.limit), lastSeq: changes.length };
    },
    async runs({ source = "" }: Parameters<Store["runs"]>[0]) {
      const run = newest.get(source);
      return run === undefined ? [] : [run.report()];
    },
    async pauses() {
      return [];
    },
    async containers(source: string) {
      const ids = new Set(of([source]).map((item) => item.container ?? "inbox"));
      return [...ids].map((id) => ({ id, name: id }));
    },
    async stats(names = sources): Promise<SourceStats[]> {
      return names.map((source) => ({
        ...statsOf(source, of([source]), newest.get(source)?.report()),
        ...stored.get(source),
      }));
    },
  };

  const engine: Partial<Engine> = {
    start(source, options) {
      const running = newest.get(source);
      if (running?.report().state === "running") return running;
      const run = startRun(source, desk.slow.has(source) ? 60_000 : desk.syncMs, options?.onProgress, (report) => {
        if (report.state === "succeeded") desk.onSynced?.(source);
        for (const listener of listeners) listener({ source, report });
      });
      runs.set(run.id, run);
      newest.set(source, run);
      return run;
    },
    async status({ source, runId }) {
      return (runId === undefined ? newest.get(source ?? "") : runs.get(runId))?.report();
    },
    async cancel(runId) {
      runs.get(runId)?.cancel();
      return runs.has(runId);
    },
    async test(source) {
      return {
        source,
        ok: true,
        account: "ada@example.org",
        granted: ["read notes"],
        missing: [],
        limits: ["60 requests an hour"],
        warnings: [],
        tookMs: 3,
      };
    },
    async list(source, { parent, limit = 50 } = {}) {
      const containers = [...new Set(of([source]).map((item) => item.container ?? "inbox"))];
      if (parent === undefined) return { entries: containers.map((id) => ({ id, name: id, holds: "items" as const })) };
      const inside = of([source]).filter((item) => (item.container ?? "inbox") === parent);
      return {
        entries: inside
          .slice(0, limit)
          .map((item) => ({ id: item.id, name: item.title, holds: "nothing", kind: item.kind })),
      };
    },
    async fetch(ref) {
      const parsed = parseRef(ref);
      const item =
        items.get(ref) ??
        [...items.values()].find((each) => each.url === ref || (parsed && each.aliases.includes(parsed.id)));
      if (!item || !visible(item))
        throw new ConnectorError("not_found", "There is no such item.", { hint: "Search for it by its words." });
      return { item, text: item.text, fresh: false };
    },
    async searchLive() {
      return [];
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch() {},
    async close() {},
  };

  const desk: FakeDesk = {
    tenant: "default",
    viewer,
    version: "0.0.0-test",
    resultTokens: 8000,
    keepsCurrent: true,
    sources: { all: () => entries, get, open: () => Promise.reject(new Error("not here")), close: async () => {} },
    engine: engine as Engine,
    store: store as unknown as Store,
    items,
    changes,
    runs,
    stored,
    ran(run) {
      runs.set(run.id, run);
      newest.set(run.source, run);
    },
    syncMs: 20,
    slow: new Set(),
    put(source, { text, ...draft }) {
      const known = items.has(`${source}/${draft.id}`);
      const item = Item.parse({ kind: "note", version: String(changes.length), ...draft });
      const stored = { firstSeenAt: STORED_AT, changedAt: STORED_AT, updatedAt: STORED_AT, ...item, source, text };
      items.set(`${source}/${draft.id}`, { ...stored, textLength: text.length });
      const { kind, title, url, authors } = item;
      const verb = known ? "updated" : "added";
      const at = new Date().toISOString();
      changes.push({ seq: changes.length + 1, at, verb, source, id: draft.id, kind, title, url, authors });
    },
    ended(source) {
      for (const listener of listeners) listener({ source, report: blankReport(source, randomUUID()) });
    },
  };
  return desk;
}

function entryOf(id: string): SourceEntry {
  const limits = { itemBytes: 1e7, runSeconds: 600, fullPassHours: 24 };
  return {
    id,
    connectorId: "files",
    settings: { enabled: true, everyMs: 3_600_000, tenant: "default", tags: [], allowPrivateNetwork: false, limits },
    written: {},
  };
}

function statsOf(source: string, items: StoredItem[], lastRun: SyncReport | undefined): SourceStats {
  const byKind: Record<string, number> = {};
  for (const item of items) byKind[item.kind] = (byKind[item.kind] ?? 0) + 1;
  const rest = { byContainer: {}, textBytes: 0, bodiesDue: 0, failures: 0, lost: 0 };
  return { source, items: items.length, byKind, ...rest, lastRun, lastSyncedAt: lastRun?.endedAt ?? STORED_AT };
}

function blankReport(source: string, runId: string): SyncReport {
  const counts = { added: 0, updated: 0, unchanged: 0, deleted: 0, lost: 0, failed: 0 };
  const startedAt = new Date().toISOString();
  const rest = { done: 0, total: 40, failures: [], held: [], notes: [] };
  return { runId, source, state: "running", mode: "incremental", dryRun: false, startedAt, ...counts, ...rest };
}

function startRun(
  source: string,
  takesMs: number,
  onProgress: ((report: SyncReport) => void) | undefined,
  onEnd: (report: SyncReport) => void,
): Run {
  const id = randomUUID();
  const report = blankReport(source, id);
  let cancelled = false;
  let finish: (report: SyncReport) => void;
  const done = new Promise<SyncReport>((resolve) => {
    finish = resolve;
  });
  const step = setInterval(() => {
    report.done = Math.min(39, report.done + 1);
    onProgress?.({ ...report });
  }, takesMs / 40);
  const end = () => {
    clearInterval(step);
    clearTimeout(timer);
    if (report.state !== "running") return;
    report.state = cancelled ? "cancelled" : "succeeded";
    if (!cancelled) Object.assign(report, { done: 40, added: 2, unchanged: 38 });
    report.endedAt = new Date().toISOString();
    onEnd({ ...report });
    finish({ ...report });
  };
  const timer = setTimeout(end, takesMs);
  const cancel = () => {
    cancelled = true;
    end();
  };
  return { id, source, report: () => ({ ...report }), done, cancel };
}
