import type { Item } from "../../model/item.ts";
import type { Lease, Place, Store, StoredItem } from "../store.ts";
import type { Next } from "./apply.ts";
import { listChanges } from "./changes.ts";
import { sameValue } from "./columns.ts";
import { snapshot } from "./connect.ts";
import { type Answering, answered } from "./courtesy.ts";
import type { Connection, Driver, Row } from "./driver.ts";
import { damaged, storeError } from "./failure.ts";
import { fingerprint } from "./fingerprint.ts";
import { listItems } from "./listing.ts";
import { findItems, sourceOf, visibleRow } from "./lookup.ts";
import { recalled } from "./memory.ts";
import { newPacking, type PackedBatch } from "./pack-batch.ts";
import { pausesOf } from "./pauses.ts";
import { placesOf, progressOf } from "./places.ts";
import { compareItems, dueBodies, dueFailures, listContainers, listFailures } from "./queues.ts";
import { relatedItems } from "./related.ts";
import { itemOf, SELECT_ITEM } from "./rows.ts";
import { cancelRequested, runsOf } from "./runs.ts";
import { searchItems } from "./search.ts";
import { statsOf } from "./stats.ts";
import { decodeOptional } from "./text.ts";
import type { WriterThread } from "./thread.ts";
import type { Identity } from "./writing.ts";

const EVERYTHING_AT_ONCE = 100;
const COMPARED_AT_ONCE = 5_000;

/** The parts a store of one file is made of. */
export interface Parts {
  file: string;
  driver: Driver;
  /** This thread's connection; it only reads. */
  connection: Connection;
  /** This process. */
  identity: Identity;
  /** Tells the writer that a question is being answered. */
  answering: Answering;
  writer: WriterThread;
  verify: Store["verify"];
  backup: Store["backup"];
  close: Store["close"];
}

/** The store over one SQLite file: reads on this thread, writes on the writer's. */
export function sqliteStore(parts: Parts): Store {
  const { file, driver, connection, identity, answering, writer, verify, backup, close } = parts;
  const read = async <T>(action: () => T): Promise<T> => {
    try {
      return snapshot(connection, action);
    } catch (error) {
      throw storeError(error);
    }
  };
  const packing = newPacking();
  const apply = (place: Place, fence: number, batch: PackedBatch, at: string, next?: Next) =>
    writer.call("apply", place, fence, batch, at, next).finally(() => packing.giveBack(batch));
  return {
    kind: "sqlite",
    driver: driver.label,
    location: file,
    verify,
    backup,
    close,

    lease: async (source, ttlMs) => {
      const fence = await writer.call("takeLease", source, ttlMs);
      return fence === undefined ? undefined : leaseOf(writer, source, fence, ttlMs);
    },
    progress: (place) => read(() => progressOf(connection, place)),
    places: (source) => read(() => placesOf(connection, source)),
    compare: async (source, listed) => {
      const number = await read(() => sourceOf(connection, source));
      const standings = [];
      for (let from = 0; from < listed.length; from += COMPARED_AT_ONCE) {
        if (from > 0) await new Promise(setImmediate);
        const slice = listed.slice(from, from + COMPARED_AT_ONCE);
        standings.push(...(await read(() => compareItems(connection, number, slice))));
      }
      return standings;
    },
    ready: packing.pack,
    apply: (place, fence, batch, next, at) => apply(place, fence, batch, at, next),
    applyLoose: (place, fence, batch, at) => apply(place, fence, batch, at),
    beginPass: (place, fence, at, from) => writer.call("beginPass", place, fence, at, from),
    sighted: (place, fence, ids) => writer.call("sighted", place, fence, ids),
    endPass: (place, fence, at, guard) => writer.call("endPass", place, fence, at, guard),
    dropPass: (place, fence) => writer.call("dropPass", place, fence),
    prune: (source, fence, ids, at) => writer.call("prune", source, fence, ids, at),
    bodiesDue: (source, limit, afterId) => read(() => dueBodies(connection, source, limit, afterId)),
    failuresDue: (source, limit, maxAttempts) => read(() => dueFailures(connection, source, limit, maxAttempts)),
    purgeLost: (source, fence, before, at) => writer.call("purgeLost", source, fence, before, at),
    setContainers: (source, fence, containers) => writer.call("setContainers", source, fence, containers),
    setMembers: (source, fence, group, users) => writer.call("setMembers", source, fence, group, users),
    saveRun: (report) => writer.call("saveRun", report),
    requestCancel: (runId) => writer.call("requestCancel", runId),
    cancelRequested: (runId) => read(() => cancelRequested(connection, runId)),
    remember: (source, key, value) => writer.call("remember", source, key, JSON.stringify(value)),
    firstDelivery: (source, id, at) => writer.call("firstDelivery", source, id, at),
    setPause: (source, pause) => writer.call("setPause", source, pause),
    resetSource: (source, fence) => writer.call("resetSource", source, fence),
    tidy: () => writer.call("tidy"),

    item: (source, id, viewer) =>
      read(() => {
        const row = visibleRow(connection, source, id, viewer);
        return row && itemOf(connection, row);
      }),
    find: (text, viewer) => read(() => findItems(connection, text, viewer)),
    text: (source, id, viewer, range) =>
      read(() => {
        const row = visibleRow(connection, source, id, viewer);
        const text = row && soundText(connection, row);
        return range ? text?.slice(range.offset, range.offset + range.length) : text;
      }),
    items: (request) => read(() => listItems(connection, request)),
    related: (source, id, viewer, limit) => read(() => relatedItems(connection, source, id, viewer, limit)),
    search: (request) => read(() => answered(answering, () => searchItems(connection, request, new Date()))),
    changes: (request) => listChanges(connection, request, read),
    failures: (request) => read(() => listFailures(connection, request)),
    runs: (request) => read(() => runsOf(connection, identity, request)),
    stats: (sources) => read(() => statsOf(connection, identity, sources)),
    recall: (source, key) => read(() => recalled(connection, source, key)),
    pauses: () => read(() => pausesOf(connection)),
    containers: (source) => read(() => listContainers(connection, source)),
    async *everything(request) {
      for (let after = request.afterRow ?? 0; ; ) {
        const page = await read(() => everythingAfter(connection, after, request.sources));
        yield* page;
        if (page.length < EVERYTHING_AT_ONCE) return;
        after = page.at(-1)?.row ?? after;
      }
    },
  };
}

function leaseOf(writer: WriterThread, source: string, fence: number, ttlMs: number): Lease {
  return {
    source,
    fence,
    renew: () => writer.call("renewLease", source, fence, ttlMs),
    async release() {
      await writer.call("releaseLease", source, fence);
      await writer.call("checkpoint");
    },
  };
}

/** The text of a row; one that is not what was stored is an error, never an answer. */
function soundText(connection: Connection, row: Row): string | undefined {
  const text = textOf(connection, Number(row.id));
  if (text !== undefined && !sameValue(fingerprint(text), row.hash)) throw damaged();
  return text;
}

function textOf(connection: Connection, row: number): string | undefined {
  return decodeOptional(connection.raw("SELECT text FROM bodies WHERE item = ?").get(row)?.[0]);
}

function everythingAfter(
  connection: Connection,
  row: number,
  sources: string[] | undefined,
): { row: number; item: StoredItem; text?: string; relations: Item["relations"] }[] {
  const wanted = sources === undefined ? null : JSON.stringify(sources);
  return connection
    .prepare(
      `${SELECT_ITEM} WHERE i.id > ? AND i.lost_at IS NULL
         AND (? IS NULL OR s.name IN (SELECT value FROM json_each(?))) ORDER BY i.id LIMIT ${EVERYTHING_AT_ONCE}`,
    )
    .all(row, wanted, wanted)
    .map((each) => {
      const item = itemOf(connection, each);
      const text = soundText(connection, each);
      return { row: Number(each.id), item, ...(text !== undefined && { text }), relations: item.relations };
    });
}
