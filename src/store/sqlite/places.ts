import type { Pass, Place, Progress } from "../store.ts";
import { iso } from "./columns.ts";
import type { Connection } from "./driver.ts";
import { decodeText, encodeText } from "./text.ts";
import type { Writer } from "./writing.ts";

/** A full pass under way, as the writer sees it. */
export interface RunningPass {
  place: number;
  /** "" for the whole source. */
  container: string;
  /** The first row that did not exist when it began. */
  startRow: number;
  met: boolean;
}

/** The number of a place, made when it is new. */
export function placeNumber(connection: Connection, source: number, place: Place): number {
  const container = encodeText(place.container ?? "");
  const find = connection.raw("SELECT id FROM places WHERE source = ? AND container = ?");
  const known = find.get(source, container);
  if (known) return Number(known[0]);
  connection.prepare("INSERT INTO places (source, container) VALUES (?, ?)").run(source, container);
  return Number(find.get(source, container)?.[0]);
}

/** All passes of a source under way; `met` is written back by `noteMet`. */
export function runningPasses(writer: Writer, source: number): RunningPass[] {
  return writer.connection
    .raw(
      `SELECT p.place, l.container, p.start_row, p.met FROM passes p JOIN places l ON l.id = p.place WHERE l.source = ?`,
    )
    .all(source)
    .map(([place, container, startRow, met]) => ({
      place: Number(place),
      container: decodeText(container ?? null),
      startRow: Number(startRow),
      met: Number(met) === 1,
    }));
}

/** Notes that a pass has met something. */
export function noteMet(connection: Connection, place: number): void {
  connection.prepare("UPDATE passes SET met = 1 WHERE place = ? AND met = 0").run(place);
}

/** What is kept beside a feed; empty for a place never synced. */
export function progressOf(connection: Connection, place: Place): Progress {
  const row = connection
    .prepare(
      `SELECT l.cursor, l.options, l.last_full_pass_at, p.number, p.started_at
       FROM sources s JOIN places l ON l.source = s.id LEFT JOIN passes p ON p.place = l.id
       WHERE s.name = ? AND l.container = ?`,
    )
    .get(place.source, encodeText(place.container ?? ""));
  if (!row) return {};
  const progress: Progress = {};
  if (row.cursor !== null) progress.cursor = JSON.parse(decodeText(row.cursor ?? null));
  if (row.options !== null) progress.options = JSON.parse(decodeText(row.options ?? null));
  if (row.last_full_pass_at !== null) progress.lastFullPassAt = iso(row.last_full_pass_at);
  if (row.number !== null)
    progress.pass = { number: Number(row.number), startedAt: iso(row.started_at) ?? "" } satisfies Pass;
  return progress;
}

export function placesOf(connection: Connection, source: string): Place[] {
  return connection
    .raw("SELECT l.container FROM sources s JOIN places l ON l.source = s.id WHERE s.name = ? ORDER BY l.id")
    .all(source)
    .map(([container]) => {
      const name = decodeText(container ?? null);
      return name === "" ? { source } : { source, container: name };
    });
}
