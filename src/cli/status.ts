import { mistakeText } from "../sources/mistakes.ts";
import { timingWords } from "../sources/timing-words.ts";
import type { LoginState } from "../sources/tokens/logins.ts";
import type { Pause, SourceStats } from "../store/store.ts";
import { whyText } from "./history.ts";
import { loginState, loginTrouble, loginWarning } from "./login-state.ts";
import { DUE_HINT, nextSyncs, nextWords } from "./next-syncs.ts";
import { type Session, withDesk } from "./session.ts";
import { beside, table, wrapped } from "./table.ts";
import type { Style, Terminal } from "./terminal.ts";
import { ago, grouped, itemCount } from "./times.ts";

/** `headwater status`: one line a source, understood at a glance. */
export async function status(session: Session): Promise<undefined> {
  const { terminal, globals } = session;
  await withDesk(session, async ({ sources, store, meaning }, app) => {
    const entries = sources.all();
    const stats = new Map((await store.stats()).map((one) => [one.source, one]));
    const pauses = (await store.pauses()).filter((pause) => Date.parse(pause.until) > Date.now());
    const next = await nextSyncs(app);
    const logins = new Map<string, LoginState | undefined>();
    for (const source of app.config.sources) logins.set(source.entry.id, await loginState(app, source));
    const listed = entries.map((entry) => {
      const own = stats.get(entry.id);
      const broken = app.config.sources.find((source) => source.entry.id === entry.id)?.mistakes ?? [];
      const login = logins.get(entry.id);
      return {
        source: entry.id,
        connector: entry.connectorId,
        enabled: entry.settings.enabled,
        items: own?.items ?? 0,
        byKind: own?.byKind ?? {},
        failures: own?.failures ?? 0,
        lost: own?.lost ?? 0,
        bodiesDue: own?.bodiesDue ?? 0,
        ...(login && { login }),
        ...(own?.lastSyncedAt !== undefined && { lastSyncedAt: own.lastSyncedAt }),
        timing: timingWords(entry.settings),
        ...(next.has(entry.id) && { nextSync: next.get(entry.id) }),
        ...(own?.lastRun && { lastRun: own.lastRun }),
        ...pauseIn(pauses, entry.id),
        mistakes: broken.map(mistakeText),
      };
    });
    const left = [...stats.values()].filter(
      ({ source, items }) => items > 0 && entries.every(({ id }) => id !== source),
    );
    const leftOver = left.map(({ source, items }) => ({ source, items }));
    const meant = meaning && { model: meaning.model, ...meaning.state() };
    if (globals.json) {
      return terminal.json({ store: store.location, sources: listed, leftOver, ...(meant && { meaning: meant }) });
    }
    for (const { source, items } of leftOver) terminal.line(leftOverText(source, items, terminal));
    if (listed.length === 0) return terminal.line("No sources yet. Add one: headwater add files ~/Documents");
    const rows = listed.map((one) => [
      terminal.style.bold(one.source),
      itemCount(one.items),
      one.lastSyncedAt ? `synced ${ago(one.lastSyncedAt)}` : "not synced yet",
      one.paused ? "" : nextWords(one.nextSync),
      state(one, stats.get(one.source), terminal.style),
    ]);
    for (const row of table(rows, { right: [1], columns: terminal.columns })) terminal.line(row);
    if (meant) {
      const says = `Search by meaning (${meant.model}): ${grouped(meant.items)} of ${grouped(meant.of)} items`;
      const why = meant.problem === undefined ? "" : ` Words alone count at the moment: ${meant.problem}`;
      terminal.line(wrapped(terminal.style.dim(`${says}.${why}`), terminal.columns, ""));
    }
    const idle = listed.some((one) => nextWords(one.nextSync) === "due now" && one.lastRun?.state !== "running");
    if (idle) terminal.line(wrapped(terminal.style.dim(DUE_HINT), terminal.columns, ""));
  });
  return undefined;
}

function pauseIn(pauses: Pause[], source: string): { paused?: { until: string; reason: string } } {
  const pause = pauses.find((one) => one.source === source);
  return pause ? { paused: { until: pause.until, reason: pause.reason } } : {};
}

function state(
  one: { enabled: boolean; mistakes: string[]; source: string; paused?: { reason: string }; login?: LoginState },
  stats: SourceStats | undefined,
  style: Style,
): string {
  if (one.mistakes.length > 0) return style.red("mistake in the configuration: headwater config validate");
  if (!one.enabled) return style.dim("disabled");
  const trouble = loginTrouble(one.source, one.login);
  if (trouble !== undefined) return style.red(trouble);
  const last = stats?.lastRun;
  // Also while a service asked to wait: somebody wanted it all the same.
  if (last?.state === "running") return style.green(`syncing, ${grouped(last.done)} looked at`);
  if (one.paused) return style.yellow(one.paused.reason);
  if (!last) return style.yellow(`begin: headwater sync ${one.source}`);
  const held = last.held.reduce((sum, loss) => sum + loss.missing, 0);
  if (held > 0)
    return style.yellow(`${grouped(held)} deletions held back: headwater sync ${one.source} --accept-deletions`);
  if (last.state === "failed")
    return style.red(
      `failed: ${whyText(last) ?? "see headwater history"}${last.failures.length > 0 ? ` See: headwater test ${one.source}` : ""}`,
    );
  const warning = loginWarning(one.source, one.login);
  if (warning !== undefined) return style.yellow(warning);
  const failures = stats?.failures ?? 0;
  if (failures > 0) return style.yellow(`${grouped(failures)} could not be read: headwater failures ${one.source}`);
  if (last.state === "partial") return style.yellow(whyText(last) ?? "partly done: headwater history");
  return last.state === "cancelled" ? style.yellow("stopped before the end; the next sync goes on") : style.green("ok");
}

/** What nobody is shown any more, and how it goes. */
function leftOverText(source: string, items: number, { style, columns }: Terminal): string {
  const why = `${itemCount(items)} of a source that is not in this configuration, so it is not searched.`;
  return beside(style.bold(source), `${why} Forget it: headwater reset ${source}`, columns);
}
