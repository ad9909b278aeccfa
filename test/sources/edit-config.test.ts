import { lstatSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configSchema } from "../../src/sources/config-schema.ts";
import { addSource, newConfigText, setOption, writeConfig } from "../../src/sources/edit-config.ts";
import { demo } from "./demo-connector.ts";
import { saysOf } from "./says.ts";

const WRITTEN = `# Our river notes. Ask Tomasz before changing this.
version: 1

sources:
  # the vault everybody writes in
  vault:
    connector: demo   # not the archive
    paths:
      - /srv/vault   # mounted at boot
    include: ["**/*.md"]

sync: { every: 10m } # often enough
`;

describe("editing the configuration", () => {
  it("a new source leaves every other entry and comment as it was", () => {
    const next = addSource(WRITTEN, "mail", { connector: "demo", paths: ["/srv/mail"] });
    const words = (text: string) => text.replace(/\s+/g, "");
    for (const line of WRITTEN.split("\n")) expect(words(next)).toContain(words(line));
    expect(next).toContain("  mail:\n    connector: demo\n    paths:\n      - /srv/mail\n");
    expect(next.match(/#/g)).toHaveLength(WRITTEN.match(/#/g)?.length ?? 0);
  });

  it("starts the list of sources in a new file, in an empty one and in one with `sources:` alone", async () => {
    for (const text of [
      newConfigText("/srv/data/headwater.schema.json"),
      "",
      "sources:\n",
      "sources: {}\n",
      "version: 1\nsources: ~ # none yet\n",
    ]) {
      const next = addSource(text, "notes", { connector: "demo", paths: ["/x"] });
      expect(await saysOf(next)).toEqual([]);
      expect(next).toContain("  notes:\n    connector: demo\n");
    }
  });

  it("refuses a name that is taken, and a file it does not understand", () => {
    expect(() => addSource(WRITTEN, "vault", {})).toThrow('There is already a source "vault".');
    expect(() => addSource("sources: [", "vault", {})).toThrow("not valid YAML, so it was not changed");
  });

  it("sets one value and makes the maps on the way", () => {
    expect(setOption("version: 1 # one\n", ["server", "http", "listen"], "127.0.0.1:9000")).toBe(
      "version: 1 # one\nserver:\n  http:\n    listen: 127.0.0.1:9000\n",
    );
  });

  it("replaces the file behind a symbolic link in one step and leaves nothing beside it", () => {
    const folder = mkdtempSync(join(tmpdir(), "headwater-edit-"));
    writeFileSync(join(folder, "real.yaml"), WRITTEN);
    symlinkSync(join(folder, "real.yaml"), join(folder, "headwater.yaml"));
    writeConfig(join(folder, "headwater.yaml"), "version: 1\n");
    expect(lstatSync(join(folder, "headwater.yaml")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "real.yaml"), "utf8")).toBe("version: 1\n");
    expect(readdirSync(folder).sort()).toEqual(["headwater.yaml", "real.yaml"]);
    writeConfig(join(folder, "deep", "new.yaml"), "version: 1\n");
    expect(statSync(join(folder, "deep", "new.yaml")).mode & 0o077).toBe(0);
  });

  it("the first line points editors to the schema", () => {
    expect(newConfigText("/srv/my data/headwater.schema.json").split("\n")[0]).toBe(
      "# yaml-language-server: $schema=file:///srv/my%20data/headwater.schema.json",
    );
  });
});

describe("the schema for editors", () => {
  const schema = JSON.parse(JSON.stringify(configSchema([demo])));

  it("knows the engine's keys and, where a connector is named, its options and no others", () => {
    const entry = schema.properties.sources.additionalProperties;
    expect(entry.properties.connector.enum).toEqual(["demo"]);
    const [demoRule] = entry.allOf;
    expect(demoRule.if.properties.connector.const).toBe("demo");
    expect(demoRule.then.required).toEqual(["paths"]);
    expect(demoRule.then.additionalProperties).toBe(false);
    expect(Object.keys(demoRule.then.properties)).toEqual(
      expect.arrayContaining(["paths", "apiToken", "every", "limits", "connector"]),
    );
  });

  it("every key of the file and every option has a description", () => {
    const bare: string[] = [];
    const walk = (node: Record<string, Record<string, unknown>>, path: string) => {
      for (const [key, value] of Object.entries(node ?? {})) {
        if (!value.description) bare.push(`${path}${key}`);
        walk(value.properties as never, `${path}${key}.`);
      }
    };
    walk(schema.properties, "");
    walk(schema.properties.sources.additionalProperties.properties, "source.");
    walk(schema.properties.sources.additionalProperties.allOf[0].then.properties, "demo.");
    expect(bare).toEqual([]);
  });

  it("carries none of our own marks, and tells how to write a credential", () => {
    expect(JSON.stringify(schema)).not.toMatch(/"(secret|localPath|effect|expected)":/);
    expect(schema.properties.server.properties.http.properties.token.description).toContain("env:VARIABLE");
  });
});
