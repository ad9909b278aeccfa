import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import envPaths from "env-paths";
import { ConnectorError } from "../model/index.ts";
import { absolutePath } from "./references.ts";

/** What says where the configuration and the data are. */
export interface WhereConfig {
  /** From the command line: wins over everything. */
  configPath?: string;
  dataFolder?: string;
  /** By default the process's own. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Where the project's own file is looked for; by default the working folder. */
  cwd?: string;
}

export interface FoundConfig {
  /** Undefined when there is no file yet. */
  path?: string;
  /** Where a new file goes. */
  wanted: string;
  /** `project`: met in the working folder without having been asked for; it may not open doors. */
  origin: "asked" | "project" | "user" | "none";
}

const FILE = "headwater.yaml";

/** The file in force: `--config`, `HEADWATER_CONFIG`, `./headwater.yaml`, then the platform's configuration folder. */
export function findConfig(where: WhereConfig = {}): FoundConfig {
  const env = where.env ?? process.env;
  const cwd = where.cwd ?? process.cwd();
  const asked = where.configPath ?? (env.HEADWATER_CONFIG || undefined);
  if (asked !== undefined) {
    const path = absolutePath(asked, cwd);
    return existsSync(path) ? { path, wanted: path, origin: "asked" } : { wanted: path, origin: "asked" };
  }
  const project = resolve(cwd, FILE);
  if (existsSync(project)) return { path: project, wanted: project, origin: "project" };
  const user = join(platformFolders().config, FILE);
  return existsSync(user) ? { path: user, wanted: user, origin: "user" } : { wanted: user, origin: "none" };
}

/** The folder of the stores: `--data`, `HEADWATER_DATA`, the file's `data`, then the platform's data folder. */
export function findDataFolder(where: WhereConfig, fromFile: string | undefined): string {
  const env = where.env ?? process.env;
  const asked = where.dataFolder ?? (env.HEADWATER_DATA || undefined);
  if (asked !== undefined) return absolutePath(asked, where.cwd ?? process.cwd());
  return fromFile ?? platformFolders().data;
}

/** A file that was asked for by name must be there. */
export function missingConfig(path: string): ConnectorError {
  return new ConnectorError("config", `There is no configuration file at ${path}.`, {
    hint: `Create it: headwater init --config ${JSON.stringify(path)}`,
  });
}

function platformFolders(): { config: string; data: string } {
  return envPaths("headwater", { suffix: "" });
}
