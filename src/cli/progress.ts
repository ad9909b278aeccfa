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

const PLAIN_EVERY_MS = 5000;
const DRAW_EVERY_MS = 100;
const BAR = 24;
const SILENT: SyncProgress = { update: () => {}, clear: () => {}, end: () => {} };

export function syncProgress({ globals, terminal }: Session): SyncProgress {
  if (globals.json || globals.quiet) return SILENT;
  const running = new Map<string, SyncReport>();
  const keep = (report: SyncReport) => {
    if (report.endedAt) running.delete(report.source);
    else running.set(report.source, report);
  };
  return terminal.isLive ? bar(running, keep) : lines(running, keep);
}

/**
 * Our own bar and not the one of the prompt library: that one reads the keyboard in raw mode and leaves at once on
 * Ctrl+C with exit code 0, where a sync has to stop at a page border.
 */
function bar(running: Map<string, SyncReport>, keep: (report: SyncReport) => void): SyncProgress {
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

function lines(running: Map<string, SyncReport>, keep: (report: SyncReport) => void): SyncProgress {
  const told = new Map<string, string>();
  const timer = setInterval(() => {
    for (const report of running.values()) {
      const line = `${report.source}  ${amount(report)}`;
      if (told.get(report.source) !== line) process.stderr.write(`${line}\n`);
      told.set(report.source, line);
    }
  }, PLAIN_EVERY_MS);
  timer.unref();
  return { update: keep, clear: () => {}, end: () => clearInterval(timer) };
}

function barText(reports: readonly SyncReport[]): string {
  const known = reports.every((report) => report.total !== undefined);
  const total = reports.reduce((sum, report) => sum + (report.total ?? 0), 0);
  const done = reports.reduce((sum, report) => sum + report.done, 0);
  const filled = known && total > 0 ? Math.min(BAR, Math.round((BAR * done) / total)) : 0;
  const drawn = known && total > 0 ? `${"█".repeat(filled)}${"░".repeat(BAR - filled)} ` : "";
  return drawn + reports.map((report) => `${report.source} ${amount(report)}`).join(" · ");
}

function amount(report: SyncReport): string {
  const looked =
    report.total === undefined
      ? `${grouped(report.done)} looked at`
      : `${grouped(report.done)} of ${grouped(report.total)}`;
  const changed = report.added + report.updated + report.deleted;
  return `${looked}${changed > 0 ? `, ${grouped(changed)} changed` : ""}${report.failed > 0 ? `, ${grouped(report.failed)} failed` : ""}`;
}
