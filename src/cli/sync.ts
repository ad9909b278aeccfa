import { once } from "node:events";
import pLimit from "p-limit";
import { addCounts, ConnectorError, NO_COUNTS, refOf, type SyncReport } from "../model/index.ts";
import type { SyncOptions } from "../sync/types.ts";
import type { Desk, Meaning } from "../tools/desk.ts";
import { exampleQuestion } from "./example-question.ts";
import { EXIT, exitCodeOf } from "./failure.ts";
import { countsText, whyText } from "./history.ts";
import { type SyncProgress, syncProgress } from "./progress.ts";
import { chosenSources, configFlag, type Session, stoppedBy, withDesk } from "./session.ts";
import { wrapped } from "./table.ts";
import { safeText, shortLine } from "./terminal.ts";
import { clockTime, grouped, pointInTime, took, wholeNumber } from "./times.ts";

interface Opts {
  all?: unknown;
  full?: unknown;
  dryRun?: unknown;
  since?: unknown;
  limit?: unknown;
  acceptDeletions?: unknown;
  now?: unknown;
  watch?: unknown;
}

const MOST_FAILURES_SHOWN = 10;

/** `headwater sync`: brings sources up to date and tells what changed. */
export async function sync(session: Session, names: readonly string[], opts: Opts): Promise<number> {
  const options = optionsOf(opts);
  if (opts.all === true && names.length > 0) {
    throw new ConnectorError("usage", "--all and names of sources do not go together.", {
      hint: "Either: headwater sync --all    or: headwater sync <source>",
    });
  }
  return withDesk(session, async (desk, app) => {
    const chosen = chosenSources(desk, names);
    const reports = await syncAll(session, desk, chosen, options, app.config.sync.concurrency);
    // The next process would go on, but who syncs by cron has none that stays.
    if (desk.meaning && opts.watch !== true) await readTexts(session, desk.meaning);
    if (opts.watch === true && !session.signal.aborted) return watch(session, desk, chosen);
    if (session.globals.json)
      session.terminal.json({ reports, totals: reports.reduce((sum, one) => addCounts(sum, one), { ...NO_COUNTS }) });
    if (chosen.length === 0 && !session.globals.json)
      session.terminal.line("No enabled sources. Add one: headwater add files ~/Documents");
    if (!session.globals.json) await tellSearch(session, desk, reports);
    return session.signal.aborted ? EXIT.interrupted : syncCode(reports);
  });
}

/** Waits until the new texts are read for search by meaning, and says so where there is something to wait for. */
async function readTexts(session: Session, meaning: Meaning): Promise<void> {
  const { items, of } = meaning.state();
  const left = of - items;
  if (left > 0 && !session.globals.json) {
    const texts = left === 1 ? "1 text" : `${grouped(left)} texts`;
    session.terminal.note(`Reading ${texts} for search by meaning. Ctrl+C stops it; the next sync goes on.`);
  }
  await untilStopped(meaning.settled(), session.signal);
  const { problem } = meaning.state();
  if (problem !== undefined && !session.globals.json) session.terminal.note(`Search by meaning: ${problem}`);
}

async function untilStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  await Promise.race([work, stopped]);
}

/** Syncs the sources, a few at a time, and tells each report as it comes. */
export async function syncAll(
  session: Session,
  desk: Desk,
  sources: readonly string[],
  options: SyncOptions,
  concurrency: number,
): Promise<SyncReport[]> {
  const atOnce = pLimit(concurrency);
  const progress = syncProgress(session);
  const runOne = async (source: string): Promise<SyncReport | undefined> => {
    if (session.signal.aborted) return undefined;
    const report = await desk.engine.start(source, { ...options, signal: session.signal, onProgress: progress.update })
      .done;
    progress.update(report);
    tellReport(session, report, progress);
    return report;
  };
  try {
    const reports = await Promise.all(sources.map((source) => atOnce(runOne, source)));
    return reports.filter((report) => report !== undefined);
  } finally {
    progress.end();
  }
}

/** After the first sync of a source that brought something: what it was for. */
async function tellSearch(session: Session, desk: Desk, reports: readonly SyncReport[]): Promise<void> {
  const filled = reports.filter((report) => report.added > 0 && !report.dryRun).map((report) => report.source);
  const runs = await Promise.all(filled.map((source) => desk.store.runs({ source, limit: 2 })));
  const fresh = filled.filter((_source, at) => runs[at]?.length === 1);
  const example = fresh.length > 0 ? await exampleQuestion(desk, fresh) : undefined;
  if (example) session.terminal.note(`Next: headwater search "${example}"${configFlag(session)}`);
}

function optionsOf(opts: Opts): SyncOptions {
  return {
    ...(opts.full === true && { full: true }),
    ...(opts.dryRun === true && { dryRun: true }),
    ...(opts.acceptDeletions === true && { acceptDeletions: true }),
    ...(opts.now === true && { now: true }),
    ...(typeof opts.since === "string" && { since: pointInTime(opts.since, "--since") }),
    ...(typeof opts.limit === "string" && { limit: wholeNumber(opts.limit, "--limit") }),
  };
}

/** Stays until told to stop: by Ctrl+C, which interrupts, or by a service manager, which ends it as planned. */
async function watch(session: Session, desk: Desk, chosen: readonly string[]): Promise<number> {
  session.terminal.note("Following changes. Stop with Ctrl+C.");
  const stop = desk.engine.onChange(({ source, report }) => {
    if (session.globals.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else if (report.endedAt && report.state !== "skipped") {
      const { bold, dim } = session.terminal.style;
      const said = [countsText(report), safeText(whyText(report) ?? "")].filter(Boolean).join("; ");
      session.terminal.line(`${dim(clockTime(report.endedAt))}  ${bold(source)}  ${said}`);
    }
  });
  desk.engine.watch(chosen);
  const stayAwake = setInterval(() => {}, 60_000);
  await once(session.signal, "abort");
  clearInterval(stayAwake);
  stop();
  return stoppedBy(session.signal) === "SIGTERM" ? EXIT.ok : EXIT.interrupted;
}

function tellReport(session: Session, report: SyncReport, progress: SyncProgress): void {
  const { terminal, globals } = session;
  if (globals.json) return;
  progress.clear();
  const { bold, dim, green, yellow, red } = terminal.style;
  const mark = {
    succeeded: green("ok"),
    running: "",
    partial: yellow("partly"),
    failed: red("failed"),
    cancelled: yellow("stopped"),
    skipped: yellow(report.pausedUntil === undefined ? "skipped" : "paused"),
  }[report.state];
  const time = report.endedAt ? took(Date.parse(report.endedAt) - Date.parse(report.startedAt)) : "";
  const counts = countsText(report);
  const done = counts === "" ? [] : [`${report.dryRun ? "would be " : ""}${counts}`];
  terminal.line([bold(report.source), mark, ...done, dim(time)].join("  "));
  for (const note of report.notes) terminal.line(wrapped(safeText(note), terminal.columns));
  for (const held of report.held) terminal.line(wrapped(yellow(heldText(report.source, held)), terminal.columns));
  for (const failure of report.failures.slice(0, MOST_FAILURES_SHOWN)) {
    const named = failure.id === undefined ? failure.containerName : refOf(report.source, failure.id);
    const what = named === undefined ? "" : `${shortLine(named, 100)}: `;
    // Several lines of a message come with their indentation, and the hint then has a line of its own.
    const hint = failure.hint && (failure.message.includes("\n") ? "\n  " : " ") + safeText(failure.hint);
    const says = `${what}${safeText(failure.message)}${hint ?? ""}`;
    terminal.line(says.includes("\n") ? `  ${says}` : wrapped(says, terminal.columns));
  }
  const more = Math.max(report.failed, report.failures.length) - MOST_FAILURES_SHOWN;
  if (more > 0) terminal.line(dim(`  ${grouped(more)} more: headwater failures ${report.source}`));
}

function heldText(source: string, held: { container?: string; missing: number; total: number }): string {
  const place = held.container ? ` in ${shortLine(held.container, 60)}` : "";
  return `${grouped(held.missing)} of ${grouped(held.total)} items${place} seem to be gone; they were kept. If that is right: headwater sync ${source} --accept-deletions`;
}

/** The exit code of several syncs. */
export function syncCode(reports: readonly SyncReport[]): number {
  const bad = reports.filter((report) => report.state === "failed" || report.state === "skipped");
  if (bad.length > 0 && bad.length === reports.length) {
    const failed = bad.find((report) => report.state === "failed");
    if (failed) return exitCodeOf(failed.failures[0]?.kind ?? "bug");
    return bad.every((report) => report.pausedUntil !== undefined) ? EXIT.upstream : EXIT.store;
  }
  if (reports.some((report) => report.state === "cancelled")) return EXIT.interrupted;
  return bad.length > 0 || reports.some((report) => report.state === "partial") ? EXIT.partial : EXIT.ok;
}
