import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";

/** A server as a child process, spoken to in raw lines. */
export class RawStdio {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: string[] = [];
  stderr = "";
  #rest = "";
  #waiting = new Set<() => void>();

  constructor(program: string, env: Record<string, string> = {}, args: string[] = []) {
    this.child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
    this.child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (this.#rest + chunk).split("\n");
      this.#rest = lines.pop() ?? "";
      this.lines.push(...lines);
      for (const wake of this.#waiting) wake();
    });
    this.child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.stderr += chunk;
    });
  }

  send(...messages: unknown[]): void {
    for (const message of messages)
      this.child.stdin.write(typeof message === "string" ? `${message}\n` : `${JSON.stringify(message)}\n`);
  }

  /** The first message for which the condition holds, now or later. */
  async message(holds: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages().find(holds);
      if (found) return found;
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`no such message in: ${this.lines.join("\n")}\n${this.stderr}`)),
          15_000,
        );
        const wake = () => {
          clearTimeout(late);
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  answer(id: number | string): Promise<Message> {
    return this.message((message) => message.id === id);
  }

  messages(): Message[] {
    return this.lines.map((line) => JSON.parse(line) as Message);
  }

  /** Closes stdin and answers the exit code. */
  async leave(): Promise<number | null> {
    const exit = once(this.child, "exit");
    this.child.stdin.end();
    const [code] = (await exit) as [number | null];
    return code;
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}

export interface Message {
  id?: number | string;
  method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every method.
  params?: any;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every method.
  result?: any;
  error?: { code: number; message: string };
}

export const INITIALIZE = {
  jsonrpc: "2.0",
  id: "init",
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
};
export const INITIALIZED = { jsonrpc: "2.0", method: "notifications/initialized" };

const MODERN_META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1" },
};

/** A request of the 2026 era. */
export function modern(id: number | string, method: string, params: object = {}): object {
  return { jsonrpc: "2.0", id, method, params: { ...params, _meta: MODERN_META } };
}

export function call(id: number | string, name: string, args: object = {}, meta?: object): object {
  const params = { name, arguments: args, ...(meta && { _meta: meta }) };
  return { jsonrpc: "2.0", id, method: "tools/call", params };
}
