import type { Problem } from "../../model/errors.ts";
import { type Counts, NO_COUNTS } from "../../model/report.ts";
import type { Place } from "../store.ts";
import { milliseconds } from "./columns.ts";
import type { Row } from "./driver.ts";
import { holdLease } from "./leases.ts";
import { moveItem } from "./moves.ts";
import { containerNumber, sourceNumber } from "./names.ts";
import { type Arriving, type PackedBatch, unpackBatch } from "./pack-batch.ts";
import { noteMet, placeNumber, type RunningPass, runningPasses } from "./places.ts";
import { clearFailure, hideItem, removeItem } from "./remove.ts";
import { markSeen } from "./seen.ts";
import { decodeOptional, encodeText } from "./text.ts";
import { type Arrival, upsert } from "./upsert.ts";
import { count, type Writer, write } from "./writing.ts";

/** Where a feed goes on after a page. */
export interface Next {
  cursor: unknown;
  options: Record<string, string>;
}

/**
 * Stores one page, all or nothing: items, what was seen, deletes, losses, failures, the change log, the counters and,
 * where the page has one, the cursor. Refused when the source's lease has another fence.
 */
export function applyBatch(
  writer: Writer,
  place: Place,
  fence: number,
  batch: PackedBatch,
  at: string,
  next?: Next,
): Counts {
  return write(writer, () => {
    holdLease(writer.connection, place.source, fence);
    const source = sourceNumber(writer.connection, writer.names, place.source);
    const page: PageWork = {
      writer,
      place,
      arrival: { source, feed: place.container, at: milliseconds(at) ?? Date.now(), pushed: next === undefined },
      passes: runningPasses(writer, source),
      counts: { ...NO_COUNTS },
      arrived: new Map(),
    };
    storeUpserts(page, unpackBatch(batch));
    markRows(page, batch.met ?? batch.seenRows, next !== undefined);
    storeFailures(page, batch.failures);
    removeAll(page, batch.deletes);
    hideAll(page, batch.lost);
    for (const pass of page.passes) if (pass.met) noteMet(writer.connection, pass.place);
    if (next) saveCursor(writer, source, place, next);
    return page.counts;
  });
}

interface PageWork {
  writer: Writer;
  place: Place;
  arrival: Arrival;
  passes: RunningPass[];
  counts: Counts;
  /** Rows of items new in this page, by handle. */
  arrived: Map<string, number>;
}

function storeUpserts(page: PageWork, upserts: Iterable<Arriving>): void {
  const { writer, counts, arrival } = page;
  let mayBeNew = false; // as the one before it: a first sync need not look for what it has never met
  for (const each of upserts) {
    writer.courtesy.giveWay();
    const { row, outcome } = upsert(writer, each, arrival, mayBeNew);
    mayBeNew = outcome === "added";
    if (outcome === "added" || outcome === "updated" || outcome === "unchanged") counts[outcome] += 1;
    if (outcome === "added" && each.item.handle) page.arrived.set(each.item.handle, row);
    markEverywhere(page, row, each.item.container ?? page.place.container);
    const settled = outcome !== "unchanged" || each.text !== undefined || each.item.body === undefined;
    if (settled && hasFailures(writer, arrival.source)) clearFailure(writer, arrival.source, encodeText(each.item.id));
  }
}

/** What arrives while a pass runs has been met by it, whichever way it came. */
function markEverywhere(page: PageWork, row: number, container: string | undefined): void {
  for (const pass of page.passes) {
    if (pass.container !== "" && pass.container !== container && pass.container !== page.place.container) continue;
    markSeen(page.writer.connection, page.writer.seen, pass.place, row);
    pass.met = true;
  }
}

function markRows(page: PageWork, rows: ArrayLike<number> & Iterable<number>, ofFeed: boolean): void {
  page.counts.unchanged += rows.length;
  if (page.passes.length === 0) return;
  const own = page.place.container ?? "";
  for (const pass of page.passes) {
    if (ofFeed && pass.container !== own) continue;
    for (const row of rows) markSeen(page.writer.connection, page.writer.seen, pass.place, row);
    if (rows.length > 0) pass.met = true;
  }
}

function storeFailures(page: PageWork, failures: { id: string; problem: Problem }[]): void {
  const { writer, place, arrival } = page;
  for (const { id, problem } of failures) {
    page.counts.failed += 1;
    const known = findItem(page, id);
    if (known) markEverywhere(page, Number(known.id), place.container);
    else for (const pass of page.passes) pass.met ||= pass.container === (place.container ?? "");
    const before = writer.connection
      .raw("SELECT 1 FROM failures WHERE source = ? AND native_id = ?")
      .get(arrival.source, encodeText(id));
    writer.connection
      .prepare(
        `INSERT INTO failures (source, native_id, container, kind, message, hint, attempts, first_at, last_at)
         VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)
         ON CONFLICT (source, native_id) DO UPDATE SET container = excluded.container, kind = excluded.kind,
           message = excluded.message, hint = excluded.hint, attempts = attempts + 1, last_at = excluded.last_at`,
      )
      .run(
        arrival.source,
        encodeText(id),
        place.container === undefined ? null : encodeText(place.container),
        problem.kind,
        problem.message.toWellFormed(),
        problem.hint?.toWellFormed() ?? null,
        arrival.at,
        arrival.at,
      );
    if (!before) count(writer, arrival.source, "failures", 1);
    writer.failing.set(arrival.source, true);
  }
}

function removeAll(page: PageWork, ids: string[]): void {
  const owner = page.place.container;
  const container =
    owner === undefined
      ? undefined
      : containerNumber(page.writer.connection, page.writer.names, page.arrival.source, owner);
  for (const id of new Set(ids)) {
    const row = findItem(page, id);
    if (!row) clearFailure(page.writer, page.arrival.source, encodeText(id));
    if (!row || (container !== undefined && row.container !== container)) continue;
    page.writer.courtesy.giveWay();
    if (moveOn(page, row)) continue;
    removeItem(page.writer, row, page.arrival.at);
    page.counts.deleted += 1;
  }
}

/** An item that goes while another comes with its handle has only changed its id: one update, not two changes. */
function moveOn(page: PageWork, row: Row): boolean {
  const handle = decodeOptional(row.handle);
  const to = handle === undefined ? undefined : page.arrived.get(handle);
  if (handle === undefined || to === undefined || to === Number(row.id)) return false;
  page.arrived.delete(handle);
  moveItem(page.writer, { from: Number(row.id), to }, page.arrival.at);
  page.counts.added -= 1;
  page.counts.updated += 1;
  return true;
}

function hideAll(page: PageWork, ids: string[]): void {
  for (const id of new Set(ids)) {
    const row = findItem(page, id);
    if (row && hideItem(page.writer, row, page.arrival.at)) page.counts.lost += 1;
    if (row) markEverywhere(page, Number(row.id), page.place.container);
  }
}

function findItem(page: PageWork, id: string): Row | undefined {
  return page.writer.connection
    .prepare("SELECT * FROM items WHERE source = ? AND native_id = ?")
    .get(page.arrival.source, encodeText(id));
}

function saveCursor(writer: Writer, source: number, place: Place, next: Next): void {
  const cursor = next.cursor === undefined ? null : JSON.stringify(next.cursor);
  writer.connection
    .prepare("UPDATE places SET cursor = ?, options = ? WHERE id = ?")
    .run(cursor, JSON.stringify(next.options), placeNumber(writer.connection, source, place));
}

/** Most sources have no failures, and then nothing has to be looked up for each item that arrives. */
function hasFailures(writer: Writer, source: number): boolean {
  let some = writer.failing.get(source);
  if (some === undefined) {
    some = writer.connection.raw("SELECT 1 FROM failures WHERE source = ? LIMIT 1").get(source) !== undefined;
    writer.failing.set(source, some);
  }
  return some;
}
