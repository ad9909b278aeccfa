import { cpSync, existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ConnectorError, type SyncReport } from "../model/index.ts";
import { packageRoot } from "../package-root.ts";
import { addSource, setOption, writeConfig } from "../sources/edit-config.ts";
import { sourceNameOf } from "../sources/source-name.ts";
import { chooseFolders } from "./choose-folders.ts";
import { askRepository, githubVariables, repositoryOf } from "./choose-repositories.ts";
import { dataFolderOf, makeDataFolder, startConfig, writeSchema } from "./config-file.ts";
import { exampleQuestion } from "./example-question.ts";
import { EXIT } from "./failure.ts";
import { findFolders } from "./find-folders.ts";
import { offerAssistants } from "./offer-assistants.ts";
import { configFlag, type Session, withDesk } from "./session.ts";
import { syncAll, syncCode } from "./sync.ts";
import { table } from "./table.ts";

interface Opts {
  yes?: unknown;
  demo?: unknown;
  github?: unknown;
  /** Commander's form of `--no-sync`. */
  sync?: unknown;
}

/** `headwater init`: from nothing to a first answer. An existing configuration is never touched. */
export async function init(session: Session, opts: Opts): Promise<number> {
  const { path, text, isNew } = startConfig(session);
  if (!isNew) {
    throw new ConnectorError("usage", `There is already a configuration: ${path}.`, {
      hint: "Add a source: headwater add files ~/Documents    or: headwater add github owner/name\n  Or use another file: headwater init --config ./other.yaml",
    });
  }
  makeDataFolder(session);
  const entries = opts.demo === true ? demoSource(session) : await chosenSources(session, opts);
  await writeSchema(session);
  const withData = session.globals.data === undefined ? text : setOption(text, ["data"], dataFolderOf(session));
  writeConfig(
    path,
    entries.reduce((before, entry) => addSource(before, entry.name, entry.options), withData),
  );
  session.terminal.note(`Wrote ${path}.`);
  const code = opts.sync === false ? finish(session, path, entries) : await firstSync(session, path, entries);
  if ((code === EXIT.ok || code === EXIT.partial) && asksPeople(session, opts))
    await offerAssistants(session, opts.demo !== true);
  return code;
}

function asksPeople({ globals }: Pick<Session, "globals">, opts: Opts): boolean {
  return opts.yes !== true && process.stdin.isTTY === true && globals.json !== true;
}

interface Entry {
  name: string;
  options: Record<string, unknown>;
}

async function firstSync(session: Session, path: string, entries: readonly Entry[]): Promise<number> {
  return withDesk(session, async (desk, app) => {
    const names = entries.map((entry) => entry.name);
    const reports = await syncAll(session, desk, names, {}, app.config.sync.concurrency);
    if (session.signal.aborted) return EXIT.interrupted;
    const slow = reports.filter((report) => report.pausedUntil !== undefined).map((report) => report.source);
    if (entries.some(({ name, options }) => slow.includes(name) && options.accessToken === undefined))
      await tellTokens(session);
    finish(session, path, entries, reports, await exampleQuestion(desk, names));
    return syncCode(reports);
  });
}

/** What makes the rest come sooner. */
async function tellTokens({ terminal }: Session): Promise<void> {
  const [variable] = await githubVariables();
  terminal.note(
    "Without a token GitHub answers 60 requests an hour, with one 5,000. What came so far can be searched.",
  );
  const token = variable === undefined ? "accessToken: secret://github" : `accessToken: \${${variable}}`;
  if (variable === undefined) terminal.note("  Keep one: headwater secrets set github");
  terminal.note(`  Add to the source, with headwater config edit: ${token}`);
}

function finish(
  session: Session,
  config: string,
  entries: readonly Entry[],
  reports: readonly SyncReport[] = [],
  example = "quarterly plan",
): number {
  const { terminal, globals } = session;
  const sources = entries.map((entry) => entry.name);
  if (globals.json) {
    terminal.json({ config, sources, reports });
    return EXIT.ok;
  }
  const flag = configFlag(session);
  const question = sources.includes("demo") ? "why did the bridge close" : example;
  terminal.line();
  terminal.line(terminal.style.bold("Next:"));
  const next: [string, string][] = [
    ...firstSteps(reports, question),
    ["install", "into your assistants"],
    ["add files ~/Projects", "another source; or add github owner/name"],
  ];
  for (const row of table(next.map(([command, what]) => [`  headwater ${command}${flag}`, terminal.style.dim(what)])))
    terminal.line(row);
  return EXIT.ok;
}

/** What comes before the rest: asking, or bringing the copy about where nothing came yet. */
function firstSteps(reports: readonly SyncReport[], question: string): [string, string][] {
  const ask: [string, string] = [`search "${question}"`, "ask the copy"];
  if (reports.length === 0) return [["sync", "read the sources"], ask];
  const came = reports.some((report) => report.added > 0 || report.state === "succeeded");
  return came
    ? [ask]
    : [
        ["config edit", "correct the source"],
        ["sync", "read it again"],
      ];
}

/** A copy of the sample workspace, so that it may be edited and deleted in. */
function demoSource(session: Session): Entry[] {
  const sample = join(packageRoot(), "examples", "workspace");
  const place = join(dataFolderOf(session), "demo-workspace");
  if (!existsSync(sample)) throw new ConnectorError("bug", "The sample workspace is missing from this installation.");
  if (!existsSync(place)) cpSync(sample, place, { recursive: true });
  return [{ name: "demo", options: { connector: "files", paths: [place] } }];
}

/** Folders found here and repositories named or asked for; at least one of them. */
async function chosenSources(session: Session, opts: Opts): Promise<Entry[]> {
  const asks = asksPeople(session, opts);
  const given = [opts.github ?? []].flat().map((written) => repositoryOf(String(written)));
  const folders = await chooseFolders(await findFolders(), asks, session.signal);
  if (folders === undefined) throw new ConnectorError("cancelled", "Stopped. Nothing was written.");
  const asked = asks && given.length === 0 ? await askRepository(session.signal) : undefined;
  const chosen = named([
    ...folders.map(({ name, path }) => ({ name, options: { connector: "files", paths: [path] } })),
    ...given,
    ...(asked ? [asked] : []),
  ]);
  if (chosen.length > 0) return chosen;
  throw new ConnectorError(
    "usage",
    asks ? "Nothing was chosen, and nothing was written." : `No Obsidian vault was found in ${homedir()}.`,
    {
      hint: [
        "Name a folder: headwater add files ~/Documents",
        "or follow a public GitHub repository, without a token: headwater init --github owner/name",
        "or look around with the sample: headwater init --demo",
      ].join("\n  "),
    },
  );
}

/** Each under a name of its own. */
function named(wanted: readonly Entry[]): Entry[] {
  const taken = new Set<string>();
  return wanted.map(({ name: written, options }) => {
    const base = sourceNameOf(written) || "notes";
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
    taken.add(name);
    return { name, options };
  });
}
