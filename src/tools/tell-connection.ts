import type { Server } from "@modelcontextprotocol/server";
import type { ChangeFeed } from "./change-feed.ts";

/**
 * Sends change notices over one open connection until it closes. `subscribed` answers the addresses that its client
 * subscribed to, or true when the transport itself picks those that the client wants (2026 era, stdio).
 */
export function tellConnection(
  server: Server,
  feed: ChangeFeed,
  subscribed: () => Set<string> | true | undefined,
): void {
  const stop = feed.listen({
    wanted() {
      const wanted = subscribed();
      return wanted === true || (wanted !== undefined && wanted.size > 0);
    },
    notice({ updated, listChanged }) {
      const wanted = subscribed();
      const told = wanted === undefined ? [] : [...updated].filter((uri) => wanted === true || wanted.has(uri));
      for (const uri of told) server.sendResourceUpdated({ uri }).catch(ignored);
      if (listChanged) server.sendResourceListChanged().catch(ignored);
    },
  });
  const before = server.onclose;
  server.onclose = () => {
    stop();
    before?.();
  };
}

/** A connection that went away no longer wants to know. */
function ignored(): void {}
