import { setTimeout as sleep } from "node:timers/promises";
import type { CallToolResult, McpServer, ServerContext } from "@modelcontextprotocol/server";
import { fromJsonSchema } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { FixtureEvents } from "./fixture.ts";
import { PIXEL, SILENCE } from "./samples.ts";

const text = (words: string): CallToolResult => ({ content: [{ type: "text", text: words }] });
const image = { type: "image" as const, data: PIXEL, mimeType: "image/png" };
const resource = (uri: string, mimeType: string, words: string) => ({
  type: "resource" as const,
  resource: { uri, mimeType, text: words },
});

/** Tools that answer with each kind of content, log, report progress, fail, and ask the client in the 2025 way. */
export function registerContentTools(server: McpServer, events: FixtureEvents): void {
  const plain = (name: string, run: (context: ServerContext) => CallToolResult | Promise<CallToolResult>) =>
    server.registerTool(name, { description: `Conformance: ${name}` }, run);

  plain("test_simple_text", () => text("This is a simple text response for testing."));
  plain("test_image_content", () => ({ content: [image] }));
  plain("test_audio_content", () => ({ content: [{ type: "audio", data: SILENCE, mimeType: "audio/wav" }] }));
  plain("test_embedded_resource", () => ({
    content: [resource("test://embedded-resource", "text/plain", "This is an embedded resource content.")],
  }));
  plain("test_multiple_content_types", () => ({
    content: [
      { type: "text", text: "Multiple content types test:" },
      image,
      resource("test://mixed-content-resource", "application/json", JSON.stringify({ test: "data", value: 123 })),
    ],
  }));
  plain("test_error_handling", () => {
    throw new Error("This tool intentionally returns an error for testing");
  });
  plain("test_tool_with_logging", logThrice);
  plain("test_logging_tool", logThrice);
  plain("test_tool_with_progress", reportProgress);
  plain("test_trigger_tool_change", () => {
    events.toolsChanged();
    return text("Told that the tools changed.");
  });
  plain("test_trigger_prompt_change", () => {
    events.promptsChanged();
    return text("Told that the prompts changed.");
  });
  server.registerTool(
    "json_schema_2020_12_tool",
    { description: "Tool with JSON Schema 2020-12 features", inputSchema: fromJsonSchema(RICH_SCHEMA) },
    () => text("ok"),
  );
  registerAskingTools(server);
}

const RICH_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object" as const,
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};

async function logThrice({ mcpReq }: ServerContext): Promise<CallToolResult> {
  await mcpReq.log("info", "Tool execution started");
  await sleep(50);
  await mcpReq.log("info", "Tool processing data");
  await sleep(50);
  await mcpReq.log("info", "Tool execution completed");
  return text("Logged.");
}

async function reportProgress({ mcpReq }: ServerContext): Promise<CallToolResult> {
  const progressToken = mcpReq._meta?.progressToken;
  for (const progress of [0, 50, 100]) {
    if (progressToken !== undefined)
      await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total: 100 } });
    await sleep(50);
  }
  return text("Done.");
}

/** Requests of the server to the client, which only the 2025 era has. */
function registerAskingTools(server: McpServer): void {
  server.registerTool(
    "test_sampling",
    { description: "Asks the client's model", inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const messages = [{ role: "user" as const, content: { type: "text" as const, text: prompt } }];
      const { content } = await mcpReq.requestSampling({ messages, maxTokens: 100 });
      const words = Array.isArray(content) ? "" : content.type === "text" ? content.text : "";
      return text(`LLM response: ${words}`);
    },
  );
  const asking = (name: string, message: string, requestedSchema: object) =>
    server.registerTool(name, { description: `Conformance: ${name}` }, async ({ mcpReq }) => {
      const { action, content } = await mcpReq.elicitInput({ message, requestedSchema } as never);
      return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`);
    });
  server.registerTool(
    "test_elicitation",
    { description: "Asks the user", inputSchema: z.object({ message: z.string() }) },
    async ({ message }, { mcpReq }) => {
      const requestedSchema = {
        type: "object" as const,
        properties: {
          username: { type: "string" as const, description: "User's response" },
          email: { type: "string" as const, description: "User's email address" },
        },
        required: ["username", "email"],
      };
      const { action, content } = await mcpReq.elicitInput({ message, requestedSchema });
      return text(`User response: action=${action}, content=${JSON.stringify(content ?? {})}`);
    },
  );
  asking("test_elicitation_sep1034_defaults", "Please review the form", {
    type: "object",
    properties: {
      name: { type: "string", default: "John Doe" },
      age: { type: "integer", default: 30 },
      score: { type: "number", default: 95.5 },
      status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
      verified: { type: "boolean", default: true },
    },
  });
  const options = ["option1", "option2", "option3"];
  const titled = ["First", "Second", "Third"].map((title, index) => ({ const: `value${index + 1}`, title }));
  asking("test_elicitation_sep1330_enums", "Please choose", {
    type: "object",
    properties: {
      untitledSingle: { type: "string", enum: options },
      titledSingle: { type: "string", oneOf: titled },
      legacyEnum: {
        type: "string",
        enum: ["opt1", "opt2", "opt3"],
        enumNames: ["Option One", "Option Two", "Option Three"],
      },
      untitledMulti: { type: "array", items: { type: "string", enum: options } },
      titledMulti: { type: "array", items: { anyOf: titled } },
    },
  });
}
