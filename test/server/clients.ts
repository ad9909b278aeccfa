import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StdioClientTransport as OldStdioTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as OldHttpTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

/** What the interop suite does with a client, whatever its generation. */
export interface AnyClient {
  // biome-ignore lint/suspicious/noExplicitAny: the two generations of clients type their answers differently.
  callTool(name: string, args?: object, options?: object): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: the raw client, for everything both generations spell alike.
  client: any;
  close(): Promise<void>;
}

/** Where the server is: a program to start, or an address. */
export type Where = { program: string } | { url: string } | { sse: string };

const ME = { name: "interop", version: "1" };

/** The client of the previous SDK line. */
export async function connectOld(where: Where): Promise<AnyClient> {
  const client = new OldClient(ME);
  const transport =
    "program" in where
      ? new OldStdioTransport({ command: process.execPath, args: [where.program], stderr: "ignore" })
      : "sse" in where
        ? new SSEClientTransport(new URL(where.sse))
        : new OldHttpTransport(new URL(where.url));
  await client.connect(transport as never);
  const callTool = (name: string, args: object = {}, options: object = {}) =>
    client.callTool({ name, arguments: args as Record<string, unknown> }, undefined, options);
  return { callTool, client, close: () => client.close() };
}

export type Mode = "legacy" | "auto" | { pin: string };

/** The client of the current SDK line, in each of its ways to begin. */
export async function connectNew(where: Where, mode: Mode): Promise<AnyClient> {
  if ("sse" in where) throw new Error("the new client does not speak the old pair of addresses");
  const client = new Client(ME, { versionNegotiation: { mode } as never });
  const transport =
    "program" in where
      ? new StdioClientTransport({ command: process.execPath, args: [where.program], stderr: "ignore" })
      : new StreamableHTTPClientTransport(new URL(where.url));
  await client.connect(transport);
  const callTool = (name: string, args: object = {}, options: object = {}) =>
    client.callTool({ name, arguments: args as Record<string, unknown> }, options);
  return { callTool, client, close: () => client.close() };
}
