import { logChange, logDeleted } from "./changelog.ts";
import type { Row } from "./driver.ts";
import { unindex } from "./upsert.ts";
import { weigh } from "./weigh.ts";
import { count, type Writer } from "./writing.ts";

/** Removes an item and everything that hangs from its row, with a line in the change log. */
export function removeItem(writer: Writer, row: Row, at: number): void {
  logDeleted(writer, row, at);
  forgetItem(writer, row);
}

/** Removes an item without a line: for one that goes on under another id. */
export function forgetItem(writer: Writer, row: Row): void {
  const { connection } = writer;
  const id = Number(row.id);
  if (row.lost_at === null) unindex(connection, id);
  weigh(writer, row, -1);
  if (row.text_length !== null) connection.prepare("DELETE FROM bodies WHERE item = ?").run(id);
  if (row.aliases !== null || row.former !== null) connection.prepare("DELETE FROM aliases WHERE item = ?").run(id);
  if (Number(row.links) > 0) connection.prepare("DELETE FROM relations WHERE item = ?").run(id);
  clearFailure(writer, Number(row.source), row.native_id ?? null);
  connection.prepare("DELETE FROM items WHERE id = ?").run(id);
}

/** Hides an item whose access was withdrawn; answers whether it was to be seen before. */
export function hideItem(writer: Writer, row: Row, at: number): boolean {
  if (row.lost_at !== null) return false;
  const id = Number(row.id);
  unindex(writer.connection, id);
  weigh(writer, row, -1);
  weigh(writer, { ...row, lost_at: at }, 1);
  writer.connection.prepare("UPDATE items SET lost_at = ? WHERE id = ?").run(at, id);
  logChange(writer, "lost", Number(row.source), id, at);
  return true;
}

/** Forgets the failure of an item that has arrived or gone. */
export function clearFailure(writer: Writer, source: number, nativeId: Row[string]): void {
  const { changes } = writer.connection
    .prepare("DELETE FROM failures WHERE source = ? AND native_id = ?")
    .run(source, nativeId ?? null);
  count(writer, source, "failures", -Number(changes));
}
