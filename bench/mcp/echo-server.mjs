// The anchor: the smallest server that SDK v2 makes, with one tool that answers with what it was started with.
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

const answer = process.env.ECHO ? JSON.parse(process.env.ECHO) : { echo: "" };
const inputSchema = z.object({ query: z.string() });
const outputSchema = z.looseObject({});

function build() {
  const server = new McpServer({ name: "echo", version: "1.0.0" });
  server.registerTool("search", { description: "Echo", inputSchema, outputSchema }, async () => ({
    content: [{ type: "text", text: JSON.stringify(answer) }],
    structuredContent: answer,
  }));
  return server;
}

if (process.argv[2] === "http") {
  const { createServer } = await import("node:http");
  const { toNodeHandler } = await import("@modelcontextprotocol/node");
  const handler = toNodeHandler(createMcpHandler(build));
  const server = createServer((request, response) => handler(request, response));
  server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}/mcp\n`));
} else serveStdio(build);
