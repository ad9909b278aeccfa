import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { beforeAll, describe, expect, it } from "vitest";
import { stageBundle } from "../../scripts/bundle.mjs";
import { writeNotices } from "../../scripts/package/notices.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PACKAGE = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const [MAJOR = 0, MINOR = 0] = process.versions.node.split(".").map(Number);
/** Node brings SQLite itself from here on. */
const HAS_SQLITE = MAJOR > 22 || (MAJOR === 22 && MINOR >= 13);

interface Packed {
  filename: string;
  files: { path: string }[];
}

const folder = mkdtempSync(join(tmpdir(), "headwater-package-"));
const home = join(folder, "home");
let env: Record<string, string>;

beforeAll(() => {
  mkdirSync(join(home, "Notes", ".obsidian"), { recursive: true });
  writeFileSync(join(home, "Notes", "Wehr 🐟.md"), "# Weir\n\nThe eel pass opens in April.\n");
  env = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_DATA_HOME: join(home, ".data"),
  };
});

async function connected(command: string, args: string[], more: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(
    new StdioClientTransport({ command, args, env: { ...env, ...more }, cwd: "/", stderr: "ignore" }),
  );
  return client;
}

/** Asks until the first sync, which begins by itself, has brought the note. */
async function found(client: Client, query: string): Promise<string> {
  for (;;) {
    const answer = JSON.stringify(await client.callTool({ name: "search", arguments: { query } }));
    if (answer.includes("Wehr")) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe("the package", () => {
  const app = join(folder, "app");
  const bin = join(app, "node_modules", ".bin", "headwater");
  let files: string[];

  beforeAll(() => {
    const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
      cwd: ROOT,
    });
    // npm 11 answers a list, npm 12 a map by name.
    const [{ filename, files: listed }] = Object.values(JSON.parse(packed.toString())) as [Packed];
    files = listed.map(({ path }) => path);
    mkdirSync(app);
    writeFileSync(join(app, "package.json"), "{}");
    const flags = [
      "--offline",
      "--ignore-scripts",
      "--omit=optional",
      "--no-audit",
      "--no-fund",
      "--cache",
      join(folder, "cache"),
    ];
    execFileSync("npm", ["install", ...flags, join(folder, filename)], { cwd: app, stdio: "pipe" });
  });

  it("holds what runs and what is read, and nothing else", () => {
    const needed = ["cli", "server", "desktop", "store/sqlite/writer-thread", "extract/thread"].map(
      (entry) => `dist/${entry}.js`,
    );
    for (const path of [...needed, "dist/THIRD-PARTY-NOTICES.txt", "LICENSE", "README.md", "examples/headwater.yaml"])
      expect(files).toContain(path);
    expect(
      files.filter(
        (path) => !/^(dist\/.+\.(js|txt)|examples\/|docs\/.+\.md$|LICENSE$|README\.md$|package\.json$)/.test(path),
      ),
    ).toEqual([]);
  });

  it("installs without the network, without scripts and without another package", () => {
    expect(readdirSync(join(app, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["headwater"]);
    expect(execFileSync(bin, ["--version"], { env }).toString()).toBe(`${PACKAGE.version}\n`);
  });

  it.runIf(HAS_SQLITE)("finds the first note, and serves an assistant, with Node's own SQLite", async () => {
    execFileSync(bin, ["init", "--yes"], { env, stdio: "pipe" });
    expect(execFileSync(bin, ["search", "eel pass"], { env }).toString()).toContain("Wehr 🐟");
    execFileSync(bin, ["install", "--client", "cursor"], { env, stdio: "pipe" });
    const { command, args } = JSON.parse(readFileSync(join(home, ".cursor", "mcp.json"), "utf8")).mcpServers.headwater;
    const client = await connected(command, args);
    expect(await found(client, "eel pass")).toContain("April");
    await client.close();
  });

  it.runIf(HAS_SQLITE)("reads a PDF, a spreadsheet and a mail of the sample without another package", () => {
    const config = ["--config", join(home, "demo.yaml"), "--data", join(home, "demo")];
    execFileSync(bin, ["init", "--demo", ...config], { env, stdio: "pipe" });
    const answer = JSON.parse(
      execFileSync(bin, ["search", "second instalment", "--json", ...config], { env }).toString(),
    );
    expect(JSON.stringify(answer)).toContain(".pdf");
  });

  it.skipIf(HAS_SQLITE)("says in a sentence what to do where nothing brings SQLite", () => {
    const { status, stderr } = spawnSync(bin, ["init", "--yes"], { env, encoding: "utf8" });
    expect(status).toBe(7);
    expect(stderr).toContain("No SQLite driver loads in Node 20");
    expect(stderr).toContain("Use Node 22.13 or newer");
    expect(stderr).not.toContain("    at ");
  });
});

describe("the desktop bundle", () => {
  const bundle = join(folder, "bundle");
  beforeAll(() => stageBundle(bundle));

  /** What a desktop program starts once a person has filled the settings: variables of settings left empty stay as they are. */
  function started(settings: Record<string, string | string[]>) {
    const { mcp_config: config } = JSON.parse(readFileSync(join(bundle, "manifest.json"), "utf8")).server;
    const fill = (text: string) =>
      text.replace(/\$\{(\w+)(?:\.(\w+))?\}/g, (whole, name, key) =>
        name === "__dirname" ? bundle : String(settings[key] ?? whole),
      );
    const args = (config.args as string[]).flatMap((arg) => {
      const list = settings[/^\$\{user_config\.(\w+)\}$/.exec(arg)?.[1] ?? ""];
      return Array.isArray(list) ? list : [fill(arg)];
    });
    const filled = Object.entries(config.env as Record<string, string>).map(([key, text]) => [key, fill(text)]);
    return connected(process.execPath, args, Object.fromEntries(filled));
  }

  it("lists its tools with all settings left empty", async () => {
    const client = await started({});
    expect((await client.listTools()).tools.map((tool) => tool.name)).toContain("search");
    await client.close();
  });

  it.runIf(HAS_SQLITE)("indexes the folders that were chosen and finds what is in them", async () => {
    mkdirSync(join(folder, "other", "Notes"), { recursive: true });
    const client = await started({ folders: [join(home, "Notes"), join(folder, "other", "Notes")] });
    expect(await found(client, "eel pass")).toContain("April");
    const sources = JSON.stringify(await client.callTool({ name: "list_sources", arguments: {} }));
    expect(sources).toContain("notes-2");
    await client.close();
  });

  it("serves a configuration of the person's own, and takes GitHub repositories with and without a token", async () => {
    const config = join(home, "mine.yaml");
    writeFileSync(config, `version: 1\nsources:\n  diary: { connector: files, paths: [${join(home, "Notes")}] }\n`);
    const mine = await started({ config, folders: [home] });
    const completion = {
      ref: { type: "ref/resource", uri: "headwater://{source}/{+id}" },
      argument: { name: "source", value: "d" },
    };
    expect(JSON.stringify(await mine.complete(completion as never))).toContain("diary");
    await mine.close();
    const github = await started({ github_repositories: "acme/docs, acme/pumps", github_token: "ghp_canary" });
    expect((await github.listTools()).tools.length).toBeGreaterThan(5);
    await github.close();
    const written = readFileSync(join(home, ".data", "headwater", "desktop", "headwater.yaml"), "utf8");
    expect(written).toContain("acme/pumps");
    expect(written).not.toContain("ghp_canary");
  });

  it("brings no native module and asks for none", () => {
    const all = readdirSync(bundle, { recursive: true }).map(String);
    expect(all.filter((path) => path.endsWith(".node") || path.includes("node_modules"))).toEqual([]);
  });
});

describe("what is said about the package elsewhere", () => {
  it("is the same in the registry's file", () => {
    const server = JSON.parse(readFileSync(join(ROOT, "server.json"), "utf8"));
    expect(server).toMatchObject({
      name: PACKAGE.mcpName,
      version: PACKAGE.version,
      packages: [{ identifier: PACKAGE.name, version: PACKAGE.version }],
    });
    expect(server.description.length).toBeLessThanOrEqual(100);
    expect(server.name).toMatch(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/);
  });

  it("is the same in the image's file: it copies what exists and runs as nobody's root", () => {
    const lines = readFileSync(join(ROOT, "Dockerfile"), "utf8").split("\n");
    const copied = lines.filter((line) => line.startsWith("COPY ") && !line.includes("--from"));
    for (const path of copied.flatMap((line) => line.split(/\s+/).slice(1, -1)))
      expect(existsSync(join(ROOT, path)), path).toBe(true);
    expect(lines.findLast((line) => line.startsWith("USER "))).toBe("USER node");
  });
});

describe("the notices", () => {
  it("stop the build at a licence that nobody has reviewed", () => {
    const odd = { name: "odd", version: "1.0.0", license: "SSPL-1.0", folder, author: "" };
    expect(() => writeNotices([odd], join(folder, "notices.txt"))).toThrow(/odd@1\.0\.0 \(SSPL-1\.0\)/);
    expect(existsSync(join(folder, "notices.txt"))).toBe(false);
  });

  it("name each package in the bundle with its text", () => {
    const text = readFileSync(join(ROOT, "dist", "THIRD-PARTY-NOTICES.txt"), "utf8");
    for (const name of ["zod", "undici", "unpdf", "yaml"]) expect(text).toMatch(new RegExp(`^${name} \\d`, "m"));
    expect(text).toContain("Permission is hereby granted");
  });
});
