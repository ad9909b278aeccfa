import { createServer } from "../../src/tools/create-server.ts";
import type { Desk } from "../../src/tools/desk.ts";
import { buildSurface } from "../../src/tools/surface.ts";
import { openHttp } from "../../src/web/http.ts";
import { openStdio } from "../../src/web/stdio.ts";

// All of headwater's serving over a store that answers at once: what is left of a call is our own share.
const hits = Array.from({ length: Number(process.env.HITS ?? 10) }, (_, index) => ({
  source: "notes",
  id: `river/log-${index}.md`,
  kind: "note",
  title: `River log ${index}`,
  url: `file:///vault/river/log-${index}.md`,
  container: "river",
  authors: ["user:ada@example.org"],
  tags: ["river"],
  updatedAt: "2026-03-02T08:00:00.000Z",
  snippet: {
    text: "The **river** rose in the night and stood a hand below the mill door at six. ".repeat(2),
    offset: 120,
  },
  score: 1,
  matched: "all" as const,
}));
const understood = { words: ["river"], phrases: [], ignored: [], filters: {}, hints: [] };
const limits = { itemBytes: 1, runSeconds: 1, fullPassHours: 1 };
const sources = Array.from({ length: 24 }, (_, index) => `source-${index}`);
const entries = sources.map((id) => ({
  id,
  connectorId: "files",
  settings: { enabled: true, tenant: "default", tags: [], limits },
  written: {},
}));
const desk: Desk = {
  tenant: "default",
  viewer: "everything",
  version: "0.0.0",
  resultTokens: 8000,
  sources: {
    all: () => entries,
    get: (id: string) => entries.find((entry) => entry.id === id),
  } as unknown as Desk["sources"],
  engine: { onChange: () => () => undefined } as unknown as Desk["engine"],
  store: {
    search: async () => ({ hits, understood }),
    stats: async () => [],
    containers: async () => [{ id: "river", name: "River" }],
    changes: async () => ({ changes: [], lastSeq: 0 }),
  } as unknown as Desk["store"],
};

const surface = buildSurface({ version: "0.0.0", sources });
const factory = () => createServer({ surface, desk: async () => desk });
if (process.argv[2] === "http") {
  const door = await openHttp({
    host: "127.0.0.1",
    port: 0,
    tokens: [],
    hosts: [],
    origins: [],
    legacySse: false,
    version: "0.0.0",
    onProblem: () => undefined,
    roomOf: () => ({ factory, lasting: factory, tell: () => undefined }),
  });
  process.stdout.write(`${door.url}\n`);
} else openStdio(factory, { onProblem: () => undefined });
