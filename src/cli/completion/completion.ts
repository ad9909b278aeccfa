import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { CONNECTORS } from "../../connectors/index.ts";
import { ConnectorError } from "../../model/index.ts";
import { systemClock } from "../../sources/clock.ts";
import { findConfig, findDataFolder } from "../../sources/find-config.ts";
import { secretsFile } from "../../sources/keys/sealed-files.ts";
import { readYaml } from "../../sources/written-config.ts";
import { storedTenants } from "../../store/at-rest.ts";
import { FILE_CLIENTS } from "../clients/clients.ts";
import type { Globals, Session } from "../session.ts";
import { shortLine } from "../terminal.ts";
import { candidates, type Lookup } from "./candidates.ts";
import { SCRIPTS, type Shell } from "./scripts.ts";

/** `headwater completion <shell>`: what the shell has to run. With `--answer`, what fits at a place of a command line. */
export async function completion(
  { terminal, globals }: Session,
  program: Command,
  words: readonly string[],
  opts: { answer?: unknown; typed?: unknown },
): Promise<undefined> {
  if (opts.answer === true) {
    const found = await candidates(program, words, String(opts.typed ?? ""), lookupOf(globals, words)).catch(() => []);
    for (const { value, about } of found)
      terminal.line(about === undefined ? value : `${value}\t${shortLine(about, 80)}`);
    return undefined;
  }
  const [shell = ""] = words;
  if (!Object.hasOwn(SCRIPTS, shell)) {
    throw new ConnectorError(
      "usage",
      shell === "" ? "Name your shell." : `There is nothing for the shell ${JSON.stringify(shell)}.`,
      {
        hint: `Write: headwater completion ${Object.keys(SCRIPTS).join("|")}`,
      },
    );
  }
  if (globals.json) terminal.json({ shell, script: SCRIPTS[shell as Shell] });
  else await terminal.write(SCRIPTS[shell as Shell]);
  return undefined;
}

/** Names are read from the files alone: a shell waits for the answer, and a mistake in the configuration hides none. */
function lookupOf(globals: Globals, words: readonly string[]): Lookup {
  const configPath = globals.config ?? after(words, "--config");
  const where = {
    ...(configPath !== undefined && { configPath }),
    ...(globals.data !== undefined && { dataFolder: globals.data }),
  };
  const written = () => {
    const { path } = findConfig(where);
    return path === undefined ? {} : readYaml(readFileSync(path, "utf8"), path).values;
  };
  const folder = () => findDataFolder(where, textIn(written(), "data"));
  const lookups: Record<Parameters<Lookup>[0], () => string[]> = {
    sources: () => Object.keys(mapIn(written(), "sources")),
    connectors: () => Object.keys(CONNECTORS),
    secrets: () => secretsFile({ dataFolder: folder(), clock: systemClock }).names(),
    clients: () => FILE_CLIENTS.map((client) => client.id),
    tenants: () => storedTenants(folder()),
  };
  return async (what) => lookups[what]();
}

function after(words: readonly string[], option: string): string | undefined {
  const at = words.indexOf(option);
  return at < 0 ? undefined : words[at + 1];
}

function mapIn(values: unknown, key: string): object {
  const value = values && typeof values === "object" ? (values as Record<string, unknown>)[key] : undefined;
  return value && typeof value === "object" ? value : {};
}

function textIn(values: unknown, key: string): string | undefined {
  const value = values && typeof values === "object" ? (values as Record<string, unknown>)[key] : undefined;
  return typeof value === "string" ? value : undefined;
}
