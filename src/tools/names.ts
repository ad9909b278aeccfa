import { cleanLine } from "./clean.ts";
import type { Desk } from "./desk.ts";

const KEPT_MS = 10_000;
/** A source with more places than this shows their ids. */
const MOST_PLACES = 20_000;
const kept = new WeakMap<Desk["store"], Map<string, { until: number; names: Promise<Map<string, string>> }>>();

/** A principal as people call it: "user:ada@example.org" is ada@example.org. */
export function personOf(principal: string, longest = 80): string {
  return cleanLine(principal.replace(/^(user|group):/, ""), longest);
}

/** The first so many people of an item; undefined when nobody is known. */
export function peopleOf(principals: readonly string[], most = 5): string[] | undefined {
  return principals.length > 0 ? principals.slice(0, most).map((one) => personOf(one)) : undefined;
}

/** What people call the places of some items, by source and id; the id where nothing else is known. */
export async function placeNames(
  desk: Desk,
  items: readonly { source: string; container?: string | undefined }[],
): Promise<(item: { source: string; container?: string | undefined }) => string | undefined> {
  const sources = [...new Set(items.filter((item) => item.container !== undefined).map(({ source }) => source))];
  const names = new Map(
    await Promise.all(sources.map(async (source) => [source, await namesOf(desk.store, source)] as const)),
  );
  return ({ source, container }) =>
    container === undefined ? undefined : cleanLine(names.get(source)?.get(container) || container);
}

function namesOf(store: Desk["store"], source: string): Promise<Map<string, string>> {
  const bySource = kept.get(store) ?? new Map();
  kept.set(store, bySource);
  const known = bySource.get(source);
  if (known && known.until > performance.now()) return known.names;
  const names = store
    .containers(source)
    .then((places) => new Map(places.slice(0, MOST_PLACES).map(({ id, name }) => [id, name])))
    .catch(() => new Map<string, string>());
  bySource.set(source, { until: performance.now() + KEPT_MS, names });
  return names;
}
