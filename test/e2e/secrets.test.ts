import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ended, startCli } from "../proof/cli.ts";
import { tellFigure } from "../proof/figure.ts";
import { GithubTwin } from "../twins/github/github-twin.ts";
import { indiscreet, MANNERS } from "./indiscreet.ts";
import { SecretWatch } from "./secret-watch.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const LONGEST_RUN_MS = 20_000;

let base: string;
let twin: GithubTwin;
let closing: (() => Promise<void>)[] = [];
let sources: string[] = [];
/** Four canaries of each source: forty in all. */
const watch = new SecretWatch();
const { canaries, seen } = watch;
const environment: Record<string, string> = {};

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "headwater-secrets-"));
  twin = await GithubTwin.open();
  await twin.seed();
  const services = new Map([["honest", twin.origin]]);
  for (const [name, manner] of Object.entries(MANNERS)) {
    const service = await indiscreet(manner);
    services.set(name, service.url);
    closing.push(service.close);
  }
  sources = [...services.keys()];
  const entries = [...services].map(([name, url]) => [name, entryOf(name, url)]);
  writeFileSync(join(base, "headwater.yaml"), JSON.stringify({ version: 1, sources: Object.fromEntries(entries) }));
});

afterAll(async () => {
  for (const close of closing) await close();
  closing = [];
  await twin.close();
  rmSync(base, { recursive: true, force: true });
});

/** A source whose four credentials are named in every way that a configuration can name them. */
function entryOf(name: string, url: string): Record<string, unknown> {
  const token = name === "honest" ? watch.keep(twin.token.value) : fresh(`ghp_${name}`);
  const [webhook, client] = [fresh("hook"), fresh("client")];
  const key = fresh("-----BEGIN PRIVATE KEY-----\nMIIEvQ");
  environment[variable(name, "TOKEN")] = token;
  environment[variable(name, "HOOK")] = webhook;
  environment[variable(name, "KEY")] = key;
  const file = join(base, `${name}.secret`);
  writeFileSync(file, `${client}\n`);
  chmodSync(file, 0o600);
  return {
    connector: "github",
    baseUrl: url,
    allowPrivateNetwork: true,
    repositories: ["millrace/handbook"],
    accessToken: `\${${variable(name, "TOKEN")}}`,
    webhookSecret: `env:${variable(name, "HOOK")}`,
    clientId: "Iv1.0123456789abcdef",
    clientSecret: `file:${file}`,
    privateKey: `\${${variable(name, "KEY")}:?the key of the app}`,
  };
}

function variable(name: string, what: string): string {
  return `CANARY_${name.toUpperCase()}_${what}`;
}

function fresh(start: string): string {
  return watch.keep(`${start}${randomBytes(18).toString("hex")}`);
}

async function headwater(...args: string[]): Promise<Ended> {
  const folder = ["--config", join(base, "headwater.yaml"), "--data", join(base, "data")];
  const run = startCli([...args, ...folder], { env: environment });
  const looks = setInterval(() => watch.seeProcesses(), 100);
  const late = setTimeout(() => run.process.kill("SIGINT"), LONGEST_RUN_MS);
  const ended = await run.ended;
  clearInterval(looks);
  clearTimeout(late);
  seen.set(`stdout of headwater ${args.join(" ")}`, ended.out);
  seen.set(`stderr of headwater ${args.join(" ")}`, ended.err);
  return ended;
}

function pairs(names: readonly string[]): string[][] {
  return names.flatMap((_, at) => (at % 2 === 0 ? [names.slice(at, at + 2)] : []));
}

async function throughMcp(): Promise<void> {
  const args = [CLI, "serve", "--config", join(base, "headwater.yaml"), "--data", join(base, "data"), "--debug"];
  const env = { PATH: process.env.PATH ?? "", ...environment };
  const transport = new StdioClientTransport({ command: process.execPath, args, env, stderr: "pipe" });
  let log = "";
  transport.stderr?.on("data", (chunk) => {
    log += chunk;
  });
  const client = new Client({ name: "canary", version: "1" });
  await client.connect(transport);
  const tell = async (what: string, answer: Promise<unknown>) =>
    seen.set(`MCP ${what}`, JSON.stringify(await answer.catch((error) => String(error))));
  await tell("tools", client.listTools());
  await tell("resources", client.listResources());
  const limit = { timeout: LONGEST_RUN_MS };
  const call = (name: string, given: Record<string, unknown>) =>
    tell(`${name} ${JSON.stringify(given)}`, client.callTool({ name, arguments: given }, limit));
  await call("list_sources", {});
  await call("search", { query: "gauge ghp token" });
  await call("recent_changes", {});
  await Promise.all(
    sources.flatMap((source) => [
      call("test_source", { source }),
      call("sync_source", { source }),
      call("list_items", { source }),
      call("fetch", { id: `${source}/1000005#1`, live: true }),
      tell(`resource ${source}`, client.readResource({ uri: `headwater://${source}` })),
    ]),
  );
  for (const source of sources) await call("sync_status", { source });
  await client.close();
  seen.set("log of the server", log);
}

it("forty secrets pass through every command, tool, log and file, and are seen nowhere", async () => {
  expect(canaries).toHaveLength(40);
  await headwater("config", "validate");
  await headwater("sources");
  await headwater("sources", "--json");
  await headwater("doctor");
  await headwater("test", ...sources, "--debug");
  await headwater("sync", ...sources, "--debug", "--json");
  // Each of these takes one source; the assistant below asks the same of all.
  for (const two of pairs(sources))
    await Promise.all(
      two.flatMap((source) => [
        headwater("list", source, "--debug"),
        headwater("fetch", `${source}/1000005#1`, "--live", "--debug"),
      ]),
    );
  for (const command of ["status", "history", "failures", "changes"]) await headwater(command);
  await headwater("search", "gauge", "--json");
  await headwater("export", "--format", "ndjson");
  await throughMcp();
  await headwater("backup", join(base, "kept.tar.gz"));
  const kept = gunzipSync(readFileSync(join(base, "kept.tar.gz"))).toString("latin1");
  expect(kept).toContain("stores/default.db");
  seen.set("the backup", kept);
  watch.seeFiles(join(base, "data"));
  const all = [...seen.values()].join("\n");
  expect(all).toContain("Gauge reading"); // the honest source was read, so there was something to see
  expect([...seen.keys()].some((key) => key.startsWith("process list"))).toBe(true);
  const figures = { canaries: canaries.length, places: seen.size, leaks: watch.leaks().length };
  tellFigure("S11", "secrets through every command, tool, log, backup and file", figures, { canaries: 40, leaks: 0 });
  expect(watch.leaks()).toEqual([]);
}, 600_000);

it("a leak would have been found", () => {
  seen.set("a careless log", `authorization: Bearer ${canaries[0]}`);
  expect(watch.leaks()).toEqual(["secret 0 in a careless log"]);
});
