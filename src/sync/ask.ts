import { ConnectorError, type Entry, problemOf } from "../model/index.ts";
import { checkedItem } from "./read-item.ts";
import type { Workplace } from "./run.ts";
import { storeLoose } from "./store-loose.ts";
import { transform } from "./transform.ts";
import type { SourceTest } from "./types.ts";

const TEST_TIME_MS = 30_000;

/** Proves that a source can be read, and names what it sees. Never throws. */
export async function testSource(place: Workplace, source: string): Promise<SourceTest> {
  const started = performance.now();
  const answer = { source, granted: [], missing: [], limits: [], warnings: [] };
  try {
    const open = await place.sources.open(source);
    const told = await open.connector.test(open.context(AbortSignal.timeout(TEST_TIME_MS)));
    return {
      ...answer,
      ok: true,
      account: told.account,
      granted: told.granted ?? [],
      missing: told.missing ?? [],
      limits: told.limits ?? [],
      warnings: told.warnings ?? [],
      tookMs: Math.round(performance.now() - started),
    };
  } catch (error) {
    return { ...answer, ok: false, problem: problemOf(error), tookMs: Math.round(performance.now() - started) };
  }
}

/** One page of what the source itself lists. The cursor is an offset into the listing. */
export async function listSource(
  place: Workplace,
  source: string,
  options: { parent?: string; limit?: number; cursor?: string } = {},
): Promise<{ entries: Entry[]; nextCursor?: string }> {
  const limit = options.limit ?? 100;
  const skip = options.cursor === undefined ? 0 : Number(options.cursor);
  if (!Number.isSafeInteger(skip) || skip < 0) {
    throw new ConnectorError("usage", "That cursor is not one that list gave.", {
      hint: "List again without a cursor.",
    });
  }
  const open = await place.sources.open(source);
  const stop = new AbortController();
  const entries: Entry[] = [];
  let at = 0;
  for await (const entry of open.connector.list(open.context(stop.signal), options.parent)) {
    at += 1;
    if (at <= skip) continue;
    if (entries.length === limit) {
      stop.abort();
      return { entries, nextCursor: String(skip + limit) };
    }
    entries.push(entry);
  }
  return { entries };
}

/** Asks the service's own search and stores what comes back; the ids found, best first. */
export async function searchLive(place: Workplace, source: string, text: string, limit: number): Promise<string[]> {
  const open = await place.sources.open(source);
  if (open.connector.search === undefined) return [];
  const drafts = await open.connector.search(open.context(AbortSignal.timeout(TEST_TIME_MS)), { text, limit });
  const upserts = drafts.flatMap((draft) => {
    const item = checkedItem(source, draft);
    return transform(open, { item, ...(item.text !== undefined && { text: item.text }) }) ?? [];
  });
  await storeLoose(place, open, upserts);
  return upserts.map((upsert) => upsert.item.id);
}
