import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONNECTORS } from "../connectors/index.ts";
import { configSchema } from "../sources/config-schema.ts";
import { newConfigText } from "../sources/edit-config.ts";
import { findConfig, findDataFolder } from "../sources/find-config.ts";
import type { Session } from "./session.ts";

/** Where the configuration is or will be, and its text; that of a new file when there is none. */
export function startConfig({ globals }: Pick<Session, "globals">): { path: string; text: string; isNew: boolean } {
  const found = findConfig(globals.config === undefined ? {} : { configPath: globals.config });
  if (found.path) return { path: found.path, text: readFileSync(found.path, "utf8"), isNew: false };
  return { path: found.wanted, text: newConfigText(schemaFile({ globals })), isNew: true };
}

/** Puts the schema for editors where new configurations point to. */
export async function writeSchema(session: Pick<Session, "globals">): Promise<void> {
  const path = schemaFile(session);
  const connectors = await Promise.all(Object.values(CONNECTORS).map((load) => load()));
  makeDataFolder(session);
  writeFileSync(path, `${JSON.stringify(configSchema(connectors), null, 2)}\n`);
}

/** For this user's eyes alone. */
export function makeDataFolder(session: Pick<Session, "globals">): void {
  mkdirSync(dataFolderOf(session), { recursive: true, mode: 0o700 });
}

/** The data folder before there is a configuration. */
export function dataFolderOf({ globals }: Pick<Session, "globals">): string {
  return findDataFolder(globals.data === undefined ? {} : { dataFolder: globals.data }, undefined);
}

function schemaFile(session: Pick<Session, "globals">): string {
  return join(dataFolderOf(session), "headwater.schema.json");
}
