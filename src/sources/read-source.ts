import type { z } from "zod";
import type { Connector } from "../connectors/kit/index.ts";
import { ConnectorError } from "../model/index.ts";
import type { Catalog } from "./catalog.ts";
import { type ConfigFile, EngineKeys } from "./config-shape.ts";
import { expandValues, revealSecrets } from "./expand.ts";
import { byLine, type ConfigMistake, type KeyPath, keyText } from "./mistakes.ts";
import { didYouMean, nearest } from "./nearest.ts";
import type { ReferenceScope } from "./references.ts";
import { scheduleMistakes } from "./schedule-shape.ts";
import type { SourceEntry, SourceSettings } from "./source.ts";
import { isSourceName, RESERVED_NAMES, sourceNameOf } from "./source-name.ts";
import type { Schedule } from "./timing.ts";
import { byteCount, durationMs } from "./units.ts";
import { type FoundMistake, got, nestedUnknownKeys, zodMistakes } from "./zod-mistakes.ts";

/** A source entry after checking. */
export interface ConfiguredSource {
  entry: SourceEntry;
  /** The connector's options, references put in, credentials as `Secret`. */
  options: Record<string, unknown>;
  /** Not empty: the source cannot be opened. */
  mistakes: ConfigMistake[];
  warnings: ConfigMistake[];
}

export interface SourceScope {
  catalog: Catalog;
  scope: ReferenceScope;
  file: string;
  placed: (mistake: FoundMistake) => ConfigMistake;
  /** The rest of the file, where it could be read. */
  defaults: ConfigFile | undefined;
}

/** Checks one entry of `sources:`: its name, the engine's keys, and the connector's options by the connector's own schema. */
export async function readSource(id: string, written: unknown, context: SourceScope): Promise<ConfiguredSource> {
  const at = ["sources", id];
  const named = isSourceName(id) ? [] : [badName(id)];
  if (!isMap(written)) {
    const message = `sources.${id} must be a map of keys with at least "connector", got ${got(written)}.`;
    return broken(id, {}, [...named, { path: at, message }], context);
  }
  const connector = await connectorOf(id, written, context.catalog);
  if ("message" in connector) {
    const others = checkEngineKeys(written, at, context.scope);
    return broken(
      id,
      written,
      [...named, connector, ...others.mistakes.filter((mistake) => mistake.path[2] !== "connector")],
      context,
    );
  }
  return checkEntry(id, written, connector, named, context);
}

async function checkEntry(
  id: string,
  written: Record<string, unknown>,
  connector: Connector,
  named: FoundMistake[],
  context: SourceScope,
): Promise<ConfiguredSource> {
  const at = ["sources", id];
  const engine = checkEngineKeys(written, at, context.scope);
  const own = Object.fromEntries(Object.entries(written).filter(([key]) => !(key in EngineKeys.shape)));
  const expanded = expandValues(own, connector.config, at, context.scope);
  const options = expanded.values as Record<string, unknown>;
  const disabled = written.enabled === false && expanded.mistakes.length > 0;
  const parsed = strictOptions(connector, options);
  const unset = new Set([...expanded.mistakes.map(({ path }) => path), ...expanded.late].map(keyText));
  const found = parsed.success
    ? []
    : zodMistakes(parsed.error.issues, {
        schema: connector.config,
        written: own,
        at,
        alsoKnown: Object.keys(EngineKeys.shape),
      });
  const nested = nestedUnknownKeys(connector.config, own, at);
  const mistakes = [
    ...named,
    ...engine.mistakes,
    ...(engine.keys ? await scheduleMistakes(engine.keys, scheduleOf(engine.keys, context.defaults), at) : []),
    ...(disabled ? [] : expanded.mistakes),
    ...[...found, ...nested.filter((one) => !found.some((other) => keyText(other.path) === keyText(one.path)))].filter(
      (mistake) => !unset.has(keyText(mistake.path)),
    ),
  ];
  return {
    entry: entryOf(id, connector.id, engine.keys, expanded.printable as Record<string, unknown>, context),
    options,
    mistakes: mistakes.map(context.placed).sort(byLine),
    warnings: [...expanded.warnings, ...(disabled ? expanded.mistakes : [])].map(context.placed),
  };
}

/** Made once: zod compiles every new schema anew, which 24 sources would feel at start. */
const strictSchemas = new WeakMap<Connector, Connector["config"]>();

/** The connector's options parsed; unknown keys are refused. Credentials are opened here and nowhere else. */
export function strictOptions(connector: Connector, options: Record<string, unknown>) {
  const schema = strictSchemas.get(connector) ?? connector.config.strict();
  strictSchemas.set(connector, schema);
  return schema.safeParse(revealSecrets(options));
}

function checkEngineKeys(written: Record<string, unknown>, at: KeyPath, scope: ReferenceScope) {
  const picked = Object.fromEntries(
    Object.entries(written).filter(([key, value]) => key in EngineKeys.shape && value !== null),
  );
  const expanded = expandValues(picked, EngineKeys, at, scope);
  const parsed = EngineKeys.safeParse(expanded.values);
  const unset = new Set(expanded.mistakes.map((mistake) => keyText(mistake.path)));
  const found = parsed.success ? [] : zodMistakes(parsed.error.issues, { schema: EngineKeys, written: picked, at });
  const mistakes = [...expanded.mistakes, ...found.filter((mistake) => !unset.has(keyText(mistake.path)))];
  return { mistakes, keys: parsed.success ? parsed.data : undefined };
}

async function connectorOf(
  id: string,
  written: Record<string, unknown>,
  catalog: Catalog,
): Promise<Connector | FoundMistake> {
  const path = ["sources", id, "connector"];
  const name = written.connector;
  const known = Object.keys(catalog);
  if (typeof name !== "string" || name === "") {
    const wrongWord = wordForConnector(written, known);
    if (wrongWord !== undefined) {
      const at = [...path.slice(0, 2), wrongWord];
      return { path: at, message: `${keyText(at)} is not known here. Did you mean "connector"?` };
    }
    return {
      path: path.slice(0, 2),
      message: `sources.${id} needs "connector". Known connectors: ${known.join(", ")}.`,
    };
  }
  const load = Object.hasOwn(catalog, name) ? catalog[name] : undefined;
  if (load) return load();
  const hint = didYouMean(name, known) || ` Known connectors: ${known.join(", ")}.`;
  return {
    path,
    message: `sources.${id}.connector names ${JSON.stringify(name)}, which headwater does not know.${hint}`,
  };
}

/** A misspelt or other word for `connector`: it looks like it, or it holds a connector's name. */
function wordForConnector(written: Record<string, unknown>, known: readonly string[]): string | undefined {
  const keys = Object.keys(written).filter((key) => !(key in EngineKeys.shape));
  return (
    keys.find((key) => known.includes(String(written[key]))) ??
    keys.find((key) => nearest(key, ["connector"]) !== undefined)
  );
}

function badName(id: string): FoundMistake {
  const near = sourceNameOf(id);
  const hint = near === "" ? "" : ` Did you mean "${near}"?`;
  const why = RESERVED_NAMES.includes(id)
    ? `headwater://${id} is an address of headwater's own.`
    : "names are small letters, digits and hyphens, at most 63.";
  const message = `${JSON.stringify(id)} cannot be the name of a source: ${why}${hint}`;
  return { path: ["sources", id], message };
}

function broken(
  id: string,
  written: Record<string, unknown>,
  mistakes: FoundMistake[],
  context: SourceScope,
): ConfiguredSource {
  const connectorId = typeof written.connector === "string" ? written.connector : "";
  const keys = EngineKeys.parse({ connector: connectorId || "unknown" });
  // What is not understood may hold a credential, so nothing of it is shown.
  return {
    entry: entryOf(id, connectorId, keys, {}, context),
    options: {},
    mistakes: mistakes.map(context.placed),
    warnings: [],
  };
}

function entryOf(
  id: string,
  connectorId: string,
  keys: EngineKeys | undefined,
  written: Record<string, unknown>,
  context: SourceScope,
): SourceEntry {
  const { line } = context.placed({ path: ["sources", id], message: "" });
  const known = keys ?? EngineKeys.parse({ connector: connectorId });
  return {
    id,
    connectorId,
    settings: settingsOf(known, context.defaults),
    written,
    ...(line !== undefined && { place: { file: context.file, line } }),
  };
}

/** The source's own words, then those for all sources. */
function scheduleOf(keys: EngineKeys, defaults: ConfigFile | undefined): Schedule {
  const [own, all] = [keys.schedule, defaults?.sync.schedule];
  const cron = own?.cron ?? (keys.every === undefined ? all?.cron : undefined);
  const timezone = own?.timezone ?? all?.timezone;
  const window = own?.window ?? all?.window;
  return {
    ...(cron !== undefined && { cron }),
    ...(timezone !== undefined && { timezone }),
    ...(window !== undefined && { window }),
  };
}

function settingsOf(keys: EngineKeys, defaults: ConfigFile | undefined): SourceSettings {
  const schedule = scheduleOf(keys, defaults);
  const every = durationMs(keys.every ?? defaults?.sync.every ?? "off");
  const everyMs = schedule.cron === undefined ? every : undefined;
  const limits = keys.limits;
  return {
    enabled: keys.enabled,
    tenant: keys.tenant,
    tags: keys.tags,
    allowPrivateNetwork: keys.allowPrivateNetwork,
    ...(everyMs !== undefined && { everyMs }),
    ...(Object.keys(schedule).length > 0 && { schedule }),
    ...(keys.since !== undefined && { since: new Date(keys.since).toISOString() }),
    limits: {
      itemBytes: byteCount(limits.itemBytes ?? defaults?.limits.itemBytes ?? "25MB") ?? 25e6,
      runSeconds: limits.runSeconds ?? defaults?.limits.runSeconds ?? 900,
      fullPassHours: limits.fullPassHours ?? defaults?.limits.fullPassHours ?? 24,
      ...(limits.concurrency !== undefined && { concurrency: limits.concurrency }),
    },
  };
}

/** So many sources are named where one is asked for that is not there. */
const FEW = 8;

/** The error of a source that is not configured, naming the nearest one that is. */
export function unknownSource(id: string, known: readonly string[]): ConnectorError {
  const few = known.length <= FEW ? `There ${known.length === 1 ? "is" : "are"} ${known.join(", ")}. ` : "";
  const hint = known.length === 0 ? "Add one: headwater add files ~/Documents" : `${few}See them: headwater sources`;
  return new ConnectorError("usage", `There is no source ${JSON.stringify(id)}.${didYouMean(id, known)}`, { hint });
}

function isMap(value: unknown): value is z.infer<z.ZodRecord<z.ZodString, z.ZodUnknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
