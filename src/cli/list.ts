import type { Session } from "./session.ts";
import { withDesk } from "./session.ts";
import { table } from "./table.ts";
import { shellWord, shortLine } from "./terminal.ts";
import { wholeNumber } from "./times.ts";

/** `headwater list <source> [parent]`: what the source itself shows, a page at a time. */
export async function list(
  session: Session,
  source: string,
  parent: string | undefined,
  opts: { limit?: unknown; cursor?: unknown },
): Promise<undefined> {
  const { terminal, globals } = session;
  const limit = wholeNumber(String(opts.limit), "--limit", 1, 1000);
  await withDesk(session, async ({ engine, sources }) => {
    const { id } = sources.get(source);
    const page = await engine.list(id, {
      limit,
      ...(parent !== undefined && { parent }),
      ...(typeof opts.cursor === "string" && { cursor: opts.cursor }),
    });
    if (globals.json) return terminal.json(page);
    if (page.entries.length === 0) return terminal.line("Nothing here.");
    const { bold, dim } = terminal.style;
    const rows = page.entries.map((entry) => [
      entry.holds === "containers" || entry.holds === "items"
        ? bold(`${shortLine(entry.name, 60)}/`)
        : shortLine(entry.name, 60),
      entry.kind ?? "",
      dim(shortLine(entry.id, 400)),
    ]);
    for (const row of table(rows, { columns: terminal.columns })) terminal.line(row);
    const more = page.nextCursor
      ? `headwater list ${shellWord(id)} ${parent ? `${shellWord(parent)} ` : ""}--cursor ${shellWord(page.nextCursor)}`
      : "";
    if (more) terminal.line(dim(`More: ${more}`));
  });
  return undefined;
}
