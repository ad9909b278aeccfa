import { threadId } from "node:worker_threads";
import { isDead } from "./owners.ts";
import { decodeText } from "./text.ts";
import { type Writer, write } from "./writing.ts";

/**
 * Notes that this thread writes, until `unregister`. Answers whether some writer ended without that: then the file
 * should be checked.
 */
export function register(writer: Writer): boolean {
  return write(writer, () => {
    const { connection, identity } = writer;
    const rows = connection.prepare("SELECT process, host, pid FROM writers").all();
    const dead = rows.filter(({ process, host, pid }) => {
      const [name = ""] = decodeText(process ?? null).split("/");
      return isDead({ process: name, host: decodeText(host ?? null), pid: Number(pid) }, identity);
    });
    for (const { process } of dead) connection.prepare("DELETE FROM writers WHERE process = ?").run(process ?? null);
    connection
      .prepare("INSERT OR REPLACE INTO writers (process, host, pid) VALUES (?, ?, ?)")
      .run(nameOf(writer), identity.host, identity.pid);
    return dead.length > 0;
  });
}

/** Notes that this thread has written all it will. */
export function unregister(writer: Writer): void {
  write(writer, () => {
    writer.connection.prepare("DELETE FROM writers WHERE process = ?").run(nameOf(writer));
  });
}

function nameOf(writer: Writer): string {
  return `${writer.identity.process}/${threadId}`;
}
