import pLimit from "p-limit";
import type { Clock, Logger } from "./connectors/kit/index.ts";
import { createExtractor } from "./extract/extract.ts";
import { ConnectorError, type Viewer } from "./model/index.ts";
import { packageVersion } from "./package-root.ts";
import { systemClock } from "./sources/clock.ts";
import type { EmbeddingSettings } from "./sources/embeddings/embedding-settings.ts";
import { openEmbedder } from "./sources/embeddings/open-embedder.ts";
import { type LoadedConfig, type LoadOptions, loadConfig } from "./sources/load-config.ts";
import { createLoginOffers } from "./sources/login/login-offers.ts";
import { openedOptions } from "./sources/login/source-login.ts";
import { openSources } from "./sources/open-sources.ts";
import { openSecrets, type Secrets } from "./sources/secrets/open-secrets.ts";
import { storedMemory } from "./sources/stored-memory.ts";
import type { Logins } from "./sources/tokens/logins.ts";
import { openLogins } from "./sources/tokens/open-logins.ts";
import { onlySources } from "./store/only-sources.ts";
import { openStore } from "./store/open.ts";
import type { Store } from "./store/store.ts";
import { createEngine } from "./sync/engine.ts";
import { logRun } from "./sync/log-run.ts";
import { meaningOf } from "./sync/meaning.ts";
import type { Desk } from "./tools/desk.ts";

export interface AppOptions extends LoadOptions {
  log: Logger;
  /** By default this machine's. */
  clock?: Clock;
}

/** Everything behind the doors, wired from one configuration. Nothing is opened before a desk is asked for. */
export interface App {
  readonly config: LoadedConfig;
  readonly dataFolder: string;
  readonly version: string;
  /** Credentials that are kept encrypted or elsewhere. */
  readonly secrets: Secrets;
  /** What people logged in to, by tenant. */
  logins(tenant?: string): Logins;
  /** The rooms of one tenant, opened on first use and shared; throws `config` for a tenant that has no source. */
  desk(tenant?: string, viewer?: Viewer): Promise<Desk>;
  /** Stops every run at a page border and closes the stores. */
  close(): Promise<void>;
}

type Rooms = Omit<Desk, "viewer">;

export async function openApp(options: AppOptions): Promise<App> {
  return appOf(await loadConfig(options), options);
}

function appOf(config: LoadedConfig, { log, clock = systemClock }: AppOptions): App {
  const version = packageVersion();
  const extractor = createExtractor();
  const turn = pLimit(config.sync.concurrency);
  const tenants = new Map<string, Promise<Rooms>>();
  const kept = new Map<string, Logins>();
  const secrets = openSecrets({ dataFolder: config.dataFolder, settings: config.secrets, clock, log });

  function logins(tenant = "default"): Logins {
    const known = kept.get(tenant) ?? openLogins({ dataFolder: config.dataFolder, tenant, clock, log });
    kept.set(tenant, known);
    return known;
  }

  async function open(tenant: string): Promise<Rooms> {
    const stored = await openStore({ folder: config.dataFolder, tenant, log: log.warn });
    const own = config.sources.filter(({ entry }) => entry.settings.tenant === tenant).map(({ entry }) => entry.id);
    const meant = config.embeddings && withMeaning(config.embeddings, tenant, stored, own);
    const store = onlySources(meant?.store ?? stored, own);
    const memory = (source: string) => storedMemory(store, source, log);
    const sources = openSources(config, tenant, {
      log,
      version,
      clock,
      memory,
      secrets,
      tokens: logins(tenant).tokens,
    });
    const engine = createEngine({ sources, store, extractor, clock, turn });
    engine.onChange(({ report }) => logRun(log, tenant, report));
    engine.onChange(({ report }) => void (report.endedAt !== undefined && meant?.begin()));
    const offers = createLoginOffers({ source: (id) => opened(tenant, id), logins: logins(tenant), clock, log });
    const rooms = { tenant, sources, store, engine, offers, version, resultTokens: config.resultTokens };
    return { ...rooms, ...(meant && { meaning: meant.meaning }) };
  }

  /** Nothing is sent of a source that was taken out of the configuration and is stored still. */
  function withMeaning({ sources, ...settings }: EmbeddingSettings, tenant: string, store: Store, own: string[]) {
    const embedder = openEmbedder({ settings, secrets, clock, log });
    const chosen = { weight: settings.weight, sources: sources?.filter((source) => own.includes(source)) ?? own };
    return meaningOf({ embedder, store, clock, log, folder: config.dataFolder, tenant, settings: chosen });
  }

  async function opened(tenant: string, id: string) {
    const source = config.sources.find(({ entry }) => entry.id === id && entry.settings.tenant === tenant);
    return source && openedOptions(source, secrets);
  }

  return {
    config,
    dataFolder: config.dataFolder,
    version,
    secrets,
    logins,
    async desk(tenant = "default", viewer = "everything") {
      refuseUnknownTenant(config, tenant);
      const rooms = tenants.get(tenant) ?? open(tenant);
      tenants.set(tenant, rooms);
      rooms.catch(() => tenants.delete(tenant)); // opened anew the next time
      return { ...(await rooms), viewer };
    },
    async close() {
      const opened = await Promise.allSettled(tenants.values());
      tenants.clear();
      for (const rooms of opened) {
        if (rooms.status === "rejected") continue;
        rooms.value.offers?.close();
        await rooms.value.engine.close();
        await rooms.value.sources.close();
        await rooms.value.store.close();
      }
      await extractor.close();
    },
  };
}

function refuseUnknownTenant(config: LoadedConfig, tenant: string): void {
  const known = new Set(config.sources.map((source) => source.entry.settings.tenant));
  if (tenant === "default" || known.has(tenant)) return;
  throw new ConnectorError("config", `No source belongs to the tenant "${tenant}".`, {
    hint: `Tenants in use: ${[...known].sort().join(", ") || "none"}. See: headwater sources`,
  });
}
