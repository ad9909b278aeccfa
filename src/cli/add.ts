import { parseDocument } from "yaml";
import type { Connector } from "../connectors/kit/index.ts";
import { ConnectorError, problemOf } from "../model/index.ts";
import { addSource, setOption, writeConfig } from "../sources/edit-config.ts";
import { readConfig } from "../sources/load-config.ts";
import { configError } from "../sources/mistakes.ts";
import { isSourceName, sourceNameOf } from "../sources/source-name.ts";
import type { SourceTest } from "../sync/types.ts";
import { keepCommand } from "./ask-credential.ts";
import { askOptions } from "./ask-options.ts";
import { withServer } from "./choose-repositories.ts";
import { dataFolderOf, makeDataFolder, startConfig, writeSchema } from "./config-file.ts";
import { loadConnector } from "./connectors.ts";
import { EXIT, exitCodeOf } from "./failure.ts";
import { isKept, keepTyped } from "./keep-typed.ts";
import { optionFields } from "./option-fields.ts";
import { configFlag, type Session, withDesk } from "./session.ts";
import { tellTest } from "./test.ts";
import { typedOptions } from "./typed-options.ts";

const SEEN_BY_OTHERS =
  "  Other programs can read a command line, and the shell remembers it. Better: headwater secrets set <name>, then secret://<name>";

interface Opts {
  name?: unknown;
  set?: unknown;
  /** Commander's form of `--no-input`. */
  input?: unknown;
  test?: unknown;
}

/** `headwater add <connector>`: a new source, checked before it is written and tested after. */
export async function add(
  session: Session,
  connectorId: string,
  words: readonly string[],
  opts: Opts,
): Promise<number> {
  const connector = await loadConnector(connectorId);
  const fields = optionFields(connector);
  const typed = typedOptions(connector, words, list(opts.set));
  const given = connector.id === "github" ? withServer(typed) : typed;
  const asks = opts.input !== false && process.stdin.isTTY === true && session.globals.json !== true;
  const options = asks ? await askOptions(connector, given, session.signal) : given;
  const { path, text, isNew } = startConfig(session);
  const name = typeof opts.name === "string" ? opts.name : freeName(text, connector, options);
  if (!isSourceName(name)) {
    throw new ConnectorError("usage", `${JSON.stringify(name)} cannot be the name of a source.`, {
      hint: 'Names are small letters, digits and hyphens, and not "sources". Such as: --name work-notes',
    });
  }
  await refuseMistakes(addSource(text, name, { connector: connector.id, ...options }), path, name, connector.id);
  if (isNew) await begin(session);
  const kept = await keepTyped(session, name, fields, options);
  if (fields.some((field) => field.secret && field.name in given && given[field.name] !== kept[field.name]))
    session.terminal.note(SEEN_BY_OTHERS);
  const start = isNew && session.globals.data !== undefined ? setOption(text, ["data"], dataFolderOf(session)) : text;
  writeConfig(path, addSource(start, name, { connector: connector.id, ...kept }));
  if (!session.globals.json) session.terminal.line(`Added ${session.terminal.style.bold(name)} to ${path}.`);
  const first = await missingSecret(session, connector, kept);
  return opts.test === false || first !== undefined ? done(session, name, path, first) : testAdded(session, name, path);
}

/** What a new configuration stands beside. */
async function begin(session: Session): Promise<void> {
  makeDataFolder(session);
  await writeSchema(session);
}

/** Checked as the file will be, so that a mistake is told before anything is written. */
async function refuseMistakes(text: string, path: string, name: string, connectorId: string): Promise<void> {
  const { mistakes } = await readConfig(text, path);
  const own = mistakes.filter(
    (mistake) => mistake.key === `sources.${name}` || mistake.key.startsWith(`sources.${name}.`),
  );
  if (own.length === 0) return;
  const { message } = configError(own.map(({ line: _line, ...rest }) => rest));
  throw new ConnectorError("config", message, {
    hint: `Nothing was written. See the options: headwater connectors ${connectorId}`,
  });
}

/** The command that has to come first, where a credential was chosen that is not kept yet. */
async function missingSecret(
  session: Session,
  connector: Connector,
  options: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const command = keepCommand(optionFields(connector), options);
  const name = command?.split(" ").at(-1);
  return name === undefined || (await isKept(session, name)) ? undefined : command;
}

async function testAdded(session: Session, name: string, path: string): Promise<number> {
  return withDesk(session, async (desk) => {
    const test = await desk.engine.test(name);
    if (session.globals.json) session.terminal.json({ source: name, config: path, test });
    else {
      tellTest(session, test);
      session.terminal.line(nextAfter(test, name, configFlag(session)));
    }
    return test.ok ? EXIT.ok : exitCodeOf(test.problem?.kind ?? problemOf(undefined).kind);
  });
}

/** What to type once the test of a new source has told how it stands. */
function nextAfter(test: SourceTest, name: string, flag: string): string {
  if (test.ok) return `Next: headwater sync ${name}${flag}`;
  if (test.problem?.hint?.includes("headwater login")) return `Next: headwater login ${name}${flag}`;
  const ways = [
    `It stays in the configuration. Correct it: headwater config edit${flag}    then: headwater test ${name}${flag}`,
    `Or take it out again: headwater remove ${name}${flag}`,
  ];
  return ways.join("\n");
}

function done(session: Session, name: string, path: string, first?: string): number {
  const flag = configFlag(session);
  if (session.globals.json) session.terminal.json({ source: name, config: path, ...(first && { first }) });
  else {
    if (first) session.terminal.line(`First: ${first}${flag}`);
    session.terminal.line(`${first ? "Then" : "Next"}: headwater ${first ? "test" : "sync"} ${name}${flag}`);
  }
  return EXIT.ok;
}

/** The last part of the one thing it reads (a folder, a repository), else the connector's name; numbered when taken. */
function freeName(text: string, connector: Connector, options: Record<string, unknown>): string {
  const main = optionFields(connector).find((field) => field.main)?.name ?? "";
  const values = [options[main] ?? []].flat();
  const last = String(values[0] ?? "")
    .replace(/(\.git)?[/\\]*$/, "")
    .split(/[/\\]/)
    .at(-1);
  const base = (values.length === 1 && sourceNameOf(last ?? "")) || connector.id;
  const document = parseDocument(text);
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!document.hasIn(["sources", name])) return name;
  }
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
