import type { Client, ClientConfig, Pool, PoolClient } from "pg";
import { type Clock, type Http, socketsLookingUp } from "../kit/index.ts";
import type { Catalogue } from "./catalogue.ts";
import { clientConfig, newsReachOf, type Reach, reachOf } from "./connection.ts";
import { explained } from "./explain.ts";
import type { PostgresConfig } from "./options.ts";
import { tidyClient } from "./tidy-client.ts";

const CATALOGUE_MS = 5_000;

/** The connections of one source, and what was last read of the database's catalogue. */
export class PostgresApi {
  readonly config: PostgresConfig;
  readonly reach: Reach;
  /** Where news is listened for. */
  readonly newsReach: Reach;
  readonly #http: Pick<Http, "lookup">;
  #pool: Promise<Pool> | undefined;
  /** `prefer`: the servers that said that they do not encrypt. */
  readonly #clear = new Set<Reach>();
  #catalogue: { at: number; read: Promise<Catalogue> } | undefined;

  constructor(config: PostgresConfig, http: Pick<Http, "lookup">) {
    this.config = config;
    this.#http = http;
    this.reach = reachOf(config);
    this.newsReach = newsReachOf(config, this.reach);
  }

  /** Whether what is said between us and the server is encrypted. */
  get isEncrypted(): boolean {
    return this.#encrypts(this.reach);
  }

  /** A connection out of the pool; the caller releases it. Throws ConnectorError. */
  async connect(): Promise<PoolClient> {
    return this.#orInTheClear(this.reach, async () => (await this.#opened()).connect());
  }

  /** A connection of its own to where news is listened for, which the caller ends. Throws ConnectorError. */
  async connectAlone(): Promise<Client> {
    const { Client } = (await import("pg")).default;
    return this.#orInTheClear(this.newsReach, async () => {
      const client = new (tidyClient(Client))(this.#settings(this.newsReach));
      client.on("error", () => {}); // the caller hears of it by "end"
      await client.connect();
      return client;
    });
  }

  /** The catalogue, read at most every five seconds. */
  catalogue(clock: Clock, read: () => Promise<Catalogue>, fresh = false): Promise<Catalogue> {
    const now = clock.now().getTime();
    const known = this.#catalogue;
    if (!fresh && known !== undefined && Math.abs(now - known.at) < CATALOGUE_MS) return known.read;
    const reading = { at: now, read: read() };
    this.#catalogue = reading;
    reading.read.catch(() => {
      if (this.#catalogue === reading) this.#catalogue = undefined;
    });
    return reading.read;
  }

  async close(): Promise<void> {
    const pool = await this.#pool?.catch(() => undefined);
    this.#pool = undefined;
    await pool?.end();
  }

  #encrypts(reach: Reach): boolean {
    return reach.mode !== "disable" && !this.#clear.has(reach);
  }

  #settings(reach: Reach): ClientConfig {
    const isFile = reach.host.startsWith("/"); // the socket of a server on this machine
    return {
      ...clientConfig(reach, this.#encrypts(reach)),
      ...(!isFile && { stream: socketsLookingUp(this.#http.lookup(reach.host)) }),
    };
  }

  #opened(): Promise<Pool> {
    this.#pool ??= this.#open();
    return this.#pool;
  }

  async #open(): Promise<Pool> {
    const { Client, Pool } = (await import("pg")).default;
    const { poolSize } = this.config;
    const pool = new Pool({
      ...this.#settings(this.reach),
      Client: tidyClient(Client),
      max: poolSize,
      idleTimeoutMillis: 10_000,
      allowExitOnIdle: true,
    });
    pool.on("error", () => {}); // an idle connection broke: the next one is new
    // A server may say goodbye in the same breath as its welcome, before who asked for the connection hears of it.
    pool.on("connect", (client) => client.on("error", () => {}));
    return pool;
  }

  /** `prefer` asks for encryption and goes on without, where the server has none or lets nobody in that way. */
  async #orInTheClear<T>(reach: Reach, connect: () => Promise<T>): Promise<T> {
    try {
      return await connect();
    } catch (error) {
      if (reach.mode !== "prefer" || !refusesEncryption(error)) throw explained(error, { reach });
      const isFirst = this.#encrypts(reach);
      this.#clear.add(reach);
      if (isFirst && reach === this.reach) await this.close();
      return connect().catch((again) => {
        throw explained(again, { reach });
      });
    }
  }
}

/** PostgreSQL's and PgBouncer's words for an encrypted way that is not there. */
function refusesEncryption(error: unknown): boolean {
  return (
    error instanceof Error && /does not support SSL|no pg_hba\.conf entry.*SSL (encryption|on)/.test(error.message)
  );
}
