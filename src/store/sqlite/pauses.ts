import type { Pause } from "../store.ts";
import { iso, milliseconds } from "./columns.ts";
import type { Connection } from "./driver.ts";
import { decodeText, encodeText } from "./text.ts";
import { type Writer, write } from "./writing.ts";

/** Leaves a source alone until a moment, or ends its pause. */
export function setPause(writer: Writer, source: string, pause: Omit<Pause, "source"> | undefined): void {
  const until = milliseconds(pause?.until);
  write(writer, () => {
    const { connection } = writer;
    if (pause === undefined || until === null) connection.prepare("DELETE FROM pauses WHERE source = ?").run(source);
    else
      connection
        .prepare("INSERT OR REPLACE INTO pauses (source, until, reason) VALUES (?, ?, ?)")
        .run(source, until, encodeText(pause.reason));
  });
}

/** All pauses that were set and not ended, also those whose time has passed. */
export function pausesOf(connection: Connection): Pause[] {
  return connection
    .raw("SELECT source, until, reason FROM pauses ORDER BY source")
    .all()
    .map(([source, until, reason]) => ({
      source: decodeText(source ?? null),
      until: iso(until) ?? "",
      reason: decodeText(reason ?? null),
    }));
}
