import type { McpServer } from "@modelcontextprotocol/server";
import { openHttpDoor } from "../../src/server.ts";
import { openHttp } from "../../src/web/http.ts";
import type { Bus } from "../../src/web/room.ts";
import { fakeApp } from "../server/fake-app.ts";
import { buildFixture } from "./fixture.ts";

// Started by run.mjs: serves the fixture and the product on our own serving code and prints their addresses.
const lasting = new Set<McpServer>();
const buses: Bus[] = [];
const events = {
  toolsChanged() {
    for (const server of lasting) server.sendToolListChanged();
    for (const bus of buses) bus.toolsChanged();
  },
  promptsChanged() {
    for (const server of lasting) server.sendPromptListChanged();
    for (const bus of buses) bus.promptsChanged();
  },
};

const fixture = await openHttp({
  host: "127.0.0.1",
  port: 0,
  tokens: [],
  hosts: [],
  origins: [],
  legacySse: false,
  version: "1.0.0",
  onProblem: () => undefined,
  roomOf: () => ({
    factory: () => buildFixture(events),
    lasting() {
      const server = buildFixture(events);
      lasting.add(server);
      server.server.onclose = () => lasting.delete(server);
      return server;
    },
    tell: (bus) => void buses.push(bus),
  }),
});
const product = await openHttpDoor(fakeApp(), { log: () => undefined });
process.stdout.write(`${JSON.stringify({ fixture: fixture.url, product: product.url })}\n`);
process.stdin.resume().once("end", async () => {
  await Promise.all([fixture.close(), product.close()]);
});
