import { type RunFailure, refOf, type SyncReport } from "../model/index.ts";
import type { SourceStats, StoredFailure } from "../store/store.ts";
import type { Desk } from "../tools/desk.ts";
import { EXIT } from "./failure.ts";
import { countsText, NOTHING_SYNCED, whyText } from "./history.ts";
import { chosenSources, type Session, withDesk } from "./session.ts";
import { beside, wrapped } from "./table.ts";
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
    const stats = await desk.store.stats(among.sources);
    const total = stats.reduce((sum, one) => sum + one.failures, 0);
    const unread = unreadOf(stats);
    if (globals.json)
      terminal.json({
        ...(opts.retry === true && { retried: reports }),
        failures: left.map((one) => ({ ref: refOf(one.source, one.id), ...one })),
        total,
        unread,
      });
    else {
      for (const report of reports)
        terminal.line(
          `${terminal.style.bold(report.source)}  tried again: ${countsText(report) || whyText(report) || report.state}`,
        );
      for (const one of unread) tellUnread(terminal, one);
      for (const one of left) tellFailure(terminal, one);
      if (left.length === 0) terminal.line(incompleteText(stats, unread) ?? (await nothingFailed(desk, among.sources)));
      else tellMore(terminal, { names, left: left.length, total, retried: opts.retry === true });
    }
    return opts.retry === true && left.length > 0 ? EXIT.partial : EXIT.ok;
  });
}

/** What hindered the reading, in a word or two. */
const KINDS: Readonly<Record<string, string>> = {
  config: "wrong in the configuration",
  auth: "not signed in",
  permission: "not allowed",
  not_found: "not there",
  rate_limited: "asked to wait",
  unavailable: "not to be reached",
  bad_response: "answered oddly",
  too_large: "too large",
  unsupported: "not readable",
  bug: "a fault of headwater",
};

function kindText(kind: string): string {
  return KINDS[kind] ?? kind.replaceAll("_", " ");
}

function tellFailure({ line, style, columns }: Terminal, one: StoredFailure): void {
  const { bold, dim } = style;
  const history = `${kindText(one.kind)}, ${one.attempts === 1 ? "tried once" : `tried ${one.attempts} times, last`} ${ago(one.lastAt)}`;
  line(beside(bold(shortLine(refOf(one.source, one.id), 120)), dim(history), columns));
  line(wrapped(`${safeText(one.message)}${one.hint ? ` ${safeText(one.hint)}` : ""}`, columns));
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

async function nothingFailed({ store }: Desk, asked: readonly string[] = []): Promise<string> {
  if ((await store.runs({ limit: 1 })).length === 0) return NOTHING_SYNCED;
  for (const source of asked)
    if ((await store.runs({ source, limit: 1 })).length === 0)
      return `${source} has not been synced yet. Begin with: headwater sync ${source}`;
  return "Everything could be read.";
}

/** That nothing failed would be half of the truth where not everything was looked at. */
function incompleteText(stats: readonly SourceStats[], unread: readonly Unread[]): string | undefined {
  if (unread.length > 0) return "Every item that was listed could be read; what could not be listed stands above.";
  const cut = stats.find(({ lastRun }) => lastRun?.state === "partial" && lastRun.failed === 0)?.lastRun;
  if (cut === undefined) return undefined;
  return `No item failed, but the last sync of ${cut.source} did not see everything. ${safeText(whyText(cut) ?? "")}`.trimEnd();
}

/** What the last sync of a source could not even list: a container, or all of it. */
interface Unread extends RunFailure {
  source: string;
}

function unreadOf(stats: readonly SourceStats[]): Unread[] {
  return stats.flatMap(({ source, lastRun }) =>
    (lastRun?.failures ?? []).filter(({ id }) => id === undefined).map((failure) => ({ source, ...failure })),
  );
}

function tellUnread({ line, style, columns }: Terminal, one: Unread): void {
  const place = one.containerName ?? one.container;
  const name = place === undefined || place === one.source ? one.source : `${one.source} ${place}`;
  const when = style.dim(`${kindText(one.kind)}, in the last sync; the next one asks again`);
  line(beside(style.bold(shortLine(name, 120)), when, columns));
  line(wrapped(`${safeText(one.message)}${one.hint ? ` ${safeText(one.hint)}` : ""}`, columns));
}
