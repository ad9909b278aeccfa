import { createHash } from "node:crypto";
import { milliseconds } from "./columns.ts";
import { encodeText } from "./text.ts";
import { type Writer, write } from "./writing.ts";

const KEPT_MS = 72 * 3_600_000;
const LONGEST_ID = 200;

/** Notes a delivery; false when it was noted before, by any process, in the last 72 hours. */
export function firstDelivery(writer: Writer, source: string, id: string, at: string): boolean {
  const now = milliseconds(at) ?? Date.now();
  const known = id.length > LONGEST_ID ? `sha256:${createHash("sha256").update(id).digest("hex")}` : encodeText(id);
  return write(writer, () => {
    const { connection } = writer;
    connection.prepare("DELETE FROM deliveries WHERE at < ?").run(now - KEPT_MS);
    const { changes } = connection
      .prepare("INSERT OR IGNORE INTO deliveries (source, id, at) VALUES (?, ?, ?)")
      .run(source, known, now);
    return Number(changes) > 0;
  });
}
