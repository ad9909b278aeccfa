// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what a source could say to have a variable put in.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ended, runCli } from "./cli.ts";
import { tellFigure } from "./figure.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const CANARY = "kingfisher-4711-of-the-environment";
const ESC = "\u001b";

/** What a title could do to a terminal or to a log that takes lines as lines. */
const ATTACKS = [
  `${ESC}[2J${ESC}[H`,
  `${ESC}[31mred`,
  `${ESC}]0;a title${"\u0007"}`,
  `${ESC}]8;;https://evil.example${ESC}\\a link`,
  `${ESC}]52;c;ZXZpbA==${"\u0007"}`,
  `${ESC}c`,
  `${ESC}P+q544e${ESC}\\`,
  "\u009b31m",
  "one\r\nheadwater: everything is fine",
  'a\n{"level":"warn","event":"forged"}',
  "\b\b\b\bgone",
  "\u202eevil\u202c",
  "\u0000nul",
  "\u000c\u000bform",
  "\u007fdel",
  `${ESC}[?1049h`,
  `${ESC}[6n`,
  `${ESC}#8`,
  `${ESC}[8mhidden`,
  `${ESC}_apc${ESC}\\`,
];
const VARIABLES = ["HEADWATER_CANARY"].flatMap((name) => [
  `\${${name}}`,
  `$${name}`,
  `\${${name}:-x}`,
  `\${${name}:?x}`,
  `$\${${name}}`,
  `env:${name}`,
  `%${name}%`,
  `secret://${name}`,
  `$(printenv ${name})`,
  `\`printenv ${name}\``,
]);

const base = mkdtempSync(join(tmpdir(), "headwater-hostile-"));
const flags = ["--config", join(base, "headwater.yaml"), "--data", join(base, "data")];
const env = { HEADWATER_CANARY: CANARY };
const said: string[] = [];
const logged: string[] = [];

beforeAll(() => {
  mkdirSync(join(base, "notes"));
  let number = 0;
  const put = (title: string, body: string) => {
    number += 1;
    const front = `---\ntitle: ${JSON.stringify(title)}\ntags: [${JSON.stringify(title.slice(0, 30))}]\n---\n`;
    writeFileSync(join(base, "notes", `note ${number}.md`), `${front}The heron number ${number} stood. ${body}\n`);
  };
  for (let round = 0; round < 5; round++) for (const attack of ATTACKS) put(`Weir ${round} ${attack} end`, attack);
  for (let round = 0; round < 5; round++) for (const text of VARIABLES) put(`Gauge ${round} ${text}`, text);
  writeFileSync(
    join(base, "headwater.yaml"),
    `version: 1\nsources:\n  notes: { connector: files, paths: ["${join(base, "notes")}"] }\n`,
  );
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

async function run(...args: string[]): Promise<Ended> {
  const end = await runCli([...args, ...flags], { env });
  said.push(end.out, end.err);
  logged.push(end.err);
  return end;
}

async function throughMcp(): Promise<void> {
  const client = new Client({ name: "hostile", version: "1" });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [CLI, "serve", ...flags],
    env: { PATH: process.env.PATH ?? "", ...env },
    stderr: "pipe",
  });
  transport.stderr?.on("data", (chunk) => said.push(String(chunk)));
  await client.connect(transport);
  for (const [name, args] of [
    ["search", { query: "heron gauge", limit: 50 }],
    ["list_items", { source: "notes" }],
    ["recent_changes", {}],
    ["fetch", { id: "notes/note 101.md" }],
    ["fetch", { id: "notes/note 1.md" }],
  ] as const) {
    const answer = await client.callTool({ name, arguments: args });
    said.push(...(answer.content as { text: string }[]).map(({ text }) => text));
  }
  await client.close();
}

it("titles that take over a terminal, forge log lines or ask for variables do nothing of it", async () => {
  expect((await run("sync", "--log-level", "debug")).code).toBe(0);
  for (const args of [
    ["search", "heron", "--limit", "100"],
    ["search", "gauge", "--limit", "100"],
    ["changes", "--limit", "200"],
  ])
    expect((await run(...args)).code).toBe(0);
  for (const args of [
    ["status"],
    ["history"],
    ["list", "notes"],
    ["list", "notes", "note 1.md"],
    ["failures"],
    ["export"],
  ])
    await run(...args);
  for (let number = 1; number <= 20; number++) await run("fetch", `notes/note ${number}.md`);
  await throughMcp();
  said.push(readFileSync(join(base, "data", "headwater.log"), { encoding: "utf8", flag: "a+" }));
  logged.push(readFileSync(join(base, "data", "headwater.log"), "utf8"));
  const all = said.join("\n");
  expect(all).toContain("Weir 0");
  expect(all).toContain("Gauge 0");
  const outcome = {
    titles: ATTACKS.length * 5,
    controlCharacters: all.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g)?.length ?? 0,
    forgedLines: logged
      .join("\n")
      .split("\n")
      .filter((line) => /^headwater: everything|^\{"level":"warn","event":"forged"/.test(line)).length,
    references: VARIABLES.length * 5,
    expansions: all.split(CANARY).length - 1,
  };
  const must = { controlCharacters: 0, forgedLines: 0, expansions: 0 };
  tellFigure("S22", "titles against terminals and logs, and references in documents", outcome, must);
  expect(outcome).toMatchObject(must);
}, 300_000);
