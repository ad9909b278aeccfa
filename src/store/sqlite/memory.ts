import type { Connection } from "./driver.ts";
import { decodeText, encodeText } from "./text.ts";
import { type Writer, write } from "./writing.ts";

/** Largest value, in bytes of JSON. */
export const LARGEST_MEMORY = 64 * 1024;

/** Most keys of one source. */
export const MOST_MEMORIES = 10_000;

/** Keeps JSON under a key, or forgets the key when there is none or it is too large. The oldest make room. */
export function remember(writer: Writer, source: string, key: string, json: string | undefined): void {
  write(writer, () => {
    const { connection } = writer;
    if (json === undefined || Buffer.byteLength(json) > LARGEST_MEMORY) {
      connection.prepare("DELETE FROM memory WHERE source = ? AND key = ?").run(source, encodeText(key));
      return;
    }
    connection
      .prepare("INSERT OR REPLACE INTO memory (source, key, value, at) VALUES (?, ?, ?, ?)")
      .run(source, encodeText(key), json, Date.now());
    connection
      .prepare(
        `DELETE FROM memory WHERE source = ? AND id <=
           (SELECT id FROM memory WHERE source = ? ORDER BY id DESC LIMIT 1 OFFSET ${MOST_MEMORIES})`,
      )
      .run(source, source);
  });
}

/** The value kept under a key; undefined when there is none. */
export function recalled(connection: Connection, source: string, key: string): unknown {
  const row = connection.raw("SELECT value FROM memory WHERE source = ? AND key = ?").get(source, encodeText(key));
  return row && (JSON.parse(decodeText(row[0] ?? null)) as unknown);
}
