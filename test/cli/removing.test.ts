import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { startEmbeddingTwin } from "../sync/embedding-twin.ts";
import { Sandbox } from "./sandbox.ts";

let box: Sandbox;

/** Each of these starts a dozen processes. */
const PATIENCE_MS = 120_000;

const CONFIG = `# what I keep
version: 1
sources:
  garden: { connector: files, paths: Garden } # beds and pots
  work: { connector: files, paths: Work, every: 1h }
`;
const found = async (...args: string[]) => {
  const { hits } = await box.json<{ hits: { ref: string }[] }>(["search", "medlar", ...args]);
  return hits.map(({ ref }) => ref);
};

beforeEach(async () => {
  box = new Sandbox();
  box.put("Garden/Medlar.md", "# Medlar\n\nThe medlar 🌱 is picked after the first frost. See [[Salaries]].\n");
  box.put("Work/Salaries.md", "# Salaries\n\nThe medlar project pays 61,200.\n");
  box.put("headwater.yaml", CONFIG);
  expect((await box.run(["sync"])).code).toBe(0);
  expect((await found()).sort()).toEqual(["garden/Medlar.md", "work/Salaries.md"]);
}, PATIENCE_MS);

describe("a source that is no longer wanted", { timeout: PATIENCE_MS }, () => {
  it("taken out of the configuration by hand, is not searched, listed or exported any more, and can be forgotten", async () => {
    box.put("headwater.yaml", CONFIG.replace(/ {2}work.*\n/, ""));
    expect(await found()).toEqual(["garden/Medlar.md"]);
    for (const command of [["changes"], ["export"], ["failures"], ["fetch", "garden/Medlar.md"]])
      expect(JSON.stringify(await box.run(command)), command[0]).not.toMatch(/61,200|work\/Salaries/);
    expect((await box.run(["fetch", "work/Salaries.md"])).code).toBe(1);

    expect((await box.run(["status"])).stdout).toContain(
      "work  1 item of a source that is not in this configuration, so it is not searched. Forget it: headwater reset work",
    );
    expect(await box.json(["reset", "work", "--yes"])).toEqual({ source: "work", removed: 1 });
    expect((await box.run(["status"])).stdout).not.toContain("work");
    expect((await box.run(["reset", "work", "--yes"])).stderr).toContain('There is no source "work"');
  });

  it("taken out of the configuration, is not read for search by meaning", async () => {
    const twin = await startEmbeddingTwin();
    const meaning = `embeddings: { url: "${twin.url}", model: small }\n`;
    box.put("headwater.yaml", CONFIG.replace(/ {2}work.*\n/, "") + meaning);
    expect((await box.run(["sync", "--config", "headwater.yaml"])).code).toBe(0);
    await twin.close();
    const sent = twin.texts.join("\n");
    expect(sent).toContain("after the first frost");
    expect(sent).not.toContain("61,200");
  });

  it("of a configuration with nothing stored yet, finds nothing of the others in the same folder", async () => {
    box.put("other.yaml", "version: 1\nsources:\n  new: { connector: files, paths: [Work] }\n");
    expect(await found("--config", "other.yaml")).toEqual([]);
    expect((await box.run(["sync", "--config", "other.yaml"])).code).toBe(0);
    expect(await found("--config", "other.yaml")).toEqual(["new/Salaries.md"]);
  });

  it("remove takes it out of the file and the copy, after --yes, and leaves everything else as it was", async () => {
    const asked = await box.run(["remove", "work"]);
    expect(asked).toMatchObject({ code: 2 });
    expect(asked.stderr).toContain("work with its 1 item out of the local copy");
    expect(asked.stderr).toContain("headwater remove work --yes");
    expect(readFileSync(join(box.home, "headwater.yaml"), "utf8")).toBe(CONFIG);

    const { code, stdout } = await box.run(["remove", "work", "--yes"]);
    expect(code).toBe(0);
    expect(stdout).toContain("and its 1 item from the local copy");
    expect(readFileSync(join(box.home, "headwater.yaml"), "utf8")).toBe(CONFIG.replace(/ {2}work.*\n/, ""));
    expect(await found()).toEqual(["garden/Medlar.md"]);
    expect(await box.run(["remove", "wrok", "--yes"])).toMatchObject({ code: 2 });
  });

  it("remove says where the credential still is", async () => {
    box.put(
      "headwater.yaml",
      "sources:\n  gh: { connector: github, accessToken: secret://github, repositories: [acme/docs] }\n",
    );
    const { stdout } = await box.run(["remove", "gh", "--yes"]);
    expect(stdout).toContain("Its credential is still kept: headwater secrets rm github");
    expect(readFileSync(join(box.home, "headwater.yaml"), "utf8")).not.toContain("gh");
  });
});
