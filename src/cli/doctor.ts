import { constants } from "node:fs";
import { access, mkdir, stat, statfs } from "node:fs/promises";
import type { App } from "../app.ts";
import { problemOf } from "../model/index.ts";
import { mistakeText } from "../sources/mistakes.ts";
import { EXIT } from "./failure.ts";
import { loginState, loginTrouble, loginWords } from "./login-state.ts";
import { type Session, withApp } from "./session.ts";
import { safeText, table } from "./terminal.ts";

interface Check {
  name: string;
  state: "ok" | "note" | "bad";
  says: string;
}

/** `headwater doctor`: what works here and what does not. Exit code 0 when nothing is bad. */
export async function doctor(session: Session): Promise<number> {
  const checks: Check[] = [nodeCheck()];
  try {
    await withApp(session, async (app) => {
      checks.push(...configChecks(app), ...(await dataChecks(app)));
      if (app.config.path) checks.push(...(await deskChecks(session, app)));
    });
  } catch (error) {
    const { message, hint } = problemOf(error);
    checks.push({ name: "start", state: "bad", says: hint ? `${message} ${hint}` : message });
  }
  const sound = checks.every((check) => check.state !== "bad");
  if (session.globals.json) session.terminal.json({ ok: sound, checks });
  else tell(session, checks, sound);
  return sound ? EXIT.ok : EXIT.error;
}

function tell({ terminal }: Session, checks: readonly Check[], sound: boolean): void {
  const { green, red, yellow, bold } = terminal.style;
  const colour = { ok: green, note: yellow, bad: red };
  for (const row of table(checks.map((check) => [colour[check.state](check.state), check.name, safeText(check.says)])))
    terminal.line(row);
  terminal.line(bold(sound ? "Everything needed works." : "Something needs attention: see the lines marked bad."));
}

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  const says = `${process.version} on ${process.platform} ${process.arch}`;
  return { name: "Node.js", state: fits ? "ok" : "bad", says: fits ? says : `${says}; headwater needs 20.19 or newer` };
}

function configChecks({ config }: App): Check[] {
  if (!config.path) return [{ name: "configuration", state: "note", says: "none yet; begin with: headwater init" }];
  const found = config.mistakes.map(
    (mistake): Check => ({ name: "configuration", state: "bad", says: mistakeText(mistake) }),
  );
  const warned = config.warnings.map(
    (warning): Check => ({ name: "configuration", state: "note", says: mistakeText(warning) }),
  );
  const count = config.sources.length;
  return [
    { name: "configuration", state: "ok", says: `${config.path}, ${count} ${count === 1 ? "source" : "sources"}` },
    ...found,
    ...warned,
  ];
}

async function dataChecks({ dataFolder }: App): Promise<Check[]> {
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    await access(dataFolder, constants.R_OK | constants.W_OK);
    const { mode } = await stat(dataFolder);
    const { bavail, bsize } = await statfs(dataFolder);
    const free = bavail * bsize;
    const open = process.platform !== "win32" && (mode & 0o077) !== 0;
    return [
      { name: "data folder", state: "ok", says: dataFolder },
      ...(open
        ? [
            {
              name: "data folder",
              state: "note" as const,
              says: `others on this machine may look into it; close it: chmod 700 ${dataFolder}`,
            },
          ]
        : []),
      { name: "free space", state: free < 500e6 ? "note" : "ok", says: `${(free / 1e9).toFixed(1)} GB` },
    ];
  } catch {
    return [{ name: "data folder", state: "bad", says: `${dataFolder} cannot be written; choose another with --data` }];
  }
}

async function loginChecks(session: Session, app: App): Promise<Check[]> {
  const tenant = session.globals.tenant ?? "default";
  const checks: Check[] = [];
  for (const source of app.config.sources.filter(({ entry }) => entry.settings.tenant === tenant)) {
    const login = await loginState(app, source);
    if (!login) continue;
    const trouble = loginTrouble(source.entry.id, login);
    const name = `login ${source.entry.id}`;
    checks.push(trouble ? { name, state: "bad", says: trouble } : { name, state: "ok", says: loginWords(login) });
  }
  return checks;
}

async function deskChecks(session: Session, app: App): Promise<Check[]> {
  const desk = await app.desk(session.globals.tenant);
  const logins = await loginChecks(session, app);
  const problems = await desk.store.verify("quick");
  const tests = await Promise.all(
    desk.sources
      .all()
      .filter((entry) => entry.settings.enabled)
      .map((entry) => desk.engine.test(entry.id)),
  );
  return [
    { name: "store", state: "ok", says: `${desk.store.location}, ${desk.store.driver}` },
    ...problems.map((says): Check => ({ name: "store", state: "bad", says })),
    ...logins,
    ...tests.map(
      (test): Check => ({
        name: `source ${test.source}`,
        state: test.ok ? (test.warnings.length + test.missing.length > 0 ? "note" : "ok") : "bad",
        says: test.ok
          ? [
              test.account ?? "reachable",
              ...test.missing.map((one) => `missing ${one.what}: ${one.how}`),
              ...test.warnings,
            ].join("; ")
          : `${test.problem?.message ?? "failed"} ${test.problem?.hint ?? ""}`.trim(),
      }),
    ),
  ];
}
