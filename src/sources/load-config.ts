import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { CONNECTORS } from "../connectors/index.ts";
import { ConnectorError } from "../model/index.ts";
import type { Catalog } from "./catalog.ts";
import { ConfigFile } from "./config-shape.ts";
import type { EmbeddingSettings } from "./embeddings/embedding-settings.ts";
import { expandValues, revealSecrets } from "./expand.ts";
import { findConfig, findDataFolder, missingConfig, type WhereConfig } from "./find-config.ts";
import { byLine, type ConfigMistake, configError, type KeyPath, keyText } from "./mistakes.ts";
import { type ConfiguredSource, readSource } from "./read-source.ts";
import { scheduleMistakes } from "./schedule-shape.ts";
import { durationMs } from "./units.ts";
import { readYaml } from "./written-config.ts";
import { type FoundMistake, zodMistakes } from "./zod-mistakes.ts";

/** The configuration in force, references put in. */
export interface LoadedConfig {
  /** Undefined when there is no file: then there are no sources. */
  path?: string;
  dataFolder: string;
  sources: readonly ConfiguredSource[];
  /** Mistakes inside source entries. Those sources cannot be opened; the others work. */
  mistakes: readonly ConfigMistake[];
  warnings: readonly ConfigMistake[];
  sync: { everyMs?: number; concurrency: number };
  /** The most tokens of one answer to an assistant. */
  resultTokens: number;
  /** Tokens are in the clear for comparing, but hidden from printing and serialising. */
  server: ConfigFile["server"];
  /** Where credentials that other services keep are asked for. */
  secrets: ConfigFile["secrets"];
  /** Search by meaning, where somebody asked for it. */
  embeddings?: EmbeddingSettings;
}

export interface LoadOptions extends WhereConfig {
  /** By default all connectors of headwater. */
  catalog?: Catalog;
}

/**
 * Reads and checks the whole file and reports everything wrong at once. Throws `config` when the file itself cannot be
 * used; mistakes confined to single sources are in `mistakes`, so that one of them does not stop the others.
 */
export async function loadConfig(options: LoadOptions = {}): Promise<LoadedConfig> {
  const found = findConfig(options);
  if (!found.path && found.origin === "asked") throw missingConfig(found.wanted);
  const text = found.path ? readText(found.path) : "";
  return readConfig(text, found.path, options, found.origin === "project");
}

/** The same for a text that is not (yet) in place; relative paths start at the folder of `path`. */
export async function readConfig(
  text: string,
  path: string | undefined,
  options: LoadOptions = {},
  project = false,
): Promise<LoadedConfig> {
  const file = path ?? "headwater.yaml";
  const written = readYaml(text, file);
  if (written.mistakes.length > 0) throw configError(written.mistakes);
  const scope = { env: options.env ?? process.env, folder: path ? dirname(path) : process.cwd() };
  const placed = ({ path: key, message }: FoundMistake): ConfigMistake => ({
    file,
    line: written.lineOf(key),
    key: keyText(key),
    message,
  });
  const top = readTop(written.values, scope);
  const untimely = top.file ? await globalSchedule(top.file, written.values) : [];
  const serious = [...top.mistakes, ...untimely, ...(project ? doorsOpened(top.values) : [])].map(placed);
  const entries = entriesOf(written.values);
  const context = { catalog: options.catalog ?? CONNECTORS, scope, file, placed, defaults: top.file };
  const sources = await Promise.all(Object.entries(entries).map(([id, entry]) => readSource(id, entry, context)));
  const mistakes = sources.flatMap((source) => source.mistakes);
  if (serious.length > 0 || !top.file) throw configError([...serious, ...mistakes].sort(byLine));
  const everyMs = durationMs(top.file.sync.every);
  return {
    ...(path !== undefined && { path }),
    dataFolder: findDataFolder(options, top.file.data),
    sources,
    mistakes: mistakes.sort(byLine),
    warnings: [...top.warnings.map(placed), ...sources.flatMap((source) => source.warnings)].sort(byLine),
    sync: { ...(everyMs !== undefined && { everyMs }), concurrency: top.file.sync.concurrency },
    resultTokens: top.file.limits.resultTokens,
    server: withHiddenTokens(top.file.server),
    secrets: top.file.secrets,
    ...(top.file.embeddings && { embeddings: top.file.embeddings }),
  };
}

interface Top {
  values: Record<string, unknown>;
  file?: ConfigFile;
  mistakes: FoundMistake[];
  warnings: FoundMistake[];
}

/** Everything but the insides of the source entries. */
function readTop(values: unknown, scope: { env: LoadOptions["env"] & object; folder: string }): Top {
  if (values !== null && values !== undefined && !isMap(values)) {
    const message = 'The file must be a map of keys: "version: 1", then "sources:" with one entry per source.';
    return { values: {}, mistakes: [{ path: [], message }], warnings: [] };
  }
  const present = Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== null));
  const { sources, ...rest } = present;
  const expanded = expandValues(rest, ConfigFile, [], scope);
  const unset = new Set(expanded.mistakes.map((mistake) => keyText(mistake.path)));
  const withSources = { ...(revealSecrets(expanded.values) as object), ...(sources !== undefined && { sources }) };
  const parsed = ConfigFile.safeParse(withSources);
  const found = parsed.success
    ? []
    : zodMistakes(parsed.error.issues, { schema: ConfigFile, written: present, at: [] });
  return {
    values: withSources as Record<string, unknown>,
    ...(parsed.success && { file: parsed.data }),
    mistakes: [...expanded.mistakes, ...found.filter((mistake) => !unset.has(keyText(mistake.path)))],
    warnings: expanded.warnings,
  };
}

/** `sync.every` has a default, which gives way; one that was written does not. */
function globalSchedule({ sync }: ConfigFile, written: unknown): Promise<FoundMistake[]> {
  const own = isMap(written) && isMap(written.sync) ? written.sync : {};
  const { schedule = {} } = sync;
  return scheduleMistakes({ every: own.every ?? undefined, schedule: sync.schedule }, schedule, ["sync"]);
}

/** What a file that merely lies in the working folder cannot set, since it may come from anybody, and what to do instead. */
const DOORS: readonly (readonly [path: KeyPath, instead: string])[] = [
  // It cannot open the server to the network.
  [["server", "http", "listen"], "Name the file with --config, or use: headwater serve --http host:port"],
  // It cannot have the credentials of this machine's own Vault or AWS account sent elsewhere.
  [["secrets"], "Name the file with --config, or set VAULT_ADDR and AWS_REGION."],
  // It cannot have the texts of all sources sent to somebody.
  [["embeddings"], "Name the file with --config."],
];

function doorsOpened(values: Record<string, unknown>): FoundMistake[] {
  return DOORS.filter(
    ([path]) => path.reduce<unknown>((value, part) => (isMap(value) ? value[part] : undefined), values) !== undefined,
  ).map(([path, instead]) => ({
    path,
    message: `${keyText(path)} cannot be set by a headwater.yaml that was only found in the working folder. ${instead}`,
  }));
}

function withHiddenTokens(server: ConfigFile["server"]): ConfigFile["server"] {
  for (const holder of [server.http, ...server.http.tokens]) {
    if (holder.token !== undefined) Object.defineProperty(holder, "token", { enumerable: false });
  }
  return server;
}

function entriesOf(values: unknown): Record<string, unknown> {
  const sources = isMap(values) ? values.sources : undefined;
  return isMap(sources) ? sources : {};
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "EISDIR" ? "it is a folder" : "this user may not read it";
    throw new ConnectorError("config", `The configuration ${path} cannot be read: ${why}.`, { cause: error });
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
