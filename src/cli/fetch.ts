import { refOf } from "../model/index.ts";
import type { StoredItem } from "../store/store.ts";
import { withConversation } from "../tools/conversation.ts";
import { type Session, withDesk } from "./session.ts";
import { safeText, shellWord, shortLine } from "./terminal.ts";
import { wholeNumber } from "./times.ts";

/** `headwater fetch <ref>`: one item as Markdown, or a part of it. */
export async function fetchItem(
  session: Session,
  ref: string,
  opts: { offset?: unknown; maxChars?: unknown; live?: unknown },
): Promise<undefined> {
  const { terminal, globals, signal } = session;
  const offset = wholeNumber(String(opts.offset), "--offset", 0);
  const longest = typeof opts.maxChars === "string" ? wholeNumber(opts.maxChars, "--max-chars") : undefined;
  await withDesk(session, async ({ engine, store, viewer }) => {
    const alone = await engine.fetch(ref, { live: opts.live === true, viewer, signal });
    const { item, text, fresh } = await withConversation(store, alone, viewer);
    const end = Math.min(text.length, longest === undefined ? text.length : offset + longest);
    const part = wholeCharacters(text, offset, end);
    const nextOffset = end < text.length ? end : undefined;
    if (globals.json) {
      return terminal.json({
        ref: refOf(item.source, item.id),
        item,
        text: part,
        offset,
        totalChars: text.length,
        ...(nextOffset !== undefined && { nextOffset }),
        fresh,
      });
    }
    if (offset === 0) tellHead(session, item);
    await terminal.write(`${safeText(part).replace(/\n?$/, "\n")}`);
    if (nextOffset !== undefined) {
      const left = text.length - nextOffset;
      terminal.note(
        `${left} more characters: headwater fetch ${shellWord(refOf(item.source, item.id))} --offset ${nextOffset}`,
      );
    }
  });
  return undefined;
}

/** Never half of a character that takes two units. */
function wholeCharacters(text: string, from: number, to: number): string {
  return text.slice(from, to).toWellFormed();
}

function tellHead({ terminal }: Session, item: StoredItem): void {
  const { bold, dim } = terminal.style;
  const facts = [
    refOf(item.source, item.id),
    item.kind,
    item.updatedAt?.slice(0, 10) ?? "",
    item.authors.join(", "),
    item.tags.map((tag) => `#${tag}`).join(" "),
  ];
  terminal.line(bold(shortLine(item.title, 200)));
  terminal.line(
    dim(
      facts
        .filter(Boolean)
        .map((fact) => shortLine(fact, 200))
        .join(" · "),
    ),
  );
  if (item.url) terminal.line(dim(shortLine(item.url, 500)));
  if (item.lostAt) terminal.note("Access to this item was withdrawn; it will be removed soon.");
  terminal.line();
}
