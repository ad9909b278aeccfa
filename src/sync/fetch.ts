import { distance } from "fastest-levenshtein";
import { ConnectorError, parseRef, refOf, type Viewer } from "../model/index.ts";
import type { StoredItem, Upsert } from "../store/store.ts";
import { readItem } from "./read-item.ts";
import type { Workplace } from "./run.ts";
import { storeLoose } from "./store-loose.ts";
import type { FetchedItem } from "./types.ts";

interface FetchOptions {
  live?: boolean;
  viewer?: Viewer;
  signal?: AbortSignal;
}

/** Where a reference leads: a source of ours and an id in it, stored or not. */
interface Target {
  source: string;
  id: string;
  stored?: StoredItem;
}

/** An item by `<source>/<id>`, alias or address; see `Engine.fetch`. */
export async function fetchItem(place: Workplace, ref: string, options: FetchOptions = {}): Promise<FetchedItem> {
  const viewer = options.viewer ?? "everything";
  const target = await locate(place, ref, viewer);
  const { stored } = target;
  if (stored !== undefined && options.live !== true) {
    const text = await place.store.text(stored.source, stored.id, viewer);
    if (text !== undefined || stored.body === undefined) return { item: stored, text: text ?? "", fresh: false };
  }
  if (stored === undefined && viewer !== "everything") throw notFound(ref); // nobody checked whether they may read it
  return await fetchLive(place, target, viewer, options.signal);
}

async function fetchLive(place: Workplace, target: Target, viewer: Viewer, signal?: AbortSignal): Promise<FetchedItem> {
  const open = await place.sources.open(target.source);
  const stop = signal ?? new AbortController().signal;
  const reading = { source: open, ctx: open.context(stop), extractor: place.extractor, signal: stop };
  const upsert = await readItem(reading, target.id, target.stored).catch((error: unknown) => {
    throw withWayOut(ConnectorError.from(error), target.id);
  });
  if (upsert === undefined) throw notFound(refOf(target.source, target.id));
  const saved = await storeLoose(place, open, [upsert]);
  const stored = await place.store.item(target.source, upsert.item.id, viewer);
  if (viewer !== "everything") return asAllowed(place, target, viewer, stored, saved);
  return { item: stored ?? unsaved(place, target.source, upsert), text: upsert.text ?? "", fresh: true };
}

/** What the store lets this viewer see: what was not saved was not checked, and access may just have been withdrawn. */
async function asAllowed(
  place: Workplace,
  target: Target,
  viewer: Viewer,
  stored: StoredItem | undefined,
  fresh: boolean,
): Promise<FetchedItem> {
  const text = stored && (await place.store.text(stored.source, stored.id, viewer));
  if (stored !== undefined) return { item: stored, text: text ?? "", fresh };
  throw notFound(refOf(target.source, target.id));
}

/** A service that has no such thing leaves the person with a next step. */
function withWayOut(error: ConnectorError, id: string): ConnectorError {
  if (error.kind !== "not_found" || error.hint !== undefined) return error;
  const hint = `Search for it: headwater search ${JSON.stringify(lastPart(id))}`;
  return new ConnectorError("not_found", error.message, { hint, cause: error });
}

/** What a sync in progress kept us from storing. */
function unsaved(place: Workplace, source: string, upsert: Upsert): StoredItem {
  const at = place.clock.now().toISOString();
  return { ...upsert.item, source, firstSeenAt: at, changedAt: at };
}

async function locate(place: Workplace, ref: string, viewer: Viewer): Promise<Target> {
  const parsed = parseRef(ref);
  const known = place.sources.all().some((entry) => entry.id === parsed?.source);
  if (parsed !== undefined && known) {
    const stored = await place.store.item(parsed.source, parsed.id, viewer);
    return { ...parsed, ...(stored !== undefined && { stored, id: stored.id }) };
  }
  const found = await place.store.find(ref, viewer);
  const [first, second] = found;
  if (first !== undefined && second === undefined) return { source: first.source, id: first.id, stored: first };
  if (first !== undefined) throw ambiguous(ref, found);
  const elsewhere = await locateByAddress(place, ref, viewer);
  if (elsewhere !== undefined) return elsewhere;
  throw notFound(ref, nearestSource(place, parsed?.source));
}

/** With a scheme, from the root, or as trackers write it: acme/docs#12, which may be newer than what is stored. */
const ADDRESS = [/^[a-z][a-z0-9+.-]*:/i, /^\//, /^[\w.-]+\/[\w.-]+#\d+$/];

async function locateByAddress(place: Workplace, ref: string, viewer: Viewer): Promise<Target | undefined> {
  if (!ADDRESS.some((form) => form.test(ref))) return undefined;
  for (const entry of place.sources.all()) {
    if (!entry.settings.enabled) continue;
    const open = await place.sources.open(entry.id).catch(() => undefined); // a broken source is not the one that is asked for
    const id = await open?.connector.locate?.(open.context(new AbortController().signal), ref);
    if (id === undefined) continue;
    const stored = await place.store.item(entry.id, id, viewer);
    return { source: entry.id, id, ...(stored !== undefined && { stored }) };
  }
  return undefined;
}

function ambiguous(ref: string, found: StoredItem[]): ConnectorError {
  const which = found.slice(0, 5).map((item) => `headwater fetch ${JSON.stringify(refOf(item.source, item.id))}`);
  return new ConnectorError("usage", `"${ref}" names ${found.length} items.`, { hint: which.join("\n") });
}

function notFound(ref: string, nearest?: string): ConnectorError {
  const hint =
    nearest === undefined
      ? `Search for it: headwater search ${JSON.stringify(lastPart(ref))}`
      : `There is no source of that name. Did you mean "${nearest}"? See: headwater sources`;
  return new ConnectorError("not_found", `Nothing is known as "${ref}".`, { hint });
}

function lastPart(ref: string): string {
  return ref.split("/").at(-1) || ref;
}

function nearestSource(place: Workplace, written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  const ranked = place.sources
    .all()
    .map((entry) => ({ id: entry.id, far: distance(entry.id, written) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best !== undefined && best.far <= 3 ? best.id : undefined;
}
