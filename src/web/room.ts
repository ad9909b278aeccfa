import type { McpServer, McpServerFactory, Server } from "@modelcontextprotocol/server";

/** Where change notices of a 2026-era handler go. */
export interface Bus {
  /** True while somebody listens. */
  wanted(): boolean;
  updated(uri: string): void;
  listChanged(): void;
  toolsChanged(): void;
  promptsChanged(): void;
}

/** What one identity is served: built once, used by every leg. */
export interface Room {
  /** A server for one request. */
  readonly factory: McpServerFactory;
  /** A server for a connection that lasts: it also sends change notices until it is closed. */
  lasting(): McpServer | Server;
  /** Sends change notices to the bus until the door closes. */
  tell(bus: Bus): void;
}
