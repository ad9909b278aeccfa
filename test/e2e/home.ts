import { rmSync } from "node:fs";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { CLI, type Outcome, outcomeOf, Sandbox } from "../cli/sandbox.ts";
import { SecretWatch } from "./secret-watch.ts";

/** The machine may be busy: nothing here is about speed. */
export const SOON = { timeout: 30_000, interval: 100 };

/** Somebody with a home folder of their own, at the command line and with an assistant; all that they see is kept. */
export class Home {
  readonly box = new Sandbox();
  readonly watch = new SecretWatch();
  /** Credentials, by the variables that hold them. */
  readonly environment: Record<string, string> = {};
  /** Clients over stdio, by the flags of their servers. */
  readonly #clients = new Map<string, Promise<Client>>();

  /** One command, to its end. */
  async run(...args: string[]): Promise<Outcome> {
    const child = this.box.start(args, this.environment);
    const looks = setInterval(() => this.watch.seeProcesses(), 100);
    const outcome = await outcomeOf(child).finally(() => clearInterval(looks));
    this.watch.see(`stdout of headwater ${args.join(" ")}`, outcome.stdout);
    this.watch.see(`stderr of headwater ${args.join(" ")}`, outcome.stderr);
    return outcome;
  }

  /** The answer of a command with `--json`, which has to end well. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...args, "--json");
    if (code !== 0) throw new Error(`headwater ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** What a tool answers to an assistant whose client starts headwater itself. */
  async ask<T>(tool: string, given: Record<string, unknown> = {}): Promise<T> {
    return this.askAt([], tool, given);
  }

  /** The same of a headwater with these flags. */
  async askAt<T>(flags: readonly string[], tool: string, given: Record<string, unknown> = {}): Promise<T> {
    const key = flags.join(" ");
    const started = this.#clients.get(key) ?? this.#start(flags);
    this.#clients.set(key, started);
    return this.call(await started, tool, given);
  }

  async leave(): Promise<void> {
    for (const client of this.#clients.values()) await (await client).close();
    this.#clients.clear();
  }

  async end(): Promise<void> {
    await this.leave();
    rmSync(this.box.home, { recursive: true, force: true });
  }

  async #start(flags: readonly string[]): Promise<Client> {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [CLI, "serve", "--no-schedule", "--debug", ...flags],
      cwd: this.box.home,
      env: this.box.env(this.environment),
      stderr: "pipe",
    });
    transport.stderr?.on("data", (chunk) => this.watch.see("log of headwater serve", String(chunk)));
    const client = new Client({ name: "reader", version: "1" });
    await client.connect(transport);
    return client;
  }

  /** What a tool answers to this client. */
  protected async call<T>(client: Client, tool: string, given: Record<string, unknown>): Promise<T> {
    const answer = await client.callTool({ name: tool, arguments: given }, { timeout: SOON.timeout });
    this.watch.see(`answers of ${tool}`, JSON.stringify(answer));
    if (answer.isError) throw new Error(`${tool} ${JSON.stringify(given)} failed: ${JSON.stringify(answer.content)}`);
    return answer.structuredContent as T;
  }
}
