import type { JSONRPCMessage, McpServerFactory } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio as serveOverStdio } from "@modelcontextprotocol/server/stdio";
import { guardStdout } from "./stdout-guard.ts";

/** Longest line that is read, in bytes; above it the connection is closed. */
const LONGEST_LINE = 10_000_000;

export interface StdioDoor {
  /** Settles when the client closed stdin, stopped reading, or `close` was called. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

export interface StdioOptions {
  /** A diagnostic for the log, one line. */
  onProblem(message: string): void;
  /** A client of the 2026 era opened a stream for change notices. */
  onListen?(): void;
}

/** Serves MCP over stdin and stdout, both eras; afterwards stdout belongs to the protocol alone. */
export function openStdio(factory: McpServerFactory, { onProblem, onListen }: StdioOptions): StdioDoor {
  const transport = new StdioServerTransport(process.stdin, guardStdout(), { maxBufferSize: LONGEST_LINE });
  const handle = serveOverStdio(factory, { transport, onerror: (error) => onProblem(error.message) });
  const { onmessage, onclose } = transport;
  transport.onmessage = (message: JSONRPCMessage) => {
    if ("method" in message && message.method === "subscriptions/listen") onListen?.();
    onmessage?.(message);
  };
  const closed = new Promise<void>((resolve) => {
    transport.onclose = () => {
      onclose?.();
      resolve();
    };
  });
  return { closed, close: () => handle.close() };
}
