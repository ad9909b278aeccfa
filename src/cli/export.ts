import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { ConnectorError, refOf } from "../model/index.ts";
import { maskKnownSecrets } from "../sources/secret.ts";
import type { Desk } from "../tools/desk.ts";
import { EXIT } from "./failure.ts";
import { chosenSources, type Session, withDesk } from "./session.ts";
import { jsonText } from "./terminal.ts";
import { grouped } from "./times.ts";

/** `headwater export`: one JSON document a line, every item with its text. A file appears only when it is whole. */
export async function exportItems(session: Session, opts: { source?: unknown; output?: unknown }): Promise<number> {
  return withDesk(session, async (desk) => {
    const named = Array.isArray(opts.source) ? opts.source.map(String) : [];
    const sources = named.length > 0 ? chosenSources(desk, named) : undefined;
    const output = typeof opts.output === "string" ? resolve(opts.output) : undefined;
    const count = output
      ? await toFile(output, (write) => writeAll(desk, sources, session.signal, write))
      : await writeAll(desk, sources, session.signal, session.terminal.write);
    session.terminal.note(
      `${grouped(count)} ${count === 1 ? "item" : "items"} written${output ? ` to ${output}` : ""}.`,
    );
    return session.signal.aborted ? EXIT.interrupted : EXIT.ok;
  });
}

type Write = (text: string) => Promise<void>;

async function writeAll(desk: Desk, sources: string[] | undefined, signal: AbortSignal, write: Write): Promise<number> {
  let count = 0;
  for await (const { item, text, relations } of desk.store.everything(sources ? { sources } : {})) {
    if (signal.aborted) break;
    await write(
      `${jsonText({ ref: refOf(item.source, item.id), ...item, relations, ...(text !== undefined && { text }) })}\n`,
    );
    count += 1;
  }
  return count;
}

async function toFile(path: string, fill: (write: Write) => Promise<number>): Promise<number> {
  const part = `${path}.part-${process.pid}`;
  const file = createWriteStream(part, { mode: 0o600 });
  try {
    await once(file, "open");
    const count = await fill(async (text) => {
      if (!file.write(maskKnownSecrets(text))) await once(file, "drain");
    });
    file.end();
    await once(file, "finish");
    await rename(part, path);
    return count;
  } catch (error) {
    file.destroy();
    await rm(part, { force: true });
    if (error instanceof ConnectorError) throw error;
    throw new ConnectorError("usage", `The file ${path} cannot be written.`, {
      cause: error,
      hint: "Choose another place with --output",
    });
  }
}
