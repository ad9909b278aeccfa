import type { App } from "../app.ts";
import { ConnectorError } from "../model/index.ts";
import { type KeptLog, keptLog, levelOfEnvironment } from "../sources/kept-log.ts";
import { type LogLevel, stderrLog } from "../sources/log.ts";
import { mistakeText } from "../sources/mistakes.ts";
import type { Desk } from "../tools/desk.ts";
import { shellWord, type Terminal } from "./terminal.ts";

/** The options every command takes. */
export interface Globals {
  json?: boolean;
  config?: string;
  data?: string;
  quiet?: boolean;
  logLevel?: LogLevel;
  debug?: boolean;
  tenant?: string;
}

/** What every command is handed. */
export interface Session {
  readonly globals: Globals;
  readonly terminal: Terminal;
  /** Aborted by the first Ctrl+C, or as a service manager ends a process. */
  readonly signal: AbortSignal;
  readonly log: KeptLog;
}

/** Which signal of the system stopped the session. */
export function stoppedBy(signal: AbortSignal): string | undefined {
  return signal.reason instanceof DOMException ? signal.reason.message : undefined;
}

/**
 * The log of a command: said on standard error at the level asked for, from the environment, or only what needs
 * attention; kept in the data folder's file at that level, at least what is worth knowing later.
 */
export function logOf(globals: Globals, usual: LogLevel = "warn"): KeptLog {
  const asked = globals.logLevel ?? (globals.debug ? "debug" : levelOfEnvironment());
  return keptLog(stderrLog(asked ?? (globals.quiet ? "silent" : usual)), asked ?? "info");
}

/** Opens the app for one command and closes it after. Mistakes in single sources are told, and the others work. */
export async function withDesk<T>(session: Session, use: (desk: Desk, app: App) => Promise<T>): Promise<T> {
  return withApp(session, async (app) => {
    if (!app.config.path) throw noConfiguration();
    for (const mistake of [...app.config.mistakes, ...app.config.warnings]) session.terminal.note(mistakeText(mistake));
    return use(await app.desk(session.globals.tenant), app);
  });
}

/** The app alone, also where there is no configuration yet. */
export async function withApp<T>(session: Session, use: (app: App) => Promise<T>): Promise<T> {
  const app = await openAppFor(session);
  try {
    return await use(app);
  } finally {
    await app.close();
  }
}

/** An app that the caller closes. */
export async function openAppFor(session: Session): Promise<App> {
  const { openApp } = await import("../app.ts");
  const { config, data } = session.globals;
  const app = await openApp({
    ...(config !== undefined && { configPath: config }),
    ...(data !== undefined && { dataFolder: data }),
    log: session.log,
  });
  session.log.keepIn(app.dataFolder);
  return app;
}

/** The sources named, checked, or all enabled ones. */
export function chosenSources(desk: Desk, named: readonly string[]): string[] {
  if (named.length > 0) return [...new Set(named)].map((name) => desk.sources.get(name).id);
  return desk.sources
    .all()
    .filter((entry) => entry.settings.enabled)
    .map((entry) => entry.id);
}

/** ` --config …` as it has to stand in the next command, where the configuration was named. */
export function configFlag({ globals }: Pick<Session, "globals">): string {
  return globals.config === undefined ? "" : ` --config ${shellWord(globals.config)}`;
}

export function noConfiguration(): ConnectorError {
  return new ConnectorError("config", "There is no configuration yet.", {
    hint: "Begin with: headwater init    or look around first: headwater init --demo",
  });
}
