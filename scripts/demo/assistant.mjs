// The assistant's side: a real MCP client that starts the server as a desktop application would.
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

/** Starts `command args…` as an MCP server and connects to it. What it logs is kept for the case of a failure. */
export async function connectAssistant(command, args) {
  const transport = new StdioClientTransport({ command, args, stderr: "pipe", env: process.env });
  const log = [];
  transport.stderr?.on("data", (chunk) => log.push(String(chunk)));
  const client = new Client({ name: "headwater-demo", version: "1" });
  try {
    await client.connect(transport);
  } catch (error) {
    throw new Error(`the MCP server did not answer (${error.message}). It said: ${log.join("").trim() || "nothing"}`);
  }
  return {
    server: client.getServerVersion(),
    async tools() {
      return (await client.listTools()).tools;
    },
    /** Calls a tool; answers its structured content and how long it took. */
    async call(name, args, onprogress) {
      const started = performance.now();
      const result = await client.callTool({ name, arguments: args }, { onprogress });
      const ms = Math.max(1, Math.round(performance.now() - started));
      if (result.isError) throw new Error(`the tool ${name} answered: ${result.content[0]?.text ?? "nothing"}`);
      return { answer: result.structuredContent, ms };
    },
    close: () => client.close(),
  };
}

/** Takes away the marks that tell an assistant where a source's own words begin and end. */
export function unmarked(text) {
  return text.replace(/«[0-9a-f]{10} | [0-9a-f]{10}»/g, "").trim();
}
