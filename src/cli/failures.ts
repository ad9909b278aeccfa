import { refOf } from "../model/index.ts";
import { EXIT } from "./failure.ts";
import { countsText } from "./history.ts";
import { chosenSources, type Session, withDesk } from "./session.ts";
import { safeText, shortLine } from "./terminal.ts";
import { ago, wholeNumber } from "./times.ts";

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
    const reports = [];
    if (opts.retry === true)
      for (const source of chosen) reports.push(await desk.engine.retryFailures(source, { signal }));
    const left = await desk.store.failures({ limit, ...(names.length > 0 && { sources: chosen }) });
    if (globals.json) terminal.json({ ...(opts.retry === true && { retried: reports }), failures: left });
    else {
      for (const report of reports)
        terminal.line(`${terminal.style.bold(report.source)}  tried again: ${countsText(report)}`);
      for (const one of left) {
        terminal.line(
          `${terminal.style.bold(shortLine(refOf(one.source, one.id), 120))}  ${terminal.style.dim(`${one.kind} · ${tries(one.attempts)} · ${ago(one.lastAt)}`)}`,
        );
        terminal.line(`  ${safeText(one.message)}${one.hint ? ` ${safeText(one.hint)}` : ""}`);
      }
      if (left.length === 0) terminal.line("Everything could be read.");
      else if (opts.retry !== true) terminal.line(terminal.style.dim("Try again: headwater failures --retry"));
    }
    return opts.retry === true && left.length > 0 ? EXIT.partial : EXIT.ok;
  });
}

function tries(attempts: number): string {
  return attempts === 1 ? "tried once" : `tried ${attempts} times`;
}
