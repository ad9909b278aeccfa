import type { SyncReport } from "../model/index.ts";
import type { Session } from "./session.ts";
import { shortLine } from "./terminal.ts";
import { grouped } from "./times.ts";

/** Shows how syncs go on: a bar on a terminal, a line every five seconds elsewhere. */
export interface SyncProgress {
  update(report: SyncReport): void;
  /** Takes the bar away before a line is printed. */
  clear(): void;
  end(): void;
}

interface Running {
  report: SyncReport;
  /** When something was last looked at, by the clock of the process. */
  movedAt: number;
}

/** A service that fails or lets us wait is asked again for minutes: a person should see that somebody is still there. */
const WAITING_STEP_MS = 15_000;
const PLAIN_EVERY_MS = 5000;
const DRAW_EVERY_MS = 100;
const BAR = 24;
const SILENT: SyncProgress = { update: () => {}, clear: () => {}, end: () => {} };

export function syncProgress({ globals, terminal }: Session): SyncProgress {
  if (globals.json || globals.quiet) return SILENT;
  const running = new Map<string, Running>();
  const keep = (report: SyncReport) => {
    const before = running.get(report.source);
    const moved = before === undefined || amount(before.report) !== amount(report);
    if (report.endedAt) running.delete(report.source);
    else running.set(report.source, { report, movedAt: moved ? performance.now() : before.movedAt });
  };
  return terminal.isLive ? bar(running, keep) : lines(running, keep);
}

/**
 * Our own bar and not the one of the prompt library: that one reads the keyboard in raw mode and leaves at once on
 * Ctrl+C with exit code 0, where a sync has to stop at a page border.
 */
function bar(running: Map<string, Running>, keep: (report: SyncReport) => void): SyncProgress {
  const { stderr } = process;
  const draw = () => {
    if (running.size > 0)
      stderr.write(`\r\u001b[2K${shortLine(barText([...running.values()]), (stderr.columns || 80) - 1)}`);
  };
  const clear = () => void stderr.write("\r\u001b[2K");
  const timer = setInterval(draw, DRAW_EVERY_MS);
  timer.unref();
  return {
    update: keep,
    clear,
    end: () => {
      clearInterval(timer);
      clear();
    },
  };
}

function lines(running: Map<string, Running>, keep: (report: SyncReport) => void): SyncProgress {
  const told = new Map<string, string>();
  const timer = setInterval(() => {
    for (const one of running.values()) {
      const { source } = one.report;
      const line = `${source}  ${amount(one.report)}${waiting(one)}`;
      if (told.get(source) !== line) process.stderr.write(`${line}\n`);
      told.set(source, line);
    }
  }, PLAIN_EVERY_MS);
  timer.unref();
  return { update: keep, clear: () => {}, end: () => clearInterval(timer) };
}

/** "; waiting for the service, 30 s so far" */
function waiting({ movedAt }: Running): string {
  const steps = Math.floor((performance.now() - movedAt) / WAITING_STEP_MS);
  return steps === 0 ? "" : `; waiting for the service, ${(steps * WAITING_STEP_MS) / 1000} s so far`;
}

function barText(running: readonly Running[]): string {
  const reports = running.map(({ report }) => report);
  const known = reports.every((report) => report.total !== undefined);
  const total = reports.reduce((sum, report) => sum + (report.total ?? 0), 0);
  const done = reports.reduce((sum, report) => sum + report.done, 0);
  const filled = known && total > 0 ? Math.min(BAR, Math.round((BAR * done) / total)) : 0;
  const drawn = known && total > 0 ? `${"█".repeat(filled)}${"░".repeat(BAR - filled)} ` : "";
  return drawn + running.map((one) => `${one.report.source} ${amount(one.report)}${waiting(one)}`).join(" · ");
}

function amount(report: SyncReport): string {
  const looked =
    report.total === undefined
      ? `${grouped(report.done)} looked at`
      : `${grouped(report.done)} of ${grouped(report.total)}`;
  const changed = report.added + report.updated + report.deleted;
  return `${looked}${changed > 0 ? `, ${grouped(changed)} changed` : ""}${report.failed > 0 ? `, ${grouped(report.failed)} failed` : ""}`;
}
