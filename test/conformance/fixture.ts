import { completable, createRequestStateCodec, McpServer, ResourceTemplate } from "@modelcontextprotocol/server";
import { z } from "zod";
import { registerContentTools } from "./content-tools.ts";
import { registerInputTools } from "./input-tools.ts";
import { PIXEL } from "./samples.ts";

const states = createRequestStateCodec<string>({ key: "conformance-fixture-key-of-enough-bytes" });

/** What the fixture tells its door about: its lists are said to have changed. */
export interface FixtureEvents {
  toolsChanged(): void;
  promptsChanged(): void;
}

/**
 * The `test_*` names that the official conformance suite asks for, so that every scenario can run on our serving code.
 * Written from the requirements that the scenarios print (version 0.2.0-alpha.12, read 2026-11-21).
 */
export function buildFixture(events: FixtureEvents): McpServer {
  const server = new McpServer(
    { name: "conformance-fixture", version: "1.0.0" },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        completions: {},
        logging: {},
      },
      requestState: { verify: states.verify },
    },
  );
  registerContentTools(server, events);
  registerInputTools(server, states);
  registerResources(server);
  registerPrompts(server);
  return server;
}

function registerResources(server: McpServer): void {
  const text = "This is the content of the static text resource.";
  server.registerResource(
    "static-text",
    "test://static-text",
    { description: "Text", mimeType: "text/plain" },
    (uri) => ({
      contents: [{ uri: uri.href, mimeType: "text/plain", text }],
    }),
  );
  server.registerResource(
    "static-binary",
    "test://static-binary",
    { description: "A pixel", mimeType: "image/png" },
    (uri) => ({
      contents: [{ uri: uri.href, mimeType: "image/png", blob: PIXEL }],
    }),
  );
  server.registerResource(
    "watched",
    "test://watched-resource",
    { description: "Watched", mimeType: "text/plain" },
    (uri) => ({
      contents: [{ uri: uri.href, mimeType: "text/plain", text: "Watched content." }],
    }),
  );
  server.registerResource(
    "template",
    new ResourceTemplate("test://template/{id}/data", { list: undefined }),
    { description: "Data by id", mimeType: "application/json" },
    (uri, { id }) => {
      const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
      return { contents: [{ uri: uri.href, mimeType: "application/json", text: data }] };
    },
  );
  const watched = new Set<string>();
  server.server.setRequestHandler("resources/subscribe", ({ params }) => {
    watched.add(params.uri);
    return {};
  });
  server.server.setRequestHandler("resources/unsubscribe", ({ params }) => {
    watched.delete(params.uri);
    return {};
  });
}

function registerPrompts(server: McpServer): void {
  const user = (text: string) => ({ role: "user" as const, content: { type: "text" as const, text } });
  server.registerPrompt("test_simple_prompt", { description: "Without arguments" }, () => ({
    messages: [user("This is a simple prompt for testing.")],
  }));
  const cities = completable(z.string(), (value) =>
    ["paris", "park", "party"].filter((city) => city.startsWith(value)),
  );
  server.registerPrompt(
    "test_prompt_with_arguments",
    { description: "With two arguments", argsSchema: z.object({ arg1: cities, arg2: z.string() }) },
    ({ arg1, arg2 }) => ({ messages: [user(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  );
  server.registerPrompt(
    "test_prompt_with_embedded_resource",
    { description: "With a resource", argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) => {
      const resource = { uri: resourceUri, mimeType: "text/plain", text: "Embedded resource content for testing." };
      const embedded = { role: "user" as const, content: { type: "resource" as const, resource } };
      return { messages: [embedded, user("Please process the embedded resource above.")] };
    },
  );
  server.registerPrompt("test_prompt_with_image", { description: "With an image" }, () => {
    const image = { role: "user" as const, content: { type: "image" as const, data: PIXEL, mimeType: "image/png" } };
    return { messages: [image, user("Please analyze the image above.")] };
  });
}
