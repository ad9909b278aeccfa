import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectNew, connectOld } from "./clients.ts";
import { call, INITIALIZE, INITIALIZED, RawStdio } from "./raw-stdio.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/server.js", import.meta.url));

let folder: string;
let args: string[];
let server: RawStdio | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-product-"));
  const notes = join(folder, "notes");
  mkdirSync(join(notes, "garten"), { recursive: true });
  writeFileSync(
    join(notes, "garten", "rüben 🌱.md"),
    "# Rüben\n\nThe beetroot was sown under fleece. See [[tools]].\n",
  );
  writeFileSync(join(notes, "tools.md"), "---\naliases: [Werkzeug]\n---\n# Tools\n\nA spade and a fork.\n");
  const config = join(folder, "headwater.yaml");
  writeFileSync(config, `version: 1\nsources:\n  notes: { connector: files, paths: [${notes}] }\n`);
  args = ["--config", config, "--data", join(folder, "data"), "--no-schedule"];
});
afterAll(() => {
  server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe("the built server over a real folder", () => {
  it("syncs, finds, reads and tells what changed over stdio, and leaves cleanly", async () => {
    server = new RawStdio(PROGRAM, {}, args);
    server.send(INITIALIZE, INITIALIZED, call(1, "sync_source", { source: "notes", wait_seconds: 50 }));
    expect((await server.answer(1)).result.structuredContent).toMatchObject({
      state: "succeeded",
      added: 2,
      failed: 0,
    });
    server.send(call(2, "search", { query: "beetroot" }), call(3, "recent_changes"), call(4, "list_sources"));
    const [found] = (await server.answer(2)).result.structuredContent.results;
    expect(found).toMatchObject({ id: "notes/garten/rüben 🌱.md", kind: "note" });
    expect((await server.answer(3)).result.structuredContent.changes).toHaveLength(2);
    expect((await server.answer(4)).result.structuredContent.sources[0]).toMatchObject({ source: "notes", items: 2 });
    server.send(call(5, "fetch", { id: found.id }));
    const item = (await server.answer(5)).result.structuredContent;
    expect(item.text).toContain("The beetroot was sown under fleece.");
    expect(item.related).toMatchObject([{ rel: "links", id: "notes/tools.md" }]);
    server.send({ jsonrpc: "2.0", id: 6, method: "resources/list" });
    const uris = (await server.answer(6)).result.resources.map(({ uri }: { uri: string }) => uri);
    const uri = uris.find((each: string) => each.includes("%F0%9F%8C%B1"));
    server.send({ jsonrpc: "2.0", id: 7, method: "resources/read", params: { uri } });
    expect((await server.answer(7)).result.contents[0].text).toContain("beetroot");
    server.send(call(8, "sync_source", { source: "notes", wait_seconds: 50 }));
    expect((await server.answer(8)).result.structuredContent).toMatchObject({ added: 0, updated: 0, unchanged: 2 });
    expect(await server.leave()).toBe(0);
  });

  it("serves both generations of clients over HTTP from one process", async () => {
    const http = new RawStdio(PROGRAM, {}, [...args, "--http", "127.0.0.1:0", "--legacy-sse"]);
    await expect.poll(() => http.stderr, { timeout: 20_000 }).toContain("/mcp");
    const url = /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(http.stderr)![0];
    const places = [
      () => connectOld({ url }),
      () => connectOld({ sse: url.replace("/mcp", "/sse") }),
      () => connectNew({ url }, "auto"),
    ];
    for (const connect of places) {
      const any = await connect();
      const { results } = (await any.callTool("search", { query: "spade" })).structuredContent;
      expect(results[0].id).toBe("notes/tools.md");
      await any.close();
    }
    const exit = new Promise((resolve) => http.child.once("exit", resolve));
    http.child.kill("SIGTERM");
    expect(await exit).toBe(0);
  });

  it("says in a sentence what is wrong with its configuration and exits with 1", async () => {
    const broken = new RawStdio(PROGRAM, {}, ["--config", join(folder, "none.yaml")]);
    const exit = new Promise((resolve) => broken.child.once("exit", resolve));
    expect(await exit).toBe(1);
    expect(broken.stderr).toContain("none.yaml");
    expect(broken.stderr).not.toMatch(/\n\s+at /);
    expect(broken.lines).toEqual([]);
  });
});
