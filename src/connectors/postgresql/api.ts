import type { Client, ClientConfig, Pool, PoolClient } from "pg";
import { type Clock, type Http, socketsLookingUp } from "../kit/index.ts";
import type { Catalogue } from "./catalogue.ts";
import { clientConfig, type Reach, reachOf } from "./connection.ts";
import { explained } from "./explain.ts";
import type { PostgresConfig } from "./options.ts";

const CATALOGUE_MS = 5_000;

/** The connections of one source, and what was last read of the database's catalogue. */
export class PostgresApi {
  readonly config: PostgresConfig;
  readonly reach: Reach;
  readonly #http: Pick<Http, "lookup">;
  #pool: Promise<Pool> | undefined;
  /** `prefer`: false once the server said that it does not encrypt. */
  #encrypted: boolean;
  #catalogue: { at: number; read: Promise<Catalogue> } | undefined;

  constructor(config: PostgresConfig, http: Pick<Http, "lookup">) {
    this.config = config;
    this.#http = http;
    this.reach = reachOf(config);
    this.#encrypted = this.reach.mode !== "disable";
  }

  /** Whether what is said between us and the server is encrypted. */
  get isEncrypted(): boolean {
    return this.#encrypted;
  }

  /** A connection out of the pool; the caller releases it. Throws ConnectorError. */
  async connect(): Promise<PoolClient> {
    return this.#orInTheClear(async () => (await this.#opened()).connect());
  }

  /** A connection of its own, which the caller ends. Throws ConnectorError. */
  async connectAlone(): Promise<Client> {
    const { Client } = (await import("pg")).default;
    return this.#orInTheClear(async () => {
      const client = new Client(this.#settings());
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

  #settings(): ClientConfig {
    const { host } = this.reach;
    const isFile = host.startsWith("/"); // the socket of a server on this machine
    return {
      ...clientConfig(this.config, this.reach, this.#encrypted),
      ...(!isFile && { stream: socketsLookingUp(this.#http.lookup(host)) }),
    };
  }

  #opened(): Promise<Pool> {
    this.#pool ??= this.#open();
    return this.#pool;
  }

  async #open(): Promise<Pool> {
    const { Pool } = (await import("pg")).default;
    const { poolSize } = this.config;
    const pool = new Pool({ ...this.#settings(), max: poolSize, idleTimeoutMillis: 10_000, allowExitOnIdle: true });
    pool.on("error", () => {}); // an idle connection broke: the next one is new
    // A server may say goodbye in the same breath as its welcome, before who asked for the connection hears of it.
    pool.on("connect", (client) => client.on("error", () => {}));
    return pool;
  }

  /** `prefer` asks for encryption and goes on without, where the server has none. */
  async #orInTheClear<T>(connect: () => Promise<T>): Promise<T> {
    try {
      return await connect();
    } catch (error) {
      const refused = error instanceof Error && /does not support SSL/.test(error.message);
      if (this.reach.mode !== "prefer" || !refused || !this.#encrypted) throw explained(error, this);
      this.#encrypted = false;
      await this.close();
      return connect().catch((again) => {
        throw explained(again, this);
      });
    }
  }
}
