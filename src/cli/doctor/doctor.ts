import type { App } from "../../app.ts";
import { problemOf } from "../../model/index.ts";
import { EXIT } from "../failure.ts";
import { type Session, withApp } from "../session.ts";
import { table } from "../table.ts";
import { safeText } from "../terminal.ts";
import { assistantChecks } from "./assistants.ts";
import { type Check, mended } from "./check.ts";
import { keyChecks } from "./keys.ts";
import { leftoverChecks } from "./leftovers.ts";
import { folderChecks, nodeCheck } from "./machine.ts";
import { rightsChecks } from "./rights.ts";
import { configChecks, loginChecks, meaningChecks, sourceChecks } from "./sources.ts";
import { storeChecks } from "./stores.ts";

/**
 * `headwater doctor`: what works here and what does not, and with `--repair` mends what can be. Exit code 0 when
 * nothing is bad.
 */
export async function doctor(session: Session, opts: { repair?: unknown }): Promise<number> {
  const repair = opts.repair === true;
  const checks: Check[] = [nodeCheck()];
  const add = (found: Check[]) => checks.push(...(repair ? found.map((one) => tried(one)) : found));
  try {
    await withApp(session, async (app) => {
      add(configChecks(app));
      const folders = await folderChecks(app.dataFolder);
      add(folders);
      if (folders.some((check) => check.name === "data folder" && check.state === "bad")) return;
      add(rightsChecks(app.dataFolder));
      add(leftoverChecks(app.dataFolder));
      const stores = await storeChecks(app.dataFolder, repair);
      add(stores);
      add(await keyChecks(app.dataFolder));
      if (!app.config.path) return;
      add(await deskChecks(session, app, stores));
      add(assistantChecks());
    });
  } catch (error) {
    checks.push(failed("start", error));
  }
  const sound = checks.every((check) => check.state !== "bad");
  if (session.globals.json)
    session.terminal.json({ ok: sound, checks: checks.map(({ name, state, says }) => ({ name, state, says })) });
  else tell(session, checks, sound);
  return sound ? EXIT.ok : EXIT.error;
}

/** What cannot be mended stays on the list, with the reason. */
function tried(check: Check): Check {
  try {
    return mended(check);
  } catch (error) {
    return failed(check.name, error);
  }
}

function failed(name: string, error: unknown): Check {
  const { message, hint } = problemOf(error);
  return { name, state: "bad", says: hint ? `${message} ${hint}` : message };
}

/** Sources and logins need the store; where it cannot be opened, the line about it says all. */
async function deskChecks(session: Session, app: App, stores: readonly Check[]): Promise<Check[]> {
  const tenant = session.globals.tenant ?? "default";
  const logins = await loginChecks(app, tenant);
  try {
    const desk = await app.desk(tenant);
    return [...logins, ...(await sourceChecks(desk, app)), ...meaningChecks(desk)];
  } catch (error) {
    const problem = failed("sources", error);
    const isTold = stores.some(({ says }) => says.includes(problem.says));
    return [
      ...logins,
      isTold ? { ...problem, says: "cannot be looked at before the store opens: see above" } : problem,
    ];
  }
}

function tell({ terminal }: Session, checks: readonly Check[], sound: boolean): void {
  const { green, red, yellow, bold } = terminal.style;
  const colour = { ok: green, mended: green, note: yellow, bad: red };
  const rows = checks.map((check) => [colour[check.state](check.state), check.name, safeText(check.says)]);
  for (const row of table(rows, { columns: terminal.columns })) terminal.line(row);
  terminal.line(bold(sound ? "Everything needed works." : "Something needs attention: see the lines marked bad."));
}
