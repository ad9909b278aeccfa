import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tellFigure } from "./figure.ts";

/** Reliability S19. */
const root = fileURLToPath(new URL("../..", import.meta.url));
const NOISE = join(root, "test/proof/noisy.mjs");
const CALLS = [
  { name: "search", arguments: { query: "heron" } },
  { name: "sync_source", arguments: { source: "notes" } },
  { name: "list_items", arguments: { source: "notes" } },
  { name: "test_source", arguments: { source: "notes" } },
  { name: "fetch", arguments: { id: "notes/weir.md" } },
];

const base = mkdtempSync(join(tmpdir(), "headwater-stdout-"));
const notes = join(base, "notes");
const config = join(base, "headwater.yaml");

beforeAll(() => {
  mkdirSync(notes);
  writeFileSync(join(notes, "weir.md"), "# Weir\n\nThe heron stood below the weir.\n");
  writeFileSync(join(notes, "ledger.html"), "<h1>Ledger</h1><p>The mill paid for the sluice.</p>");
  writeFileSync(config, `version: 1\nsources:\n  notes: { connector: files, paths: ["${notes}"] }\n`);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Heard {
  /** Answers by their number. */
  answers: number;
  /** Bytes of stdout that belong to no message of the protocol. */
  foreign: number;
  /** Packages that spoke, as standard error has them. */
  packages: Set<string>;
  noises: number;
}

/** A session with a program in which every package talks all the time. */
async function session(program: string, args: string[]): Promise<Heard> {
  const child = spawn(process.execPath, ["--import", NOISE, join(root, "dist", program), ...args], {
    cwd: "/",
    env: { PATH: process.env.PATH ?? "", HOME: base, XDG_DATA_HOME: join(base, "home") },
  });
  const out: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  let err = "";
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk;
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  await answered(child, out, frame(0, "initialize", INTRODUCTION));
  write(child, { jsonrpc: "2.0", method: "notifications/initialized" });
  for (const [at, call] of CALLS.entries()) await answered(child, out, frame(at + 1, "tools/call", call));
  child.stdin.end();
  await ended;
  const spoke = [...err.matchAll(/NOISE (\S+) was loaded/g)].map((match) => match[1] as string);
  return { ...read(Buffer.concat(out)), packages: new Set(spoke), noises: err.split("NOISE").length - 1 };
}

const INTRODUCTION = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "ear", version: "1" } };

const frame = (id: number, method: string, params: object) => ({ jsonrpc: "2.0", id, method, params });

function write(child: ChildProcessWithoutNullStreams, message: object): void {
  child.stdin.write(`${JSON.stringify(message)}\n`);
}

async function answered(
  child: ChildProcessWithoutNullStreams,
  out: Buffer[],
  message: { id: number } & object,
): Promise<void> {
  write(child, message);
  while (!Buffer.concat(out).includes(`"id":${message.id}}`)) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Holds every line against the protocol. */
function read(out: Buffer): { answers: number; foreign: number } {
  const told = { answers: 0, foreign: 0 };
  for (const line of out.toString().split("\n").slice(0, -1)) {
    const message = parsed(line);
    if (message?.jsonrpc !== "2.0") told.foreign += Buffer.byteLength(line) + 1;
    else if (message.result !== undefined) told.answers += 1;
  }
  const rest = out.subarray(out.lastIndexOf("\n") + 1).length;
  return { ...told, foreign: told.foreign + rest };
}

function parsed(line: string): { jsonrpc?: unknown; result?: unknown } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

it.each([
  ["the server", "cli.js", ["serve", "--config", config, "--data", join(base, "data")]],
  ["the desktop extension", "desktop.js", [notes, `--config=${config}`]],
])(
  "%s says nothing on stdout but the protocol, however much its packages talk",
  async (what, program, args) => {
    const { answers, foreign, packages, noises } = await session(program, args);
    const figures = { packages: packages.size, noises, answers, foreignBytes: foreign };
    const must = { packages: { least: 12 }, answers: CALLS.length + 1, foreignBytes: 0 };
    tellFigure("S19", `packages that talk to standard output inside ${what}`, figures, must);
    expect(figures).toMatchObject({ answers: CALLS.length + 1, foreignBytes: 0 });
    expect(packages.size).toBeGreaterThanOrEqual(12);
    expect(noises).toBeGreaterThan(packages.size * 3);
  },
  60_000,
);
