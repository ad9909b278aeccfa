import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

/** Which rooms a room may import, and which packages where that is limited. The table of the house. */
const MAY: Record<string, { rooms: string[]; packages?: string[] }> = {
  "package-root": { rooms: [], packages: [] },
  model: { rooms: [], packages: ["zod"] },
  store: { rooms: ["model", "package-root"] },
  extract: { rooms: ["model", "package-root"] },
  "connectors/kit": { rooms: ["model", "extract"], packages: ["zod", "undici", "ipaddr.js", "p-limit", "jose"] },
  "connectors/index": { rooms: ["connectors/kit", "connectors/*"], packages: [] },
  "connectors/*": { rooms: ["connectors/kit"] },
  sources: { rooms: ["model", "connectors/kit", "connectors/index", "store"] },
  sync: { rooms: ["model", "connectors/kit", "sources", "store", "extract"] },
  tools: { rooms: ["model", "sources", "sync", "store"] },
  web: { rooms: ["model", "sources", "sync", "store", "tools"] },
  app: { rooms: ["*"] },
  server: { rooms: ["*"] },
  desktop: { rooms: ["*"] },
  cli: { rooms: ["*"] },
};

/** A connector speaks through the kit alone. */
const FORBIDDEN_IN_CONNECTORS = ["undici", "node:http", "node:https", "node:net"];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : entry.name.endsWith(".ts") ? [path] : [];
  });
}

/** The room a path of src/ lies in. */
function roomOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  if (first !== "connectors") return first.replace(/\.ts$/, "");
  return second === "index.ts" ? "connectors/index" : second === "kit" ? "connectors/kit" : `connectors/${second}`;
}

function importsOf(file: string): Import[] {
  const from = relative(SRC, file);
  const code = readFileSync(file, "utf8");
  const found = code.matchAll(
    /^\s*(?:import|export)\s+(type\s)?[^;"']*?from\s+["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)|^import\s+["']([^"']+)["']/gm,
  );
  return [...found].map((match) => ({
    from,
    typeOnly: match[1] !== undefined,
    to: target(file, (match[2] ?? match[3] ?? match[4]) as string),
  }));
}

function target(file: string, written: string): string {
  return written.startsWith(".") ? relative(SRC, resolve(dirname(file), written)) : written;
}

function isOurs(to: string): boolean {
  return to.endsWith(".ts");
}

const ALL = sources(SRC).flatMap(importsOf);

function ruleOf(room: string) {
  return MAY[room] ?? (room.startsWith("connectors/") ? MAY["connectors/*"] : undefined);
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  const rooms = ruleOf(from)?.rooms ?? [];
  if (rooms.includes("*") || rooms.includes(to)) return true;
  return rooms.includes("connectors/*") && to.startsWith("connectors/");
}

describe("the house", () => {
  it("has a rule for every room", () => {
    const rooms = new Set(sources(SRC).map((file) => roomOf(relative(SRC, file))));
    expect([...rooms].filter((room) => ruleOf(room) === undefined)).toEqual([]);
  });

  it("lets no room import upward", () => {
    const wrong = ALL.filter((one) => isOurs(one.to) && !mayImport(roomOf(one.from), roomOf(one.to))).map(
      (one) => `${one.from}: \`${roomOf(one.from)}\` may not import \`${roomOf(one.to)}\``,
    );
    expect(wrong).toEqual([]);
  });

  it("lets nothing import the app or a door", () => {
    const doors = ["app", "server", "desktop", "cli"];
    const wrong = ALL.filter(
      (one) => isOurs(one.to) && doors.includes(roomOf(one.to)) && !doors.includes(roomOf(one.from)),
    );
    expect(wrong).toEqual([]);
  });

  it("keeps packages out of rooms that do without them", () => {
    const wrong = ALL.filter((one) => {
      if (isOurs(one.to) || one.to.startsWith("node:")) return false;
      const allowed = ruleOf(roomOf(one.from))?.packages;
      return allowed !== undefined && !allowed.includes(one.to);
    }).map((one) => `${one.from} may not import ${one.to}`);
    expect(wrong).toEqual([]);
  });

  it("lets connectors reach the network only through the kit", () => {
    const wrong = ALL.filter(
      (one) => /^connectors\/(?!kit)/.test(one.from) && FORBIDDEN_IN_CONNECTORS.includes(one.to),
    ).map((one) => `${one.from} may not import ${one.to}`);
    expect(wrong).toEqual([]);
  });

  it("has no cycle between files", () => {
    const next = new Map<string, string[]>();
    for (const one of ALL) {
      if (isOurs(one.to) && !one.typeOnly) next.set(one.from, [...(next.get(one.from) ?? []), one.to]);
    }
    expect(firstCycle(next)).toBeUndefined();
  });

  it("writes to the console only in the command line", () => {
    const wrong = sources(SRC)
      .filter((file) => !/^cli(\.ts|\/)/.test(relative(SRC, file)))
      .filter((file) => /\bconsole\.(log|error|warn|info|debug)\(/.test(readFileSync(file, "utf8")))
      .map((file) => relative(SRC, file));
    expect(wrong).toEqual([]);
  });
});

function firstCycle(next: Map<string, string[]>): string[] | undefined {
  const finished = new Set<string>();
  const visit = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    for (const other of next.get(file) ?? []) {
      const cycle = visit(other, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
