import { Client, InMemoryTransport } from "@modelcontextprotocol/client";
import { createServer } from "../../src/tools/create-server.ts";
import type { Desk } from "../../src/tools/desk.ts";
import { buildSurface, type SurfaceOptions } from "../../src/tools/surface.ts";

/** A client of the 2025 era connected to our server inside this process. */
export async function connect(desk: Desk, options: Partial<SurfaceOptions> = {}): Promise<Client> {
  const surface = buildSurface({ version: "0.0.0-test", sources: desk.sources.all().map(({ id }) => id), ...options });
  const server = createServer({ surface, desk: async () => desk });
  const client = new Client({ name: "test", version: "1" });
  const [left, right] = InMemoryTransport.createLinkedPair();
  await server.connect(right as never);
  await client.connect(left);
  return client;
}

/** The text of an answer. */
export function textOf(result: { content?: unknown }): string {
  return (result.content as { type: string; text: string }[]).map((block) => block.text).join("\n");
}
