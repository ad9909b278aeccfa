import { createHash } from "node:crypto";
import { CONNECTORS } from "../connectors/index.ts";
import {
  type Clock,
  type Connector,
  type Context,
  type Logger,
  type Memory,
  openHttp,
  type Tokens,
} from "../connectors/kit/index.ts";
import { ConnectorError } from "../model/index.ts";
import type { Catalog } from "./catalog.ts";
import { systemClock } from "./clock.ts";
import type { LoadedConfig } from "./load-config.ts";
import { withFacts } from "./log.ts";
import { methodOf } from "./login/source-login.ts";
import { configError } from "./mistakes.ts";
import { passingMemory } from "./passing-memory.ts";
import { type ConfiguredSource, strictOptions, unknownSource } from "./read-source.ts";
import { Secret } from "./secret.ts";
import { openSecrets, type Secrets } from "./secrets/open-secrets.ts";
import type { OpenSource, Sources } from "./source.ts";
import { appTokens } from "./tokens/app-tokens.ts";
import { notLoggedIn } from "./tokens/login-errors.ts";
import type { TokenRequest } from "./tokens/logins.ts";
import { renewing } from "./tokens/renew.ts";

export interface OpenOptions {
  log: Logger;
  /** Of headwater: services are told who asks. */
  version?: string;
  /** By default this machine's. */
  clock?: Clock;
  catalog?: Catalog;
  /** What a source may keep between runs; by default until the process ends. */
  memory?: (source: string) => Memory;
  /** Reads credentials that are kept encrypted or elsewhere; by default by what the configuration says. */
  secrets?: Secrets;
  /** What `headwater login` keeps; by default nothing. */
  tokens?: (request: TokenRequest) => Promise<Tokens>;
}

/** Options whose JSON is longer are kept as a digest. */
const LONGEST_OPTION = 2048;

/** The sources of one tenant. Nothing is loaded or connected before `open`. */
export function openSources(config: LoadedConfig, tenant: string, options: OpenOptions): Sources {
  const mine = config.sources.filter((source) => source.entry.settings.tenant === tenant);
  const opened = new Map<string, Promise<Opened>>();
  const { clock = systemClock, log } = options;
  const secrets =
    options.secrets ?? openSecrets({ dataFolder: config.dataFolder, settings: config.secrets, clock, log });
  const find = (id: string): ConfiguredSource => {
    const found = mine.find((source) => source.entry.id === id);
    if (found) return found;
    throw unknownSource(
      id,
      mine.map((source) => source.entry.id),
    );
  };
  return {
    all: () => mine.map((source) => source.entry),
    get: (id) => find(id).entry,
    open: async (id) => {
      const source = find(id);
      const waiting = opened.get(id) ?? openOne(source, options, secrets);
      opened.set(id, waiting);
      // A source that would not open is tried anew the next time.
      waiting.catch(() => opened.get(id) === waiting && opened.delete(id));
      return (await waiting).source;
    },
    close: async () => {
      const all = [...opened.values()];
      opened.clear();
      const ended = await Promise.allSettled(all);
      await Promise.allSettled(ended.map((one) => (one.status === "fulfilled" ? one.value.close() : undefined)));
    },
  };
}

interface Opened {
  source: OpenSource;
  close(): Promise<void>;
}

async function openOne(
  { entry, options: written, mistakes }: ConfiguredSource,
  open: OpenOptions,
  secrets: Secrets,
): Promise<Opened> {
  if (mistakes.length > 0) throw configError(mistakes);
  const load = (open.catalog ?? CONNECTORS)[entry.connectorId];
  if (!load)
    throw new ConnectorError("config", `The connector ${entry.connectorId} of source ${entry.id} is not known.`);
  const connector = await load();
  const options = await secrets.open(written);
  const parsed = strictOptions(connector, options);
  if (!parsed.success) throw unfit(entry.id, parsed.error.issues[0]?.path ?? []);
  const closing = new AbortController();
  const { allowPrivateNetwork } = entry.settings;
  const clock = open.clock ?? systemClock;
  const signingIn = { source: entry.id, allowPrivateNetwork, clock, log: open.log };
  const way = methodOf(connector, parsed.data);
  const [client, app] = [way?.login?.(parsed.data), way?.app?.(parsed.data)];
  const renew = renewing(signingIn);
  const ofLogin = (refused: boolean) => (open.tokens ?? noLogin)({ source: entry.id, client, refused, renew });
  const tokens = app === undefined ? ofLogin : appTokens(signingIn, app);
  const base = {
    source: entry.id,
    config: parsed.data,
    log: withFacts(open.log, { source: entry.id }),
    clock,
    memory: (open.memory ?? passingMemory)(entry.id),
    tokens: (refused = false) => tokens(refused),
  };
  const http = openHttp({ ...base, service: connector.http, allowPrivateNetwork, version: open.version });
  const api: unknown = await connector.connect({ ...base, http: http.until(closing.signal), signal: closing.signal });
  const source: OpenSource = {
    id: entry.id,
    connector,
    settings: entry.settings,
    config: parsed.data,
    options: describeOptions(parsed.data, connector, options),
    // biome-ignore lint/suspicious/noExplicitAny: contexts of any connector.
    context: (signal): Context<any, any> => {
      const both = AbortSignal.any([signal, closing.signal]);
      return { ...base, http: http.until(both), api, signal: both };
    },
  };
  return {
    source,
    close: async () => {
      closing.abort();
      await connector.close?.(api);
      await http.close();
    },
  };
}

async function noLogin({ source }: TokenRequest): Promise<never> {
  throw notLoggedIn(source);
}

/** A disabled source's missing variables were let pass when the file was read; a late credential may be of no use. */
function unfit(id: string, path: readonly PropertyKey[]): ConnectorError {
  const option = path.length === 0 ? "" : ` ${path.map(String).join(".")} is missing or not of the right form.`;
  return new ConnectorError("config", `Source ${id} cannot be opened: its options are not complete.${option}`, {
    hint: "See what is missing: headwater config validate",
  });
}

/**
 * Option name to its value as JSON, or to a digest where that is long. Credentials are left out: a new one does not
 * change what should be stored, and not even a digest of it belongs into the store.
 */
function describeOptions(
  parsed: Record<string, unknown>,
  connector: Connector,
  options: Record<string, unknown>,
): Record<string, string> {
  const names = Object.keys(connector.config.shape).filter((name) => !holdsSecret(options[name]));
  return Object.fromEntries(
    names
      .filter((name) => parsed[name] !== undefined)
      .map((name) => {
        const json = canonicalJson(parsed[name]);
        return [
          name,
          json.length < LONGEST_OPTION
            ? json
            : `sha256:${createHash("sha256").update(json).digest("hex").slice(0, 16)}`,
        ];
      }),
  );
}

function holdsSecret(value: unknown): boolean {
  if (value instanceof Secret) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsSecret);
}

/** JSON with the keys of maps in order, so that equal values read the same. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === "object" && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([left], [right]) => (left < right ? -1 : 1)))
      : entry,
  );
}
