import { refOf } from "../model/index.ts";
import type { ChangeVerb } from "../store/store.ts";
import { type Session, withDesk } from "./session.ts";
import { type Style, shortLine, table } from "./terminal.ts";
import { ago, pointInTime, wholeNumber } from "./times.ts";

/** `headwater changes`: what was added, edited, moved or removed, newest first, one line an item. */
export async function changes(
  session: Session,
  opts: { since?: unknown; source?: unknown; limit?: unknown },
): Promise<undefined> {
  const { terminal, globals } = session;
  const limit = wholeNumber(String(opts.limit), "--limit", 1, 10_000);
  const recordedSince = pointInTime(String(opts.since), "--since");
  await withDesk(session, async (desk) => {
    const named = Array.isArray(opts.source) ? opts.source.map((name) => desk.sources.get(String(name)).id) : [];
    const answer = await desk.store.changes({
      recordedSince,
      folded: true,
      newestFirst: true,
      limit,
      viewer: desk.viewer,
      ...(named.length > 0 && { sources: named }),
    });
    if (globals.json) return terminal.json({ since: recordedSince, ...answer });
    if (answer.changes.length === 0)
      return terminal.line(`Nothing changed since ${recordedSince.slice(0, 16).replace("T", " ")}.`);
    const rows = answer.changes.map((change) => [
      ago(change.at),
      verbText(change.verb, terminal.style),
      terminal.style.bold(shortLine(change.title, 60)),
      terminal.style.dim(shortLine(refOf(change.source, change.id), 90)),
    ]);
    for (const row of table(rows)) terminal.line(row);
  });
  return undefined;
}

function verbText(verb: ChangeVerb, style: Style): string {
  if (verb === "added") return style.green(verb);
  return verb === "deleted" || verb === "lost" ? style.red(verb) : style.yellow(verb);
}
