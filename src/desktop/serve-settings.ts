import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { openApp } from "../app.ts";
import { ConnectorError } from "../model/index.ts";
import { serveStdio } from "../server.ts";
import { addSource, writeConfig } from "../sources/edit-config.ts";
import { findConfig, findDataFolder } from "../sources/find-config.ts";
import { keptLog, levelOfEnvironment } from "../sources/kept-log.ts";
import { stderrLog } from "../sources/log.ts";
import { sourceNameOf } from "../sources/source-name.ts";

/** What a person chose in the settings of the desktop extension. */
interface Settings {
  /** A configuration of the person's own: it wins over everything else here. */
  config: string | undefined;
  folders: string[];
  repositories: string[];
}

/** How often a source is read again; the first time at once. */
const EVERY = "15m";

const HEAD = `# Written by headwater's desktop extension from its settings each time it starts: change them there.
version: 1
`;

function readSettings(): Settings {
  const { values, positionals } = parseArgs({
    options: { config: { type: "string" }, github: { type: "string" } },
    allowPositionals: true,
  });
  return {
    config: filled([values.config ?? ""])[0],
    folders: filled(positionals),
    repositories: filled((values.github ?? "").split(/[\s,]+/)),
  };
}

/** A setting left empty arrives as nothing, or as the unfilled placeholder of the manifest. */
function filled(values: readonly string[]): string[] {
  return values.map((value) => value.trim()).filter((value) => value !== "" && !value.includes("{user_config."));
}

/** The configuration to serve: the person's own file, one made of the settings, or the one that other programs use. */
function configOf({ config, folders, repositories }: Settings): { configPath?: string; dataFolder?: string } {
  if (config !== undefined) return { configPath: config };
  if (folders.length + repositories.length === 0) return { configPath: findConfig({ cwd: "/" }).path };
  const dataFolder = join(findDataFolder({}, undefined), "desktop");
  const configPath = join(dataFolder, "headwater.yaml");
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  writeConfig(configPath, configText(folders, repositories));
  return { configPath, dataFolder };
}

function configText(folders: readonly string[], repositories: readonly string[]): string {
  const names = new Set(["github"]);
  const withFolders = [...new Set(folders)].reduce((text, folder) => {
    const base = sourceNameOf(basename(folder)) || "folder";
    let name = base;
    for (let count = 2; names.has(name); count++) name = `${base}-${count}`;
    names.add(name);
    return addSource(text, name, { connector: "files", paths: [folder], every: EVERY });
  }, HEAD);
  if (repositories.length === 0) return withFolders;
  const token = process.env.GITHUB_TOKEN ? { accessToken: "$" + "{GITHUB_TOKEN}" } : {};
  return addSource(withFolders, "github", { connector: "github", ...token, repositories, every: EVERY });
}

/**
 * `desktop.js [--config=file] [--github=repositories] [folders…]`: serves what a person chose until the client leaves.
 * What goes wrong is told on standard error, and as the exit code.
 */
export async function serveSettings(): Promise<void> {
  try {
    if (filled([process.env.GITHUB_TOKEN ?? ""]).length === 0) delete process.env.GITHUB_TOKEN;
    const level = levelOfEnvironment();
    const log = keptLog(stderrLog(level ?? "warn"), level ?? "info");
    const app = await openApp({ ...configOf(readSettings()), log });
    log.keepIn(app.dataFolder);
    await serveStdio(app, { log: (line) => log.warn("server.noticed", { line }) });
  } catch (error) {
    const { message, hint } = ConnectorError.from(error);
    process.stderr.write(`${message}\n${hint === undefined ? "" : `${hint}\n`}`);
    process.exitCode = 1;
  }
}
