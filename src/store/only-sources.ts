import type { SearchAnswer } from "../model/search.ts";
import type { Store } from "./store.ts";

/** Another process may store a source of another configuration meanwhile: so long until that is noticed. */
const KEPT_MS = 5000;

const NOTHING: SearchAnswer = {
  hits: [],
  understood: { words: [], phrases: [], ignored: [], filters: {}, hints: [] },
};

/**
 * The same store for whoever may read these sources alone. What else lies in it (of a source that was taken out of the
 * configuration, or of another configuration with the same data folder) is not found, listed, linked to or told of.
 * Questions that name their sources pass as they are: whoever asks them has looked the names up.
 */
export function onlySources(store: Store, names: readonly string[]): Store {
  const served = new Set(names);
  let known: { until: number; stored: Promise<string[]> } | undefined;

  /** The sources to ask of: as asked, or undefined, where all that is stored may be read, which costs nothing. */
  async function within(asked: string[] | undefined): Promise<string[] | undefined> {
    if (asked !== undefined && asked.length > 0) return asked;
    if (known === undefined || known.until < performance.now())
      known = { until: performance.now() + KEPT_MS, stored: storedSources() };
    const stored = await known.stored;
    const own = stored.filter((source) => served.has(source));
    return own.length === stored.length ? asked : own;
  }

  /** Of what was reset, nothing is left but the name. */
  async function storedSources(): Promise<string[]> {
    const all = await store.stats();
    return all.filter(({ items, lost, failures }) => items + lost + failures > 0).map(({ source }) => source);
  }

  /** Asks of the sources that may be read; answers `nothing` where none of them is stored yet. */
  async function asking<Request extends { sources?: string[] }, Answer>(
    request: Request,
    ask: (request: Request) => Promise<Answer>,
    nothing: Answer,
  ): Promise<Answer> {
    const sources = await within(request.sources);
    if (sources === undefined) return ask(request);
    return sources.length > 0 ? ask({ ...request, sources }) : nothing;
  }

  return {
    ...store,
    search: (request) => asking(request, store.search, NOTHING),
    items: (request) => asking(request, store.items, { items: [] }),
    failures: (request) => asking(request, store.failures, []),
    changes: async (request) => asking(request, store.changes, { changes: [], lastSeq: request.afterSeq ?? 0 }),
    find: async (text, viewer) => (await store.find(text, viewer)).filter(({ source }) => served.has(source)),
    related: async (source, id, viewer, limit) =>
      (await store.related(source, id, viewer, limit)).filter(
        ({ item }) => item === undefined || served.has(item.source),
      ),
    async *everything(request) {
      const sources = await within(request.sources);
      if (sources === undefined) yield* store.everything(request);
      else if (sources.length > 0) yield* store.everything({ ...request, sources });
    },
  };
}
