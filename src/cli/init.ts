import { cpSync, existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ConnectorError } from "../model/index.ts";
import { packageRoot } from "../package-root.ts";
import { addSource, setOption, writeConfig } from "../sources/edit-config.ts";
import { sourceNameOf } from "../sources/source-name.ts";
import { dataFolderOf, makeDataFolder, startConfig, writeSchema } from "./config-file.ts";
import { EXIT } from "./failure.ts";
import { type FoundFolder, findFolders } from "./find-folders.ts";
import { offerAssistants } from "./offer-assistants.ts";
import { type Session, withDesk } from "./session.ts";
import { syncAll } from "./sync.ts";
import { shellWord } from "./terminal.ts";

interface Opts {
  yes?: unknown;
  demo?: unknown;
  /** Commander's form of `--no-sync`. */
  sync?: unknown;
}

/** `headwater init`: from nothing to a first answer. An existing configuration is never touched. */
export async function init(session: Session, opts: Opts): Promise<number> {
  const { path, text, isNew } = startConfig(session);
  if (!isNew) {
    throw new ConnectorError("usage", `There is already a configuration: ${path}.`, {
      hint: `Add a source: headwater add files ~/Documents    or use another file: headwater init --config ./other.yaml`,
    });
  }
  makeDataFolder(session);
  const entries = opts.demo === true ? demoSource(session) : await chosenFolders(session, opts.yes === true);
  await writeSchema(session);
  const withData = session.globals.data === undefined ? text : setOption(text, ["data"], dataFolderOf(session));
  writeConfig(
    path,
    entries.reduce((before, entry) => addSource(before, entry.name, entry.options), withData),
  );
  session.terminal.note(`Wrote ${path}.`);
  const code = opts.sync === false ? finish(session, path, entries) : await firstSync(session, path, entries);
  if (code === EXIT.ok && asksPeople(session, opts)) await offerAssistants(session, opts.demo !== true);
  return code;
}

function asksPeople({ globals }: Session, opts: Opts): boolean {
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
    const bad = reports.some((report) => report.state !== "succeeded");
    return finish(session, path, entries, reports) || (bad ? EXIT.partial : EXIT.ok);
  });
}

function finish(session: Session, config: string, entries: readonly Entry[], reports: unknown[] = []): number {
  const { terminal, globals } = session;
  const sources = entries.map((entry) => entry.name);
  if (globals.json) {
    terminal.json({ config, sources, reports });
    return EXIT.ok;
  }
  const flag = globals.config === undefined ? "" : ` --config ${shellWord(config)}`;
  terminal.line();
  terminal.line(terminal.style.bold("Next:"));
  if (reports.length === 0) terminal.line(`  headwater sync${flag}`);
  terminal.line(
    `  headwater search${flag} ${sources.includes("demo") ? '"why did the bridge close"' : '"quarterly plan"'}`,
  );
  terminal.line(`  headwater install${flag}               into your assistants`);
  terminal.line(`  headwater add${flag} files ~/Projects  another source`);
  return EXIT.ok;
}

/** A copy of the sample workspace, so that it may be edited and deleted in. */
function demoSource(session: Session): Entry[] {
  const sample = join(packageRoot(), "examples", "workspace");
  const place = join(dataFolderOf(session), "demo-workspace");
  if (!existsSync(sample)) throw new ConnectorError("bug", "The sample workspace is missing from this installation.");
  if (!existsSync(place)) cpSync(sample, place, { recursive: true });
  return [{ name: "demo", options: { connector: "files", paths: [place] } }];
}

async function chosenFolders(session: Session, yes: boolean): Promise<Entry[]> {
  const found = await findFolders();
  const asks = asksPeople(session, { yes });
  const chosen = asks ? await askFolders(found, session.signal) : found.filter((folder) => folder.what === "vault");
  if (chosen.length > 0) return named(chosen);
  const hint =
    "Name a folder: headwater add files ~/Documents    or look around with the sample: headwater init --demo";
  if (asks) throw new ConnectorError("usage", "No folder was chosen. Nothing was written.", { hint });
  throw new ConnectorError("usage", `No Obsidian vault was found in ${homedir()}.`, { hint });
}

async function askFolders(found: readonly FoundFolder[], signal: AbortSignal): Promise<FoundFolder[]> {
  if (found.length === 0) return [];
  const { isCancel, multiselect } = await import("@clack/prompts");
  const answer = await multiselect({
    message: "Index which? Nothing leaves this machine. Space to choose, Enter when done.",
    options: found.map((folder) => ({
      value: folder,
      label: `${folder.path}${folder.what === "vault" ? "  (Obsidian vault)" : ""}`,
    })),
    initialValues: found.filter((folder) => folder.what === "vault"),
    required: false,
    signal,
  });
  if (isCancel(answer)) throw new ConnectorError("cancelled", "Stopped. Nothing was written.");
  return answer;
}

/** One source a folder, named after it. */
function named(folders: readonly FoundFolder[]): Entry[] {
  const taken = new Set<string>();
  return folders.map((folder) => {
    const base = sourceNameOf(folder.name) || "notes";
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
    taken.add(name);
    return { name, options: { connector: "files", paths: [folder.path] } };
  });
}
