import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ConnectorError } from "../../src/model/index.ts";
import { expectAsStored } from "../golden/as-stored.ts";
import { answersWorld } from "./answers-world.ts";
import { connect, textOf } from "./connect.ts";

/** What an assistant reads of every tool, in each format and each error, kept as files to be read by people. */
const FOLDER = fileURLToPath(new URL("../golden/tools/answers", import.meta.url));

type Call = [tool: string, args: Record<string, unknown>];

const CALLS: Record<string, Call[]> = {
  search: [
    ["search", { query: "beetroot" }],
    ["search", { query: "beetroot", response_format: "detailed" }],
    ["search", { query: "drops" }],
    ["search", { query: "zeppelin" }],
    ["search", { query: "beetroot", live: true }],
    ["search", {}],
    ["search", { query: "beetroot", limit: 0, kinds: "note" }],
    ["search", { query: "beetroot", sorces: ["notes"] }],
    ["search", { query: "beetroot", sources: ["noets"] }],
    ["search", { query: "beetroot", since: "last spring" }],
  ],
  fetch: [
    ["fetch", { id: "notes/garden/plan.md" }],
    ["fetch", { id: "notes/garden/plan.md", response_format: "concise" }],
    ["fetch", { id: "work/gates#7" }],
    ["fetch", { id: "work/gates#7", offset: 700 }],
    ["fetch", { id: "notes/levels.csv", response_format: "concise" }],
    ["fetch", { id: "notes/levels.csv", line: 60, max_chars: 200 }],
    ["fetch", { id: "notes/handbook.md", response_format: "concise" }],
    ["fetch", { id: "notes/handbook.md", line: 40, max_chars: 300 }],
    ["fetch", { id: "notes/photo.jpg" }],
    ["fetch", { id: "notes/odd.md" }],
    ["fetch", { id: "notes/none.md" }],
    ["fetch", { id: "notes/garden/plan.md", line: 99 }],
  ],
  list_sources: [["list_sources", {}]],
  list_items: [
    ["list_items", { source: "notes" }],
    ["list_items", { source: "notes", parent: "garden" }],
    ["list_items", { source: "work", parent: "gates#7", stored: true, limit: 2 }],
    ["list_items", { source: "shelf" }],
    ["list_items", { source: "shelf", stored: true }],
    ["list_items", { source: "noets" }],
  ],
  recent_changes: [
    ["recent_changes", { limit: 4 }],
    ["recent_changes", { limit: 2, cursor: "4", response_format: "detailed" }],
    ["recent_changes", { sources: ["shelf"] }],
    ["recent_changes", { cursor: "nonsense" }],
  ],
  test_source: [
    ["test_source", { source: "notes" }],
    ["test_source", { source: "work" }],
    ["test_source", { source: "mail" }],
  ],
  sync_source: [
    ["sync_source", { source: "notes" }],
    ["sync_source", { source: "mail", wait_seconds: 0 }],
    ["sync_source", { source: "notes", mode: "everything" }],
  ],
  sync_status: [
    ["sync_status", {}],
    ["sync_status", { source: "work" }],
    ["sync_status", { sync_id: "run_unknown" }],
  ],
  cancel_sync: [
    ["cancel_sync", { sync_id: "run_of_mail" }],
    ["cancel_sync", { sync_id: "run_of_work" }],
    ["cancel_sync", { sync_id: "run_unknown" }],
  ],
};

const READ = [
  "headwater://sources",
  "headwater://work",
  "headwater://notes/items",
  "headwater://work/gates%237",
  "headwater://notes/levels.csv?offset=1000",
];

function expectGolden(name: string, actual: string): void {
  expectAsStored(`${FOLDER}/${name}.md`, actual);
}

/** What differs from run to run. */
function steady(text: string): string {
  return text
    .replace(/(untrusted-|«| )[0-9a-f]{10}\b(?=[ >»]|,|$| from=)/gm, "$1MARK")
    .replace(/«[0-9a-f]{10}/g, "«MARK")
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "SYNC-ID")
    .replace(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z(?=")/g, (time) => (isRecent(time) ? "NOW" : time))
    .replace(/\b20\d\d-\d\d-\d\d( \d\d:\d\dZ)?/g, (time) => (isRecent(time.replace(" ", "T")) ? "NOW" : time));
}

/** The last eight days: what the tools count from, and what the world did "just now". */
function isRecent(time: string): boolean {
  return Math.abs(Date.now() - Date.parse(time)) < 8 * 86_400_000;
}

describe("what an assistant reads of", () => {
  it.each(Object.entries(CALLS))("%s is as stored", async (name, calls) => {
    const client = await connect(await answersWorld());
    const told: string[] = [`# ${name}`];
    for (const [tool, args] of calls) {
      const result = await client.callTool({ name: tool, arguments: args });
      const text = textOf(result);
      const structured = result.structuredContent;
      told.push(`## ${JSON.stringify(args)}${result.isError ? " (error)" : ""}`);
      if (text.startsWith("{")) {
        expect(JSON.parse(text)).toEqual(structured);
        told.push(`\`\`\`json\n${JSON.stringify(structured, null, 2)}\n\`\`\``);
      } else {
        told.push(text);
        if (structured) told.push(`\`\`\`json\n${JSON.stringify(structured)}\n\`\`\``);
      }
    }
    expectGolden(name, `${steady(told.join("\n\n"))}\n`);
  });

  it("the resources is as stored", async () => {
    const client = await connect(await answersWorld());
    const told: string[] = ["# Resources"];
    for (const uri of READ) {
      const { contents } = await client.readResource({ uri });
      told.push(`## ${uri}`, (contents[0] as { text: string }).text);
    }
    expectGolden("resources", `${steady(told.join("\n\n"))}\n`);
  });

  it("every stored answer belongs to a tool", () => {
    const names = [...Object.keys(CALLS), "resources"].map((name) => `${name}.md`);
    expect(readdirSync(FOLDER).sort()).toEqual(names.sort());
  });

  it("a source that could not be asked is told with its reason", async () => {
    const desk = await answersWorld();
    desk.engine.searchLive = () =>
      Promise.reject(new ConnectorError("rate_limited", "GitHub asked to wait until 14:02.", {}));
    const asking = await connect(desk);
    const result = await asking.callTool({
      name: "search",
      arguments: { query: "beetroot", sources: ["work"], live: true },
    });
    expect((result.structuredContent as { note: string }).note).toContain(
      "work could not be asked, its stored copy was searched: GitHub asked to wait until 14:02",
    );
  });
});
