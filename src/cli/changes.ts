import { refOf } from "../model/index.ts";
import type { ChangeVerb } from "../store/store.ts";
import type { Desk } from "../tools/desk.ts";
import { NOTHING_SYNCED } from "./history.ts";
import { type Session, withDesk } from "./session.ts";
import { table } from "./table.ts";
import { type Style, shellWord, shortLine } from "./terminal.ts";
import { pointInTime, wallTime, whenCells, wholeNumber } from "./times.ts";

const DEFAULT_SINCE = "7d";
const MOST = 10_000;

/** `headwater changes`: what was added, edited, moved or removed, newest first, one line an item. */
export async function changes(
  session: Session,
  opts: { since?: unknown; source?: unknown; limit?: unknown },
): Promise<undefined> {
  const { terminal, globals } = session;
  const limit = wholeNumber(String(opts.limit), "--limit", 1, MOST);
  const recordedSince = pointInTime(String(opts.since), "--since");
  await withDesk(session, async (desk) => {
    const named = Array.isArray(opts.source) ? opts.source.map((name) => desk.sources.get(String(name)).id) : [];
    const answer = await desk.store.changes({
      recordedSince,
      folded: true,
      newestFirst: true,
      limit: limit + 1,
      viewer: desk.viewer,
      ...(named.length > 0 && { sources: named }),
    });
    const more = answer.changes.length > limit;
    const shown = answer.changes.slice(0, limit);
    if (globals.json) {
      const told = shown.map((change) => ({ ref: refOf(change.source, change.id), ...change }));
      return terminal.json({ since: recordedSince, ...answer, changes: told, more });
    }
    if (shown.length === 0)
      return terminal.line(await nothingChanged(desk, recordedSince, opts.since === DEFAULT_SINCE));
    const { bold, dim } = terminal.style;
    const rows = shown.map((change) => {
      const [time, ago] = whenCells(change.at);
      const title = bold(shortLine(change.title, 60));
      return [
        time,
        dim(ago),
        verbText(change.verb, terminal.style),
        title,
        dim(shortLine(refOf(change.source, change.id), 400)),
      ];
    });
    for (const row of table(rows, { columns: terminal.columns })) terminal.line(row);
    const flags = named.map((name) => ` --source ${name}`).join("");
    if (more && limit < MOST)
      terminal.line(
        dim(
          `There are more: headwater changes --since ${shellWord(String(opts.since))}${flags} --limit ${Math.min(limit * 2, MOST)}`,
        ),
      );
  });
  return undefined;
}

async function nothingChanged({ store }: Desk, since: string, hint: boolean): Promise<string> {
  if ((await store.runs({ limit: 1 })).length === 0) return NOTHING_SYNCED;
  return `Nothing changed since ${wallTime(since)}.${hint ? " Further back: headwater changes --since 30d" : ""}`;
}

function verbText(verb: ChangeVerb, style: Style): string {
  if (verb === "added") return style.green(verb);
  return verb === "deleted" || verb === "lost" ? style.red(verb) : style.yellow(verb);
}
