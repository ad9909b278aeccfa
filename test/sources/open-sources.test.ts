import { mkdtempSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/sources/load-config.ts";
import { openSources } from "../../src/sources/open-sources.ts";
import { maskSecrets } from "../../src/sources/secret.ts";
import { catalog } from "./demo-connector.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {} };

async function load(text: string, env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "headwater-config-"));
  const configPath = join(folder, "headwater.yaml");
  writeFileSync(configPath, text);
  return { folder, config: await loadConfig({ configPath, env, catalog }) };
}

const TWO = `version: 1
data: ./state
sync: { every: 10m }
sources:
  notes:
    connector: demo
    paths: [./notes, ~/Documents]
    apiToken: \${DEMO_TOKEN}
    since: 2024-02-01
    limits: { itemBytes: 3MB }
  archive:
    connector: demo
    paths: [/srv/archive]
    every: off
    tenant: acme
    tags: [old]
`;

describe("open sources", () => {
  it("gives the connector its options parsed, paths absolute and the credential opened", async () => {
    const { folder, config } = await load(TWO, { DEMO_TOKEN: "tok-canary-4711" });
    const sources = openSources(config, "default", { log, catalog });
    const source = await sources.open("notes");
    expect(source.config.paths).toEqual([join(folder, "notes"), join(homedir(), "Documents")]);
    expect(source.config.apiToken).toBe("tok-canary-4711");
    expect(source.context(new AbortController().signal).api.token).toBe("tok-canary-4711");
    expect(await sources.open("notes")).toBe(source);
    await sources.close();
  });

  it("keeps durations and sizes in the unit of their name and falls back to the file's own defaults", async () => {
    const { folder, config } = await load(TWO, { DEMO_TOKEN: "x".repeat(20) });
    const [notes, archive] = config.sources.map((source) => source.entry.settings);
    expect(notes).toMatchObject({ everyMs: 600_000, since: "2024-02-01T00:00:00.000Z" });
    expect(notes?.limits).toEqual({ itemBytes: 3_000_000, runSeconds: 900, fullPassHours: 24 });
    expect(archive).toMatchObject({ tenant: "acme", tags: ["old"] });
    expect(archive?.everyMs).toBeUndefined();
    expect(config.dataFolder).toBe(join(folder, "state"));
  });

  it("takes a source's own times before those for all: cron in place of every, zone and window beside both", async () => {
    const { config } = await load(`sync: { schedule: { cron: "0 6 * * *", timezone: Europe/Berlin } }
sources:
  plain: { connector: demo, paths: [/a] }
  often: { connector: demo, paths: [/a], every: 5m, schedule: { window: "22:00-06:00" } }
  weekly: { connector: demo, paths: [/a], schedule: { cron: "0 4 * * 1", timezone: UTC } }
`);
    const [plain, often, weekly] = config.sources.map(({ entry, mistakes }) => ({ ...entry.settings, mistakes }));
    expect(plain).toMatchObject({ mistakes: [], schedule: { cron: "0 6 * * *", timezone: "Europe/Berlin" } });
    expect(plain?.everyMs).toBeUndefined();
    expect(often).toMatchObject({ mistakes: [], everyMs: 300_000 });
    expect(often?.schedule).toEqual({ timezone: "Europe/Berlin", window: "22:00-06:00" });
    expect(weekly).toMatchObject({ mistakes: [], schedule: { cron: "0 4 * * 1", timezone: "UTC" } });
  });

  it("shows a tenant only its own sources", async () => {
    const { config } = await load(TWO, { DEMO_TOKEN: "x".repeat(20) });
    const acme = openSources(config, "acme", { log, catalog });
    expect(acme.all().map((entry) => entry.id)).toEqual(["archive"]);
    expect(() => acme.get("notes")).toThrow(/no source "notes"/);
  });

  it("names the nearest source when one is misspelt", async () => {
    const { config } = await load(TWO, { DEMO_TOKEN: "x".repeat(20) });
    const sources = openSources(config, "default", { log, catalog });
    expect(() => sources.get("note")).toThrow('There is no source "note". Did you mean "notes"?');
    await expect(sources.open("ntoes")).rejects.toMatchObject({ kind: "usage" });
  });

  it("keeps values of options beside the cursor, but nothing of a credential", async () => {
    const { config } = await load(TWO, { DEMO_TOKEN: "tok-canary-4711" });
    const { options } = await openSources(config, "default", { log, catalog }).open("notes");
    expect(options.include).toBe('["**/*"]');
    expect(options.maxFileMb).toBe("20");
    expect(options).not.toHaveProperty("apiToken");
    expect(JSON.stringify(options)).not.toContain("4711");
  });

  it("turns a long option into a digest that changes with it", async () => {
    const globs = (extra: string) =>
      `[${Array.from({ length: 400 }, (_, at) => `docs/${at}/**`).join(", ")}, ${extra}]`;
    const text = (extra: string) => `sources: { a: { connector: demo, paths: [/x], include: ${globs(extra)} } }`;
    const digests = await Promise.all(
      ["a", "b", "b"].map(async (extra) => {
        const { config } = await load(text(extra));
        return (await openSources(config, "default", { log, catalog }).open("a")).options.include;
      }),
    );
    expect(digests[0]).toMatch(/^sha256:[0-9a-f]{16}$/);
    expect(digests[0]).not.toBe(digests[1]);
    expect(digests[1]).toBe(digests[2]);
  });

  it("lets the other sources work when one entry has a mistake", async () => {
    const { config } = await load(
      "sources:\n  good: { connector: demo, paths: [/x] }\n  bad: { connector: demo, paths: [/x], inclued: [a] }\n",
    );
    const sources = openSources(config, "default", { log, catalog });
    expect((await sources.open("good")).id).toBe("good");
    await expect(sources.open("bad")).rejects.toThrow('sources.bad.inclued is not known here. Did you mean "include"?');
    expect(config.mistakes).toHaveLength(1);
  });

  it("prints a configuration without any credential", async () => {
    const { config } = await load(TWO, { DEMO_TOKEN: "tok-canary-4711" });
    expect(JSON.stringify(config) + inspect(config, { depth: 20 })).not.toContain("4711");
    expect(config.sources[0]?.entry.written.apiToken).toBe(`\${DEMO_TOKEN}`);
    expect(maskSecrets("Bearer tok-canary-4711!")).toBe("Bearer ***!");
  });

  it("opens nothing twice when two callers ask at once, and tries again after a failure", async () => {
    const { config } = await load("sources: { a: { connector: demo, paths: [/x] } }");
    let calls = 0;
    const { demo } = await import("./demo-connector.ts");
    const flaky = {
      ...demo,
      connect: () => {
        calls += 1;
        if (calls === 1) throw new Error("cable");
        return {};
      },
    };
    const sources = openSources(config, "default", { log, catalog: { demo: async () => flaky } });
    const both = await Promise.allSettled([sources.open("a"), sources.open("a")]);
    expect(both.map((one) => one.status)).toEqual(["rejected", "rejected"]);
    expect(calls).toBe(1);
    expect((await sources.open("a")).id).toBe("a");
  });
});
