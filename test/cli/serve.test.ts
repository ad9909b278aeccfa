// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration are written like this.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { outcomeOf, Sandbox, writeNotes } from "./sandbox.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const CANARY = "canary-7f3a9c51d2e84b60";
const box = new Sandbox();

beforeAll(async () => {
  writeNotes(box);
  box.put(
    "headwater.yaml",
    "sources:\n  notes: { connector: files, paths: [Notes], tags: ['${WORD:-plain}'] }\nserver: { http: { token: '${HTTP_TOKEN}' } }\n",
  );
});

function serve(lines: object[]) {
  const child = spawn(process.execPath, [CLI, "serve", "--log-level", "debug"], {
    cwd: box.home,
    env: box.env({ HTTP_TOKEN: CANARY }),
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = outcomeOf(child);
  for (const line of lines) child.stdin.write(`${JSON.stringify(line)}\n`);
  return { child, ended };
}

describe("serve", () => {
  it("answers a client over stdio, writes nothing but protocol to stdout, and ends when the client leaves", async () => {
    const { child, ended } = serve([
      {
        jsonrpc: "2.0",
        id: 1,
        method: "initialize",
        params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
      },
      { jsonrpc: "2.0", method: "notifications/initialized" },
      { jsonrpc: "2.0", id: 2, method: "tools/list", params: {} },
    ]);
    let seen = "";
    child.stdout.on("data", (chunk) => {
      seen += chunk;
      if (seen.includes('"id":2')) child.stdin.end();
    });
    const { code, stdout, stderr } = await ended;
    const messages = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { id?: number; result?: { tools?: { name: string }[] } });
    expect(messages.find((message) => message.id === 2)?.result?.tools?.map((tool) => tool.name)).toContain("search");
    expect(code).toBe(0);
    for (const line of stderr.split("\n").filter(Boolean)) expect(JSON.parse(line)).toHaveProperty("event");
  });

  it("an address open to others without a token is refused with the configuration's exit code", async () => {
    const bare = new Sandbox();
    const config = bare.put("h.yaml", "sources: {}\n");
    const { code, stderr } = await bare.run(["serve", "--http", "0.0.0.0:0", "--config", config]);
    expect(code).toBe(3);
    expect(stderr).toContain("token");
  });
});

describe("a credential of the configuration", () => {
  it("appears in no answer, no log line and no file of ours", async () => {
    const env = { HTTP_TOKEN: CANARY, WORD: "spring" };
    let said = "";
    for (const line of [
      "sync --debug",
      "sync --json --log-level debug",
      "sources",
      "sources --json",
      "status --json",
      "config validate --json",
      "doctor",
      "doctor --json",
      "search weir --json",
      `search ${CANARY} --debug`,
      "export",
      `fetch notes/${CANARY} --debug`,
    ]) {
      const { stdout, stderr } = await box.run(line.split(" "), env);
      said += stdout + stderr;
    }
    const data = join(box.home, ".data");
    for (const name of readdirSync(data, { recursive: true, encoding: "utf8" })) {
      said += /\.(db|db-wal|json|log)$/.test(name) ? readFileSync(join(data, name), "latin1") : "";
    }
    expect(said).toContain("Tanner's Weir");
    expect(said).toContain("spring");
    expect(said).not.toContain(CANARY);
  });
});
