import { mistakeText } from "../sources/mistakes.ts";
import { timingWords } from "../sources/timing-words.ts";
import type { LoginState } from "../sources/tokens/logins.ts";
import { loginState, loginTrouble, loginWarning, loginWords } from "./login-state.ts";
import { nextSyncs, nextWords } from "./next-syncs.ts";
import { noConfiguration, type Session, withApp } from "./session.ts";
import { table } from "./table.ts";

/** `headwater sources`: what is configured, whether or not it works. */
export async function sources(session: Session): Promise<undefined> {
  const { terminal, globals } = session;
  await withApp(session, async (app) => {
    const { config } = app;
    if (!config.path) throw noConfiguration();
    const logins = new Map<string, LoginState | undefined>();
    for (const source of config.sources) logins.set(source.entry.id, await loginState(app, source));
    const next = await nextSyncs(app);
    const listed = config.sources
      .filter(({ entry }) => globals.tenant === undefined || entry.settings.tenant === globals.tenant)
      .map(({ entry, mistakes }) => ({
        source: entry.id,
        connector: entry.connectorId,
        enabled: entry.settings.enabled,
        tenant: entry.settings.tenant,
        tags: entry.settings.tags,
        ...(entry.settings.everyMs !== undefined && { everyMs: entry.settings.everyMs }),
        ...(entry.settings.schedule && { schedule: entry.settings.schedule }),
        timing: timingWords(entry.settings),
        ...(next.has(entry.id) && { nextSync: next.get(entry.id) }),
        options: entry.written,
        ...(logins.get(entry.id) && { login: logins.get(entry.id) }),
        ...(entry.place && { line: entry.place.line }),
        mistakes: mistakes.map(mistakeText),
      }));
    if (globals.json) return terminal.json({ config: config.path, sources: listed });
    if (listed.length === 0) return terminal.line("No sources yet. Add one: headwater add files ~/Documents");
    const { style } = terminal;
    const rows = listed.map((source) => [
      style.bold(source.source),
      source.connector,
      source.enabled && source.mistakes.length === 0 ? source.timing : "",
      nextWords(source.nextSync),
      source.tenant === "default" ? "" : `tenant ${source.tenant}`,
      stateOf(source, style),
    ]);
    for (const row of table(rows, { columns: terminal.columns })) terminal.line(row);
    for (const mistake of listed.flatMap((source) => source.mistakes)) terminal.note(mistake);
  });
  return undefined;
}

function stateOf(
  source: { source: string; enabled: boolean; mistakes: string[]; login?: LoginState | undefined },
  style: Session["terminal"]["style"],
): string {
  if (source.mistakes.length > 0)
    return style.red(source.mistakes.length === 1 ? "1 mistake" : `${source.mistakes.length} mistakes`);
  const trouble = loginTrouble(source.source, source.login);
  if (trouble !== undefined) return style.red(trouble);
  const warning = loginWarning(source.source, source.login);
  if (warning !== undefined) return style.yellow(`enabled; ${warning}`);
  if (source.login) return style.green(`enabled, ${loginWords(source.login)}`);
  return source.enabled ? style.green("enabled") : style.dim("disabled");
}
