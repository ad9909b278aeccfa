import type { App } from "../../app.ts";
import { mistakeText } from "../../sources/mistakes.ts";
import type { SourceTest } from "../../sync/types.ts";
import type { Desk } from "../../tools/desk.ts";
import { loginState, loginTrouble, loginWarning, loginWords } from "../login-state.ts";
import type { Check } from "./check.ts";

const CORRECT = "Correct it: headwater config edit";

/** What the configuration holds and what is wrong with it. */
export function configChecks({ config }: App): Check[] {
  if (!config.path) return [{ name: "configuration", state: "note", says: "none yet; begin with: headwater init" }];
  const count = config.sources.length;
  return [
    { name: "configuration", state: "ok", says: `${config.path}, ${count} ${count === 1 ? "source" : "sources"}` },
    ...config.mistakes.map(
      (one): Check => ({ name: "configuration", state: "bad", says: `${mistakeText(one)} ${CORRECT}` }),
    ),
    ...config.warnings.map((one): Check => ({ name: "configuration", state: "note", says: mistakeText(one) })),
  ];
}

/** The logins of one tenant's sources. */
export async function loginChecks(app: App, tenant: string): Promise<Check[]> {
  const checks: Check[] = [];
  for (const source of app.config.sources.filter(({ entry }) => entry.settings.tenant === tenant)) {
    const login = await loginState(app, source);
    if (!login) continue;
    const trouble = loginTrouble(source.entry.id, login);
    const name = `login ${source.entry.id}`;
    const warning = loginWarning(source.entry.id, login);
    if (trouble !== undefined) checks.push({ name, state: "bad", says: trouble });
    else checks.push({ name, state: warning ? "note" : "ok", says: warning ?? loginWords(login) });
  }
  return checks;
}

/** Asks every enabled source whether it can be read. */
export async function sourceChecks({ sources, engine }: Desk, { config }: App): Promise<Check[]> {
  const enabled = sources.all().filter((entry) => entry.settings.enabled);
  const tests = await Promise.all(enabled.map((entry) => engine.test(entry.id)));
  const mistakes = config.mistakes.map(mistakeText);
  return tests.map((test) => (test.ok ? answered(test) : silent(test, mistakes)));
}

function answered({ source, account, missing, warnings }: SourceTest): Check {
  const remarks = [...missing.map((one) => `missing ${one.what}: ${one.how}`), ...warnings];
  const says = [account ?? "reachable", ...remarks].join("; ");
  return { name: `source ${source}`, state: remarks.length > 0 ? "note" : "ok", says };
}

/** A mistake in the configuration is told once, in its own line. */
function silent({ source, problem }: SourceTest, mistakes: readonly string[]): Check {
  const { message = "failed", hint = "" } = problem ?? {};
  const isTold = mistakes.some((mistake) => message.includes(mistake));
  const says = isTold ? "cannot be asked before the configuration is right: see above" : `${message} ${hint}`.trim();
  return { name: `source ${source}`, state: "bad", says };
}

/** Whether search by meaning, where it is configured, has what it needs. */
export function meaningChecks({ meaning }: Desk): Check[] {
  if (!meaning) return [];
  const { items, of, problem } = meaning.state();
  const says = problem ?? `${meaning.model}: ${items} of ${of} items can be found by it`;
  return [{ name: "search by meaning", state: problem === undefined ? "ok" : "note", says }];
}
