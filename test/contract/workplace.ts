import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Clock,
  type Connector,
  type HttpSettings,
  type Memory,
  openHttp,
} from "../../src/connectors/kit/index.ts";
import { createExtractor } from "../../src/extract/extract.ts";
import type { SyncReport } from "../../src/model/index.ts";
import { ConnectorError } from "../../src/model/index.ts";
import { passingMemory } from "../../src/sources/passing-memory.ts";
import type { OpenSource, SourceEntry, SourceSettings, Sources } from "../../src/sources/source.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { createEngine } from "../../src/sync/engine.ts";
import type { Workplace } from "../../src/sync/run.ts";
import type { Engine, SyncOptions } from "../../src/sync/types.ts";

/** A clock whose naps pass at once and are written down; `move` sets it on. */
export class TestClock implements Clock {
  readonly naps: number[] = [];
  #offset = 0;

  now(): Date {
    return new Date(Date.now() + this.#offset);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.naps.push(ms);
    this.#offset += ms;
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted) throw signal.reason;
  }

  move(ms: number): void {
    this.#offset += ms;
  }
}

export interface TestSource {
  id: string;
  connector: Connector;
  config: Record<string, unknown>;
  settings?: Partial<SourceSettings>;
}

const SETTINGS: SourceSettings = {
  enabled: true,
  tenant: "default",
  tags: [],
  allowPrivateNetwork: true, // twins live on this machine
  limits: { itemBytes: 25_000_000, runSeconds: 900, fullPassHours: 24 },
};

/** Log lines that a run wrote, as text, so that a test can look for what must not be in them. */
export class LogBook {
  readonly lines: string[] = [];
  readonly write = (event: string, data?: object): void => {
    this.lines.push(`${event} ${JSON.stringify(data ?? {})}`);
  };
  readonly logger = { debug: this.write, info: this.write, warn: this.write };
}

export class TestSources implements Sources {
  readonly #sources = new Map<string, TestSource>();
  readonly #open = new Map<string, Promise<OpenSource>>();
  readonly #memories = new Map<string, Memory>();
  readonly #clock: Clock;
  readonly #limits: HttpSettings["limits"];
  readonly log = new LogBook();

  constructor(sources: TestSource[], clock: Clock, limits?: HttpSettings["limits"]) {
    for (const source of sources) this.#sources.set(source.id, source);
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Changes the options of a source as an edited configuration file does. */
  configure(id: string, config: Record<string, unknown>, settings?: Partial<SourceSettings>): void {
    const source = this.#sources.get(id) as TestSource;
    this.#sources.set(id, { ...source, config, ...(settings !== undefined && { settings }) });
    this.#open.delete(id);
  }

  /** The same source behind a connector that was changed for a test. */
  replaceConnector(id: string, change: (connector: Connector) => Partial<Connector>): void {
    const source = this.#sources.get(id) as TestSource;
    this.#sources.set(id, { ...source, connector: { ...source.connector, ...change(source.connector) } });
    this.#open.delete(id);
  }

  all(): SourceEntry[] {
    return [...this.#sources.values()].map((source) => entryOf(source));
  }

  get(id: string): SourceEntry {
    const source = this.#sources.get(id);
    if (source === undefined) throw new ConnectorError("config", `There is no source "${id}".`);
    return entryOf(source);
  }

  open(id: string): Promise<OpenSource> {
    const opened = this.#open.get(id) ?? this.#connect(id);
    this.#open.set(id, opened);
    return opened;
  }

  /** As the store keeps it: longer than a connection. */
  #memoryOf(id: string): Memory {
    const memory = this.#memories.get(id) ?? passingMemory();
    this.#memories.set(id, memory);
    return memory;
  }

  async #connect(id: string): Promise<OpenSource> {
    const { connector, config: written } = this.#sources.get(id) as TestSource;
    const { settings } = this.get(id);
    const config = connector.config.parse(written);
    const base = {
      source: id,
      config,
      log: this.log.logger,
      clock: this.#clock,
      memory: this.#memoryOf(id),
      tokens: noTokens,
    };
    const http = openHttp({
      ...base,
      service: connector.http,
      allowPrivateNetwork: settings.allowPrivateNetwork,
      ...(this.#limits !== undefined && { limits: this.#limits }),
    });
    const never = new AbortController().signal;
    const api = await connector.connect({ ...base, http: http.until(never), signal: never });
    const options = Object.fromEntries(
      Object.entries(config).map(([name, value]) => [name, JSON.stringify(value ?? null)]),
    );
    const context = (signal: AbortSignal) => ({ ...base, http: http.until(signal), api, signal });
    return { id, connector, settings, config, options, context };
  }

  async close(): Promise<void> {}
}

async function noTokens(): Promise<never> {
  throw new ConnectorError("auth", "Nobody is logged in.");
}

function entryOf(source: TestSource): SourceEntry {
  return {
    id: source.id,
    connectorId: source.connector.id,
    settings: { ...SETTINGS, ...source.settings },
    written: source.config,
  };
}

/** A real engine over a real store in a temporary folder. */
export class TestWorkplace implements Workplace {
  readonly folder: string;
  readonly clock: TestClock;
  readonly extractor = createExtractor();
  readonly sources: TestSources;
  store!: Store;
  engine!: Engine;

  private constructor(sources: TestSource[], clock: TestClock, limits?: HttpSettings["limits"]) {
    this.folder = mkdtempSync(join(tmpdir(), "headwater-test-"));
    this.clock = clock;
    this.sources = new TestSources(sources, clock, limits);
  }

  static open(...sources: TestSource[]): Promise<TestWorkplace> {
    return TestWorkplace.openAt(new TestClock(), {}, ...sources);
  }

  /** By another clock, and with other bounds of what is asked over HTTP. */
  static async openAt(
    clock: TestClock,
    limits: HttpSettings["limits"],
    ...sources: TestSource[]
  ): Promise<TestWorkplace> {
    const place = new TestWorkplace(sources, clock, limits);
    await place.reopen();
    return place;
  }

  /** Starts again from what is on disk, as a new process would. */
  async reopen(): Promise<void> {
    await this.engine?.close();
    await this.store?.close();
    this.store = await openStore({ folder: this.folder, tenant: "default" });
    this.engine = createEngine(this);
  }

  sync(source: string, options: SyncOptions = {}): Promise<SyncReport> {
    return this.engine.start(source, options).done;
  }

  /** Everything stored of a source: id to title, text, container and url. */
  async stored(
    source: string,
  ): Promise<Map<string, { title: string; text: string | undefined; container: string | undefined }>> {
    const found = new Map();
    for await (const { item, text } of this.store.everything({ sources: [source] })) {
      if (item.lostAt !== undefined) continue;
      found.set(item.id, { title: item.title, text, container: item.container });
    }
    return found;
  }

  async close(): Promise<void> {
    await this.engine.close();
    await this.store.close();
    await this.extractor.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
