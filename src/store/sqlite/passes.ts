import { createHash } from "node:crypto";
import { ConnectorError } from "../../model/errors.ts";
import type { LossGuard, PassEnd, Place, Progress } from "../store.ts";
import { milliseconds } from "./columns.ts";
import type { Connection, Row } from "./driver.ts";
import { eachRow } from "./each-row.ts";
import { holdLease } from "./leases.ts";
import { findMoves, type Move, moveItem } from "./moves.ts";
import { containerNumber, sourceNumber } from "./names.ts";
import { noteMet, placeNumber, progressOf, type RunningPass, runningPasses } from "./places.ts";
import { removeItem } from "./remove.ts";
import { dropSeen, markSeen, wasSeen } from "./seen.ts";
import { encodeText } from "./text.ts";
import { type Writer, write } from "./writing.ts";

/** Items removed in one transaction, so that neither readers nor the log suffer from a million of them. */
const REMOVED_AT_ONCE = 1_000;

/** Starts a full pass over a place, forgetting one that was under way. */
export function beginPass(writer: Writer, place: Place, fence: number, at: string, from: "start" | "cursor"): Progress {
  return write(writer, () => {
    const { connection } = writer;
    holdLease(connection, place.source, fence);
    const source = sourceNumber(connection, writer.names, place.source);
    const number = placeNumber(connection, source, place);
    dropSeen(connection, writer.seen, number);
    connection
      .prepare(
        `UPDATE places SET pass_number = pass_number + 1, cursor = CASE WHEN ? THEN NULL ELSE cursor END WHERE id = ?`,
      )
      .run(from === "start" ? 1 : 0, number);
    connection
      .prepare(
        `INSERT OR REPLACE INTO passes (place, number, started_at, start_row)
         SELECT id, pass_number, ?, ? FROM places WHERE id = ?`,
      )
      .run(milliseconds(at) ?? Date.now(), writer.nextRow, number);
    return progressOf(connection, place);
  });
}

/** Marks ids as met by the pass of a place; ids that are not stored are passed over. */
export function sighted(writer: Writer, place: Place, fence: number, ids: string[]): void {
  write(writer, () => {
    holdLease(writer.connection, place.source, fence);
    const { source, pass } = passOf(writer, place);
    const find = writer.connection.raw("SELECT id FROM items WHERE source = ? AND native_id = ?");
    for (const id of ids) {
      const row = find.get(source, encodeText(id));
      if (row) markSeen(writer.connection, writer.seen, pass.place, Number(row[0]));
    }
    if (ids.length > 0) noteMet(writer.connection, pass.place);
  });
}

/** Forgets the pass of a place without removing anything. */
export function dropPass(writer: Writer, place: Place, fence: number): void {
  write(writer, () => {
    holdLease(writer.connection, place.source, fence);
    const source = sourceNumber(writer.connection, writer.names, place.source);
    forgetPass(writer, placeNumber(writer.connection, source, place));
  });
}

/**
 * Completes a pass: recognises moves, holds a loss too large to be true, else removes what was not met, a thousand
 * items a transaction. The pass is forgotten with the last of them: killed in the middle, it stands as it was, with
 * fewer items missing, and the walk that resumes it ends it again.
 *
 * A held loss above `secondPassAbove` leaves `lastFullPassAt` as it was, so that the second pass comes soon.
 */
export async function endPass(
  writer: Writer,
  place: Place,
  fence: number,
  at: string,
  guard: LossGuard,
): Promise<PassEnd> {
  const time = milliseconds(at) ?? Date.now();
  const plan = write(writer, () => planEnd(writer, place, fence, time, guard));
  let deleted = 0;
  for (let from = 0; from < plan.missing.length; from += REMOVED_AT_ONCE) {
    write(writer, () => {
      holdLease(writer.connection, place.source, fence);
      deleted += removeRows(writer, plan, from, time);
    });
    await new Promise(setImmediate);
  }
  write(writer, () => {
    holdLease(writer.connection, place.source, fence);
    finishPass(writer, plan, time);
  });
  return { deleted, moved: plan.moved, ...(plan.held && { held: plan.held }) };
}

interface EndPlan {
  place: number;
  /** Number of the place's container. */
  container: number | undefined;
  /** Rows to remove. */
  missing: number[];
  moved: number;
  held?: PassEnd["held"];
  /** Set when the loss waits for a second pass that misses the same. */
  digest?: Uint8Array;
}

function planEnd(writer: Writer, place: Place, fence: number, at: number, guard: LossGuard): EndPlan {
  holdLease(writer.connection, place.source, fence);
  const { source, pass } = passOf(writer, place);
  const { total, missing: unmet } = unmetRows(writer, source, place, pass);
  const moves: Move[] = findMoves(writer, source, pass.startRow, unmet);
  for (const move of moves) moveItem(writer, move, at);
  const gone = new Set(moves.map((move) => move.from));
  const missing = unmet.filter((row) => !gone.has(row));
  const container =
    place.container === undefined
      ? undefined
      : containerNumber(writer.connection, writer.names, source, place.container);
  const plan: EndPlan = { place: pass.place, container, missing, moved: moves.length };
  const digest = createHash("sha256").update(Float64Array.from(missing)).digest();
  const verdict = judge(guard, missing.length, total, pass.met, () => wasHeldBefore(writer.connection, pass, digest));
  if (verdict === "remove") return plan;
  const held = { missing: missing.length, total, ...(place.container !== undefined && { container: place.container }) };
  return { ...plan, missing: [], held, ...(verdict === "again" && { digest }) };
}

/** Whether a loss may be carried out, needs a person's yes, or a second pass. */
function judge(
  guard: LossGuard,
  missing: number,
  total: number,
  met: boolean,
  heldBefore: () => boolean,
): "remove" | "ask" | "again" {
  if (missing === 0 || guard.consent) return "remove";
  if (!met) return "ask";
  if (missing >= guard.atLeast && missing > guard.share * total) return "ask";
  return missing > guard.secondPassAbove && !heldBefore() ? "again" : "remove";
}

function wasHeldBefore(connection: Connection, pass: RunningPass, digest: Uint8Array): boolean {
  const before = connection.raw("SELECT held_digest FROM places WHERE id = ?").get(pass.place)?.[0];
  return before instanceof Uint8Array && Buffer.compare(before, digest) === 0;
}

/** The rows of a place that the pass did not meet, and how many it held when it began. Newer rows have been
 * met; hidden ones wait for the end of their grace. */
function unmetRows(
  writer: Writer,
  source: number,
  place: Place,
  pass: RunningPass,
): { total: number; missing: number[] } {
  const { connection, names } = writer;
  const hidden = new Set(
    connection
      .raw("SELECT id FROM items WHERE source = ? AND lost_at IS NOT NULL")
      .all(source)
      .map(([id]) => Number(id)),
  );
  const missing: number[] = [];
  let total = 0;
  const owner =
    place.container === undefined
      ? { source }
      : { container: containerNumber(connection, names, source, place.container) };
  eachRow(connection, owner, (row) => {
    if (row >= pass.startRow || hidden.has(row)) return;
    total += 1;
    if (!wasSeen(connection, writer.seen, pass.place, row)) missing.push(row);
  });
  return { total, missing: missing.sort((left, right) => left - right) };
}

/** Removes the next thousand; what another container's page took over since the plan was made stays. */
function removeRows(writer: Writer, plan: EndPlan, from: number, at: number): number {
  const find = writer.connection.prepare("SELECT * FROM items WHERE id = ?");
  let removed = 0;
  for (const id of plan.missing.slice(from, from + REMOVED_AT_ONCE)) {
    const row: Row | undefined = find.get(id);
    if (!row || (plan.container !== undefined && row.container !== plan.container)) continue;
    writer.courtesy.giveWay();
    removeItem(writer, row, at);
    removed += 1;
  }
  return removed;
}

function finishPass(writer: Writer, plan: EndPlan, at: number): void {
  forgetPass(writer, plan.place);
  writer.connection
    .prepare(
      `UPDATE places SET held_digest = ?, last_full_pass_at = CASE WHEN ? THEN last_full_pass_at ELSE ? END
       WHERE id = ?`,
    )
    .run(plan.digest ?? null, plan.digest ? 1 : 0, at, plan.place);
}

function forgetPass(writer: Writer, place: number): void {
  dropSeen(writer.connection, writer.seen, place);
  writer.connection.prepare("DELETE FROM passes WHERE place = ?").run(place);
}

function passOf(writer: Writer, place: Place): { source: number; pass: RunningPass } {
  const source = sourceNumber(writer.connection, writer.names, place.source);
  const pass = runningPasses(writer, source).find((each) => each.container === (place.container ?? ""));
  if (pass) return { source, pass };
  throw new ConnectorError("store", `No full pass of "${place.source}" is under way.`, {
    hint: `Start one with \`headwater sync ${place.source} --full\`.`,
  });
}
