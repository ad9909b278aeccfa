// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration are written like this.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { findConfig, findDataFolder } from "../../src/sources/find-config.ts";
import { loadConfig } from "../../src/sources/load-config.ts";
import { catalog } from "./demo-connector.ts";

let folder = "";
const put = (path: string, text = "version: 1\n") => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
  return join(folder, path);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-find-"));
});

describe("finding the configuration", () => {
  it("the flag wins over the environment, that over the working folder", () => {
    const [flag, env, project] = [put("flag.yaml"), put("env.yaml"), put("project/headwater.yaml")];
    const cwd = join(folder, "project");
    expect(findConfig({ configPath: flag, env: { HEADWATER_CONFIG: env }, cwd })).toMatchObject({
      path: flag,
      origin: "asked",
    });
    expect(findConfig({ env: { HEADWATER_CONFIG: env }, cwd })).toMatchObject({ path: env, origin: "asked" });
    expect(findConfig({ env: {}, cwd })).toMatchObject({ path: project, origin: "project" });
  });

  it("a file that was named and is not there is an error with the command that makes it", async () => {
    const missing = join(folder, "nope.yaml");
    await expect(loadConfig({ configPath: missing, catalog })).rejects.toMatchObject({
      kind: "config",
      hint: `Create it: headwater init --config "${missing}"`,
    });
  });

  it("the data folder: flag, environment, file", async () => {
    expect(findDataFolder({ dataFolder: "d", env: { HEADWATER_DATA: "/e" }, cwd: "/w" }, "/f")).toBe("/w/d");
    expect(findDataFolder({ env: { HEADWATER_DATA: "/e" } }, "/f")).toBe("/e");
    expect(findDataFolder({ env: {} }, "/f")).toBe("/f");
  });

  it("a file that only lies in the working folder cannot open the server to the network", async () => {
    const text = 'server: { http: { listen: "0.0.0.0:80" } }\n';
    const path = put("headwater.yaml", text);
    await expect(loadConfig({ cwd: folder, env: {}, catalog })).rejects.toThrow(
      "headwater.yaml:1: server.http.listen cannot be set by a headwater.yaml that was only found in the working folder.",
    );
    expect((await loadConfig({ configPath: path, env: {}, catalog })).server.http.listen).toBe("0.0.0.0:80");
  });

  it("how much one answer may hold is a choice with a default", async () => {
    const path = put("r.yaml", "limits: { resultTokens: 20000 }\n");
    expect((await loadConfig({ configPath: path, env: {}, catalog })).resultTokens).toBe(20_000);
    expect((await loadConfig({ configPath: put("none.yaml", ""), env: {}, catalog })).resultTokens).toBe(8000);
  });

  it("tokens of the server compare but do not print", async () => {
    const path = put("t.yaml", "server: { http: { token: '${TOKEN}', tokens: [{ name: a, token: '${TOKEN}' }] } }\n");
    const config = await loadConfig({ configPath: path, env: { TOKEN: "canary-0123456789" }, catalog });
    expect(config.server.http.token).toBe("canary-0123456789");
    expect(config.server.http.tokens[0]?.token).toBe("canary-0123456789");
    expect(JSON.stringify(config)).not.toContain("canary");
  });
});
