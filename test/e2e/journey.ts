import type { ChildProcess } from "node:child_process";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, vi } from "vitest";
import { type OptionField, optionFields } from "../../src/cli/option-fields.ts";
import { CONNECTORS } from "../../src/connectors/index.ts";
import type { Connector } from "../../src/connectors/kit/index.ts";
import { Home, SOON } from "./home.ts";
import { WORLDS } from "./worlds/index.ts";
import type { World } from "./worlds/world.ts";

/** The name of the source, whatever the connector. */
export const SOURCE = "mine";
/** What every source of a test takes beside its connector's options: the services are on this machine, and nothing comes by a clock. */
const ENGINE = { allowPrivateNetwork: true, every: "off" };

interface Served {
  client: Client;
  process: ChildProcess;
  /** As `http://127.0.0.1:7800`. */
  address: string;
}

/** Somebody with a home folder of their own who follows one service: at the command line, and through an assistant. */
export class Journey extends Home {
  readonly connector: Connector;
  readonly world: World;
  /** The options of the source, credentials as references. */
  readonly options: Readonly<Record<string, unknown>>;
  #served: Served | undefined;

  private constructor(connector: Connector, world: World) {
    super();
    this.connector = connector;
    this.world = world;
    const options: Record<string, unknown> = { ...ENGINE, ...world.twin.config(), ...world.options };
    for (const { name } of this.secretFields) {
      const value = options[name];
      if (typeof value === "string") options[name] = this.#reference(name, value);
    }
    this.options = options;
  }

  /** Undefined where this machine has not the server that it needs. */
  static async begin(id: string): Promise<Journey | undefined> {
    const [load, open] = [CONNECTORS[id], WORLDS[id]];
    if (load === undefined || open === undefined) throw new Error(`There is no world for ${id}.`);
    const world = await open();
    return world && new Journey(await load(), world);
  }

  get secretFields(): OptionField[] {
    return optionFields(this.connector).filter((field) => field.secret);
  }

  /** What is typed behind `headwater add`, so that nothing has to be asked. */
  get typed(): string[] {
    const fields = new Map(optionFields(this.connector).map((field) => [field.name, field]));
    const main: string[] = [];
    const flags: string[] = [];
    for (const [name, value] of Object.entries(this.options)) {
      const written = typeof value === "string" ? value : JSON.stringify(value);
      if (fields.get(name)?.main) main.push(...[value].flat().map(String));
      else flags.push("--set", `${name}=${written}`);
    }
    return [this.connector.id, ...main, "--name", SOURCE, "--no-input", ...flags];
  }

  /** What is stored and may be read: id to text. */
  async stored(): Promise<Map<string, string>> {
    const { stdout } = await this.run("export", "--format", "ndjson");
    const items = stdout.split("\n").filter(Boolean);
    const read = items.map((line) => JSON.parse(line) as { id: string; text?: string; lostAt?: string });
    return new Map(read.filter((item) => item.lostAt === undefined).map((item) => [item.id, item.text ?? ""]));
  }

  /** The store holds what the service holds, and nothing else. */
  async expectEqual(): Promise<void> {
    const [stored, expected] = [await this.stored(), await this.world.twin.expected()];
    expect([...stored.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [id, words] of expected) expect(stored.get(id), id).toContain(words);
  }

  /** The same over HTTP, of a headwater that keeps running. */
  async askServed<T>(tool: string, given: Record<string, unknown> = {}): Promise<T> {
    return this.call((await this.serve()).client, tool, given);
  }

  /** Ids that a search finds, over HTTP. */
  async found(query: string): Promise<string[]> {
    const { results } = await this.askServed<{ results: { id: string }[] }>("search", { query });
    return results.map(({ id }) => id);
  }

  /** `headwater serve --http`, started when it is first needed. */
  async serve(): Promise<Served> {
    if (this.#served !== undefined) return this.#served;
    const process = this.box.start(["serve", "--http", "127.0.0.1:0", "--debug"], this.environment);
    let told = "";
    process.stderr?.on("data", (chunk) => {
      told += chunk;
      this.watch.see("log of headwater serve --http", String(chunk));
    });
    await vi.waitFor(() => expect(told).toMatch(/serves MCP at http:\S+\/mcp/), SOON);
    const address = /serves MCP at (http:\S+)\/mcp/.exec(told)?.[1] ?? "";
    const client = new Client({ name: "reader", version: "1" });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${address}/mcp`)));
    this.#served = { client, process, address };
    return this.#served;
  }

  override async leave(): Promise<void> {
    await super.leave();
    const served = this.#served;
    this.#served = undefined;
    if (served === undefined) return;
    await served.client.close();
    const ended = new Promise((resolve) => served.process.once("close", resolve));
    served.process.kill("SIGTERM");
    await ended;
  }

  override async end(): Promise<void> {
    await super.end();
    await this.world.close();
  }

  /** Puts a credential into a variable; answers how a configuration names it. */
  #reference(option: string, value: string): string {
    const variable = `WORLD_${this.connector.id}_${option}`.replace(/[A-Z]/g, "_$&").replaceAll("-", "_").toUpperCase();
    this.environment[variable] = this.watch.keep(value);
    return `\${${variable}}`;
  }
}
