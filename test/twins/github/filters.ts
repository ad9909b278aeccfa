import { type Call, invalid } from "./exchange.ts";
import { stamp } from "./world.ts";

interface Dated {
  id: number;
  createdAt: string;
  updatedAt: string;
}

/**
 * The `since` of a list, whole seconds, inclusive. Undefined when it is not asked for.
 * The beginning of the epoch is answered with nothing at all, as the service was seen to do (airbyte#85376).
 */
export function sinceOf(call: Call): string | undefined {
  const since = call.query.get("since");
  if (since === null) return undefined;
  const time = new Date(since);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(since) || Number.isNaN(time.getTime())) throw invalid("Invalid since parameter");
  return time.getTime() === 0 ? "9999-12-31T23:59:59Z" : stamp(time);
}

export function choice<const T extends string>(call: Call, name: string, allowed: readonly T[], otherwise: T): T {
  const value = call.query.get(name);
  if (value === null || value === "") return otherwise;
  if (!allowed.includes(value as T)) throw invalid(`Validation Failed: ${name} must be one of ${allowed.join(", ")}`);
  return value as T;
}

/** The moment and then the id, as one string that sorts. */
export function sortKey(by: "createdAt" | "updatedAt"): (item: Dated) => string {
  return (item) => `${item[by]} ${String(item.id).padStart(12, "0")}`;
}

export function sortedBy<T>(items: T[], key: (item: T) => string, descending: boolean): T[] {
  const keyed = items.map((item) => ({ item, key: key(item) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  if (descending) keyed.reverse();
  return keyed.map(({ item }) => item);
}

const KEPT = new WeakMap<object, Map<string, { revision: number; items: unknown[] }>>();

/** As `sortedBy`, kept until the revision of its source changes: a long list is asked for page after page. */
export function keptSorted<T>(
  source: { readonly revision: number },
  name: string,
  items: () => T[],
  key: (item: T) => string,
  descending: boolean,
): T[] {
  const kept = KEPT.get(source) ?? new Map<string, { revision: number; items: unknown[] }>();
  KEPT.set(source, kept);
  const found = kept.get(name);
  if (found?.revision === source.revision) return found.items as T[];
  const sorted = sortedBy(items(), key, descending);
  kept.set(name, { revision: source.revision, items: sorted });
  return sorted;
}
