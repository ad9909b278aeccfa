// biome-ignore-all lint/suspicious/noTemplateCurlyInString: clients write references to variables like this.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { beforeAll, describe, expect, it } from "vitest";
import { Sandbox, writeNotes } from "../sandbox.ts";
import { CLIENT_FILES, type ClientFile, filesIn, readFile as read, type Tree } from "./client-files.ts";

describe("install", () => {
  it("takes the configuration, the data folder and the tenant that are meant along, by their full names", async () => {
    const box = new Sandbox();
    writeNotes(box);
    const config = box.put(
      "Some where/wörk.yaml",
      "version: 1\nsources:\n  notes: { connector: files, paths: ~/Notes }\n",
    );
    const { stderr } = await box.run([
      "install",
      "--client",
      "cursor",
      "--config",
      "Some where/wörk.yaml",
      "--data",
      "d",
    ]);
    expect(stderr).toBe("");
    const { command, args } = (CLIENT_FILES.cursor as ClientFile).start(read(join(box.home, ".cursor/mcp.json")));
    expect(args.slice(1)).toEqual(["serve", "--config", config, "--data", join(box.home, "d")]);
    const client = new Client({ name: "test", version: "1" });
    await client.connect(new StdioClientTransport({ command, args, env: box.env(), cwd: "/", stderr: "ignore" }));
    const answer = await client.callTool({ name: "list_sources", arguments: {} });
    await client.close();
    expect(JSON.stringify(answer)).toContain("notes");
  });

  it("does not hand a folder's own configuration to assistants unless it is named", async () => {
    const box = new Sandbox();
    box.put("headwater.yaml", "version: 1\n");
    const { code, stderr } = await box.run(["install", "--client", "cursor"]);
    expect(code).toBe(2);
    expect(stderr).toContain("headwater install --config ./headwater.yaml");
    expect(existsSync(join(box.home, ".cursor"))).toBe(false);
    expect((await box.run(["install", "--client", "cursor", "--config", "./headwater.yaml"])).code).toBe(0);
  });

  it("goes into all clients that were used here, and into no other", async () => {
    const box = new Sandbox();
    mkdirSync(join(box.home, ".codex"));
    box.put(".cursor/mcp.json", "");
    const { code, stdout } = await box.run(["install", "--all"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Cursor");
    expect(stdout).toContain("Codex");
    expect(
      Object.keys(filesIn(box.home))
        .map((path) => path.slice(box.home.length + 1))
        .sort(),
    ).toEqual([".codex/config.toml", ".cursor/mcp.json", ".cursor/mcp.json.headwater-backup"]);
    await box.run(["uninstall", "--all"]);
    expect(filesIn(box.home)).toEqual({ [join(box.home, ".cursor/mcp.json")]: "" });
  });

  it("asks for a choice where nobody can be asked, and knows near words", async () => {
    const box = new Sandbox();
    expect((await box.run(["install"])).stderr).toContain("No assistant was found");
    mkdirSync(join(box.home, ".codex"));
    expect((await box.run(["install"])).stderr).toContain("headwater install --client codex");
    const { code, stderr } = await box.run(["install", "--client", "cursr"]);
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean "cursor"?');
  });

  it("prints without writing", async () => {
    const box = new Sandbox();
    box.put(".cursor/mcp.json", '{ "mcpServers": {} }');
    const before = filesIn(box.home);
    const { stdout } = await box.run(["install", "--print", "--client", "cursor", "goose", "codex", "jetbrains"]);
    expect(stdout).toContain(`would be added to ${join(box.home, ".cursor/mcp.json")}`);
    expect(stdout).toContain("[mcp_servers.headwater]");
    expect(stdout).toContain("extensions:\n  headwater:\n");
    expect(stdout).toContain("Model Context Protocol (MCP), Add, As JSON");
    expect(filesIn(box.home)).toEqual(before);
  });

  it("leaves a malformed file as it is, says so, and goes on with the others", async () => {
    const box = new Sandbox();
    const broken = box.put(".cursor/mcp.json", '{ "mcpServers": { "a": { } \n');
    const utf16 = join(box.home, ".gemini/settings.json");
    mkdirSync(dirname(utf16));
    writeFileSync(utf16, Buffer.from("\ufeff{}", "utf16le"));
    const { code, stdout, stderr } = await box.run(["install", "--client", "cursor,gemini", "codex"]);
    expect(code).toBe(5);
    expect(stderr).toContain(`Cursor: ${broken} is not valid JSON, so it was left as it is.`);
    expect(stderr).toContain(`${utf16} is not text in UTF-8`);
    expect(stdout).toMatch(/^added {2}Codex/);
    expect(readFileSync(broken, "utf8")).toBe('{ "mcpServers": { "a": { } \n');
    expect(readFileSync(utf16)).toEqual(Buffer.from("\ufeff{}", "utf16le"));
    expect((await box.run(["install", "--client", "cursor"])).code).toBe(1);
  });

  it("keeps a link a link, the mode and other keys of an entry of its own", async () => {
    const box = new Sandbox();
    const real = box.put(
      "dotfiles/cursor.json",
      '{\n  "mcpServers": { "headwater": { "command": "old", "env": { "A": "b" }, "disabled": true } }\n}\n',
    );
    chmodSync(real, 0o640);
    mkdirSync(join(box.home, ".cursor"));
    const link = join(box.home, ".cursor/mcp.json");
    symlinkSync("../dotfiles/cursor.json", link);
    expect((await box.json<Tree>(["install", "--client", "cursor"])).clients).toMatchObject([{ outcome: "updated" }]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(statSync(`${real}.headwater-backup`).mode & 0o777).toBe(0o640);
    const { headwater } = read(link).mcpServers;
    expect(headwater).toMatchObject({ env: { A: "b" }, disabled: true, command: process.execPath });
    await box.run(["uninstall"]);
    expect(read(real)).toEqual({ mcpServers: {} });
  });

  it("writes an address for clients that take one, with a token by name only", async () => {
    const box = new Sandbox();
    const http = ["--http", "http://127.0.0.1:7800/mcp", "--token-env", "HW_TOKEN", "--name", "work"];
    const { code, stderr } = await box.run([
      "install",
      "--client",
      "cursor",
      "vscode",
      "codex",
      "goose",
      "junie",
      ...http,
    ]);
    expect(code).toBe(5);
    expect(stderr).toContain("Junie takes no addresses");
    expect(read(join(box.home, ".cursor/mcp.json")).mcpServers.work).toEqual({
      url: "http://127.0.0.1:7800/mcp",
      headers: { Authorization: "Bearer ${env:HW_TOKEN}" },
    });
    expect(read(join(box.home, ".config/Code/User/mcp.json")).servers.work.type).toBe("http");
    expect(read(join(box.home, ".codex/config.toml")).mcp_servers.work).toEqual({
      url: "http://127.0.0.1:7800/mcp",
      bearer_token_env_var: "HW_TOKEN",
    });
    expect(read(join(box.home, ".config/goose/config.yaml")).extensions.work.type).toBe("streamable_http");
  });

  it.each([
    ["http://192.168.1.4:7800/mcp"],
    ["ftp://127.0.0.1/mcp"],
    ["https://user:hunter2@example.net/mcp"],
    ["https://example.net/mcp?token=hunter2"],
    ["javascript:alert(1)"],
  ])("writes no address like %s", async (url) => {
    const box = new Sandbox();
    const { code, stderr } = await box.run(["install", "--client", "cursor", "--http", url]);
    expect(code).toBe(2);
    expect(stderr).not.toContain("hunter2");
    expect(readdirSync(box.home)).toEqual([]);
  });

  it("prints links that hold the command", async () => {
    const { links } = await new Sandbox().json<Tree>(["install", "--links"]);
    const cursor = new URL(links[0].url).searchParams;
    const said = JSON.parse(Buffer.from(cursor.get("config") as string, "base64").toString());
    expect(said.command).toBe(process.execPath);
    expect(JSON.parse(new URL(links[2].url).searchParams.get("config") as string)).toEqual({ type: "stdio", ...said });
  });
});

describe("uninstall", () => {
  it("takes out our entry alone when the file changed since", async () => {
    const box = new Sandbox();
    const path = box.put(".claude.json", '{\n  "numStartups": 3\n}\n');
    await box.run(["install", "--client", "claude-code"]);
    writeFileSync(path, readFileSync(path, "utf8").replace('"numStartups": 3', '"numStartups": 4'));
    const { clients } = await box.json<Tree>(["uninstall"]);
    expect(clients).toMatchObject([{ outcome: "removed", backup: `${path}.headwater-backup` }]);
    expect(readFileSync(path, "utf8")).toBe('{\n  "numStartups": 4\n}\n');
  });

  it.each([
    ["the last one first", ["c", "b", "a"]],
    ["the first one first", ["a", "b", "c"]],
    ["the middle one first", ["b", "a", "c"]],
  ])("gives a file with an empty list of servers back after several names, %s", async (_order, names) => {
    const box = new Sandbox();
    const before = '{\n  "mcpServers": {}\n}\n';
    const path = box.put(".cursor/mcp.json", before);
    for (const name of ["a", "b", "c"]) await box.run(["install", "--client", "cursor", "--name", name]);
    for (const name of names) expect((await box.run(["uninstall", "--name", name])).code).toBe(0);
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(existsSync(`${path}.headwater-backup`)).toBe(false);
  });

  it("has nothing to do twice, and nothing where headwater never was", async () => {
    const box = new Sandbox();
    box.put(".cursor/mcp.json", '{"mcpServers":{"shed":{}}}');
    const { code, stdout } = await box.run(["uninstall"]);
    expect([code, stdout]).toEqual([0, "No assistant's file names headwater.\n"]);
    expect((await box.run(["uninstall", "--client", "cursor"])).stdout).toMatch(/^was not there/);
  });
});

describe("several programs at one file", () => {
  const box = new Sandbox();
  const path = join(box.home, ".cursor/mcp.json");
  const OTHER = { command: "npx", args: ["-y", "somebody-elses-server"] };
  beforeAll(() => void box.put(".cursor/mcp.json", `${JSON.stringify({ mcpServers: { other: OTHER } }, null, 2)}\n`));

  it("lose nothing: each of ten commands at once leaves its entry", async () => {
    const names = Array.from({ length: 10 }, (_, at) => `hw-${at}`);
    const outcomes = await Promise.all(names.map((name) => box.run(["install", "--client", "cursor", "--name", name])));
    expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(names.map(() => [0, ""]));
    expect(Object.keys(read(path).mcpServers).sort()).toEqual([...names, "other"]);
    await Promise.all(names.map((name) => box.run(["uninstall", "--name", name])));
    expect(read(path).mcpServers).toEqual({ other: OTHER });
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith("-lock") || name.endsWith("-new"))).toEqual([]);
  });

  it("writes no file that its owner made read-only", async () => {
    const own = new Sandbox();
    const file = own.put(".cursor/mcp.json", "{}");
    chmodSync(file, 0o444);
    const { code, stderr } = await own.run(["install", "--client", "cursor"]);
    expect(code).toBe(1);
    expect(stderr).toContain("is not yours to write");
    expect(readFileSync(file, "utf8")).toBe("{}");
  });
});
