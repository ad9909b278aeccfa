import { spawn } from "node:child_process";
import { once } from "node:events";
import { CONNECTORS } from "../connectors/index.ts";
import { ConnectorError } from "../model/index.ts";
import { configSchema } from "../sources/config-schema.ts";
import { findConfig, missingConfig } from "../sources/find-config.ts";
import { loadConfig } from "../sources/load-config.ts";
import { configError, mistakeText } from "../sources/mistakes.ts";
import { noConfiguration, type Session } from "./session.ts";

type Verb = "path" | "validate" | "schema" | "edit";

/** `headwater config path|validate|schema|edit`. */
export async function config(session: Session, verb: Verb): Promise<number | undefined> {
  if (verb === "path") return path(session);
  if (verb === "schema") return schema(session);
  return verb === "validate" ? validate(session) : edit(session);
}

function whereOf({ globals }: Session) {
  return {
    ...(globals.config !== undefined && { configPath: globals.config }),
    ...(globals.data !== undefined && { dataFolder: globals.data }),
  };
}

async function path(session: Session): Promise<undefined> {
  const found = findConfig(whereOf(session));
  if (session.globals.json)
    session.terminal.json({ path: found.wanted, exists: found.path !== undefined, origin: found.origin });
  else session.terminal.line(found.wanted);
  if (!found.path) session.terminal.note("It does not exist yet. Begin with: headwater init");
  return undefined;
}

async function schema(session: Session): Promise<undefined> {
  const connectors = await Promise.all(Object.values(CONNECTORS).map((load) => load()));
  session.terminal.json(configSchema(connectors));
  return undefined;
}

async function validate(session: Session): Promise<undefined> {
  const { terminal, globals } = session;
  const loaded = await loadConfig(whereOf(session));
  if (!loaded.path) throw noConfiguration();
  if (loaded.mistakes.length > 0) throw configError(loaded.mistakes);
  if (globals.json) {
    terminal.json({
      path: loaded.path,
      ok: true,
      sources: loaded.sources.length,
      warnings: loaded.warnings.map(mistakeText),
    });
    return undefined;
  }
  for (const warning of loaded.warnings) terminal.note(mistakeText(warning));
  terminal.line(
    `${loaded.path} is right: ${loaded.sources.length} ${loaded.sources.length === 1 ? "source" : "sources"}.`,
  );
  return undefined;
}

/** The editor is started with an argument list, never through a shell. */
async function edit(session: Session): Promise<number | undefined> {
  const found = findConfig(whereOf(session));
  if (!found.path) throw found.origin === "asked" ? missingConfig(found.wanted) : noConfiguration();
  const editor = process.env.VISUAL || process.env.EDITOR || (process.platform === "win32" ? "notepad" : "vi");
  const [command = "vi", ...args] = editor.trim().split(/\s+/);
  const child = spawn(command, [...args, found.path], { stdio: "inherit" });
  const [code] = (await once(child, "exit").catch((cause: unknown) => {
    throw new ConnectorError("usage", `The editor ${JSON.stringify(command)} could not be started.`, {
      cause,
      hint: "Name another one: VISUAL=nano headwater config edit",
    });
  })) as [number | null];
  if (code !== 0) throw new ConnectorError("usage", `The editor ended with code ${code ?? "none"}.`);
  return validate(session);
}
