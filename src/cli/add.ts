import { basename } from "node:path";
import { parseDocument } from "yaml";
import type { Connector } from "../connectors/kit/index.ts";
import { ConnectorError, problemOf } from "../model/index.ts";
import { addSource, writeConfig } from "../sources/edit-config.ts";
import { readConfig } from "../sources/load-config.ts";
import { configError } from "../sources/mistakes.ts";
import { absolutePath } from "../sources/references.ts";
import { isSourceName, sourceNameOf } from "../sources/source-name.ts";
import { askOptions } from "./ask-options.ts";
import { startConfig } from "./config-file.ts";
import { loadConnector } from "./connectors.ts";
import { EXIT, exitCodeOf } from "./failure.ts";
import { optionFields } from "./option-fields.ts";
import { type Session, withDesk } from "./session.ts";
import { tellTest } from "./test.ts";

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
  paths: readonly string[],
  opts: Opts,
): Promise<number> {
  const connector = await loadConnector(connectorId);
  const given = { ...pathOptions(connector, paths), ...setOptions(connector, list(opts.set)) };
  const asks = opts.input !== false && process.stdin.isTTY === true && session.globals.json !== true;
  const options = asks ? await askOptions(connector, given, session.signal) : given;
  const { path, text } = startConfig(session);
  const name = typeof opts.name === "string" ? opts.name : freeName(text, connector.id, options);
  if (!isSourceName(name)) {
    throw new ConnectorError("usage", `${JSON.stringify(name)} cannot be the name of a source.`, {
      hint: 'Names are small letters, digits and hyphens, and not "sources". Such as: --name work-notes',
    });
  }
  const next = addSource(text, name, { connector: connector.id, ...options });
  await refuseMistakes(next, path, name);
  writeConfig(path, next);
  if (!session.globals.json) session.terminal.line(`Added ${session.terminal.style.bold(name)} to ${path}.`);
  return opts.test === false ? done(session, name, path) : testAdded(session, name, path);
}

/** Checked as the file will be, so that a mistake is told before anything is written. */
async function refuseMistakes(text: string, path: string, name: string): Promise<void> {
  const { mistakes } = await readConfig(text, path);
  const own = mistakes.filter(
    (mistake) => mistake.key === `sources.${name}` || mistake.key.startsWith(`sources.${name}.`),
  );
  if (own.length > 0) throw configError(own.map(({ line: _line, ...rest }) => rest));
}

async function testAdded(session: Session, name: string, path: string): Promise<number> {
  return withDesk(session, async (desk) => {
    const test = await desk.engine.test(name);
    if (session.globals.json) session.terminal.json({ source: name, config: path, test });
    else {
      tellTest(session, test);
      session.terminal.line(
        test.ok ? `Next: headwater sync ${name}` : `It stays in the configuration. Correct it: headwater config edit`,
      );
    }
    return test.ok ? EXIT.ok : exitCodeOf(test.problem?.kind ?? problemOf(undefined).kind);
  });
}

function done(session: Session, name: string, path: string): number {
  if (session.globals.json) session.terminal.json({ source: name, config: path });
  else session.terminal.line(`Next: headwater sync ${name}`);
  return EXIT.ok;
}

/** Paths typed after the connector's name, for connectors that read folders; absolute, as the file may lie elsewhere. */
function pathOptions(connector: Connector, paths: readonly string[]): Record<string, unknown> {
  if (paths.length === 0) return {};
  if (Object.hasOwn(connector.config.shape, "paths"))
    return { paths: paths.map((path) => absolutePath(path, process.cwd())) };
  throw new ConnectorError("usage", `${connector.title} reads no folders, so it takes no paths.`, {
    hint: `See its options: headwater connectors ${connector.id}`,
  });
}

/** `--set key=value`: lists and maps are written as in YAML, [a, b]; credentials stay references. */
function setOptions(connector: Connector, pairs: readonly string[]): Record<string, unknown> {
  const lists = new Set(
    optionFields(connector)
      .filter((field) => field.type === "list")
      .map((field) => field.name),
  );
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, written] = /^([A-Za-z][\w.-]*)=(.*)$/s.exec(pair) ?? [];
      if (key === undefined || written === undefined) {
        throw new ConnectorError("usage", `--set needs key=value, got ${JSON.stringify(pair)}.`, {
          hint: `See the options: headwater connectors ${connector.id}`,
        });
      }
      const value = readValue(written);
      return [key, lists.has(key) && typeof value === "string" ? [value] : value];
    }),
  );
}

/** Numbers, true and false, and lists and maps in brackets; anything else is the text itself. */
function readValue(written: string): unknown {
  if (!/^(true|false|-?\d+(\.\d+)?|[[{].*[\]}])$/s.test(written)) return written;
  const document = parseDocument(written);
  return document.errors.length > 0 ? written : document.toJS();
}

/** The folder's name where there is one, else the connector's; numbered when taken. */
function freeName(text: string, connectorId: string, options: Record<string, unknown>): string {
  const first = [options.paths].flat()[0];
  const wanted = typeof first === "string" ? sourceNameOf(basename(first)) : connectorId;
  const base = wanted || connectorId;
  const document = parseDocument(text);
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!document.hasIn(["sources", name])) return name;
  }
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
