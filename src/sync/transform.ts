import type { OpenSource } from "../sources/source.ts";
import type { Upsert } from "../store/store.ts";

/** A step between mapping and storage; undefined drops the item. */
type Transform = (source: OpenSource, upsert: Upsert) => Upsert | undefined;

const STEPS: readonly Transform[] = [dropOlder, addTags];

/** What is stored of an item: every path to the store goes through here. */
export function transform(source: OpenSource, upsert: Upsert): Upsert | undefined {
  let current: Upsert | undefined = upsert;
  for (const step of STEPS) {
    if (current === undefined) return undefined;
    current = step(source, current);
  }
  return current;
}

function dropOlder(source: OpenSource, upsert: Upsert): Upsert | undefined {
  return isOlder(upsert.item.updatedAt, source.settings.since) ? undefined : upsert;
}

function addTags(source: OpenSource, upsert: Upsert): Upsert {
  const { tags } = source.settings;
  if (tags.length === 0) return upsert;
  return { ...upsert, item: { ...upsert.item, tags: [...new Set([...upsert.item.tags, ...tags])] } };
}

/** Whether an item lies before a bound; an item without a date never does. */
export function isOlder(updatedAt: string | undefined, bound: string | undefined): boolean {
  return bound !== undefined && updatedAt !== undefined && Date.parse(updatedAt) < Date.parse(bound);
}
