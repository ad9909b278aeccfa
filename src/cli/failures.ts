import { refOf, type SyncReport } from "../model/index.ts";
import type { StoredFailure } from "../store/store.ts";
import type { Desk } from "../tools/desk.ts";
import { EXIT } from "./failure.ts";
import { countsText, NOTHING_SYNCED, whyText } from "./history.ts";
import { chosenSources, type Session, withDesk } from "./session.ts";
import { safeText, shellWord, shortLine, type Terminal } from "./terminal.ts";
import { ago, grouped, wholeNumber } from "./times.ts";

/** `headwater failures`: items that could not be read, why, and with `--retry` another try. */
export async function failures(
  session: Session,
  names: readonly string[],
  opts: { retry?: unknown; limit?: unknown },
): Promise<number> {
  const { terminal, globals, signal } = session;
  const limit = wholeNumber(String(opts.limit), "--limit", 1, 10_000);
  return withDesk(session, async (desk) => {
    const chosen = chosenSources(desk, names);
    const reports: SyncReport[] = [];
    if (opts.retry === true)
      for (const source of chosen) reports.push(await desk.engine.retryFailures(source, { signal }));
    const among = names.length > 0 ? { sources: chosen } : {};
    const left = await desk.store.failures({ limit, ...among });
    const total = (await desk.store.stats(among.sources)).reduce((sum, one) => sum + one.failures, 0);
    if (globals.json)
      terminal.json({
        ...(opts.retry === true && { retried: reports }),
        failures: left.map((one) => ({ ref: refOf(one.source, one.id), ...one })),
        total,
      });
    else {
      for (const report of reports)
        terminal.line(
          `${terminal.style.bold(report.source)}  tried again: ${countsText(report) || whyText(report) || report.state}`,
        );
      for (const one of left) tellFailure(terminal, one);
      if (left.length === 0) terminal.line(await nothingFailed(desk));
      else tellMore(terminal, { names, left: left.length, total, retried: opts.retry === true });
    }
    return opts.retry === true && left.length > 0 ? EXIT.partial : EXIT.ok;
  });
}

function tellFailure({ line, style }: Terminal, one: StoredFailure): void {
  const { bold, dim } = style;
  const history = `${one.kind}, ${one.attempts === 1 ? "tried once" : `tried ${one.attempts} times, last`} ${ago(one.lastAt)}`;
  line(`${bold(shortLine(refOf(one.source, one.id), 120))}  ${dim(history)}`);
  line(`  ${safeText(one.message)}${one.hint ? ` ${safeText(one.hint)}` : ""}`);
}

/** What stands below the list: how many were not shown, and the next step. */
function tellMore(
  { line, style }: Terminal,
  { names, left, total, retried }: { names: readonly string[]; left: number; total: number; retried: boolean },
): void {
  const command = ["headwater failures", ...names.map(shellWord)].join(" ");
  if (total > left) line(style.dim(`${grouped(total - left)} more: ${command} --limit ${total}`));
  if (!retried) line(style.dim(`When their reasons are gone, try them again: ${command} --retry`));
}

async function nothingFailed({ store }: Desk): Promise<string> {
  return (await store.runs({ limit: 1 })).length === 0 ? NOTHING_SYNCED : "Everything could be read.";
}
