import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { files } from "../../../src/connectors/files/index.ts";
import { TestWorkplace } from "../../contract/workplace.ts";
import { fill, folderWith } from "./folder.ts";

async function synced(config: Record<string, unknown>): Promise<TestWorkplace> {
  const place = await TestWorkplace.open({ id: "vault", connector: files, config });
  onTestFinished(() => place.close());
  expect((await place.sync("vault")).failures.filter((failure) => failure.kind !== "too_large")).toEqual([]);
  return place;
}

async function idsOf(place: TestWorkplace): Promise<string[]> {
  return [...(await place.stored("vault")).keys()].sort();
}

/** A vault with enough beside what is tested that a few deletions are no cause for doubt. */
const PLENTY = Object.fromEntries(
  Array.from({ length: 60 }, (_, at) => [`Log/day ${at}.md`, `Day ${at} by the river.`]),
);

test("a link still leads to a note that moved, and a dangling one leads to the note that comes", async () => {
  const root = folderWith({
    ...PLENTY,
    ".obsidian/app.json": "{}",
    "Home.md": "[[Bridge]] [[The ferry]] [[later]]",
    "Bridge.md": "x",
    "Ferry.md": "---\naliases: [The ferry]\n---\nx",
  });
  const place = await synced({ paths: root });
  const linked = async () =>
    (await place.store.related("vault", "Home.md", "everything"))
      .filter((one) => one.direction === "out")
      .map((one) => one.item?.id ?? `? ${one.target}`)
      .sort();
  expect(await linked()).toEqual(["? later", "Bridge.md", "Ferry.md"]);
  mkdirSync(join(root, "Works"));
  renameSync(join(root, "Bridge.md"), join(root, "Works/Bridge.md"));
  fill(root, { "Drafts/Later.md": "here I am" });
  expect(await place.sync("vault")).toMatchObject({ state: "succeeded", added: 1, deleted: 0, updated: 1 });
  expect(await linked()).toEqual(["Drafts/Later.md", "Ferry.md", "Works/Bridge.md"]);
  const back = await place.store.related("vault", "Works/Bridge.md", "everything");
  expect(back).toMatchObject([{ direction: "in", item: { id: "Home.md" } }]);
});

test("a file above the cap is found by its name, fails once, and is read once the cap is raised", async () => {
  const root = folderWith({ "small.md": "s", "huge.txt": "word ".repeat(300_000) });
  const place = await synced({ paths: root, maxFileSizeMb: 1 });
  const failures = await place.store.failures({ limit: 10 });
  expect(failures).toMatchObject([{ id: "huge.txt", kind: "too_large" }]);
  expect((await place.engine.fetch("vault/huge.txt")).item.title).toBe("huge.txt");
  expect(
    (await place.store.search({ query: "huge", limit: 5, viewer: "everything" })).hits.map((hit) => hit.id),
  ).toEqual(["huge.txt"]);
  for (let run = 0; run < 4; run++) await place.sync("vault");
  expect(await place.sync("vault")).toMatchObject({ state: "succeeded", failed: 0, added: 0, updated: 0 });
  place.sources.configure("vault", { paths: root, maxFileSizeMb: 2 });
  await place.sync("vault");
  expect((await place.stored("vault")).get("huge.txt")?.text).toMatch(/^(?:word ){299999}word$/);
  expect(await place.store.failures({ limit: 10 })).toEqual([]);
});

test("a drive that is not there, empty or back again costs nothing", async () => {
  const parent = folderWith(Object.fromEntries(Object.entries(PLENTY).map(([path, text]) => [`drive/${path}`, text])));
  const place = await synced({ paths: join(parent, "drive") });
  const all = await idsOf(place);
  renameSync(join(parent, "drive"), join(parent, "unplugged"));
  expect(await place.sync("vault")).toMatchObject({ state: "partial", deleted: 0, failures: [{ kind: "not_found" }] });
  mkdirSync(join(parent, "drive"));
  expect(await place.sync("vault")).toMatchObject({ deleted: 0, held: [{ missing: 60, total: 60 }] });
  expect(await idsOf(place)).toEqual(all);
  rmSync(join(parent, "drive"), { recursive: true });
  renameSync(join(parent, "unplugged"), join(parent, "drive"));
  expect(await place.sync("vault")).toMatchObject({
    state: "succeeded",
    added: 0,
    updated: 0,
    deleted: 0,
    unchanged: 60,
  });
});

test("options that change bring, drop and read again what they should, and nothing else", async () => {
  const root = folderWith({
    ...PLENTY,
    ".obsidian/app.json": "{}",
    "a.md": "---\nmood: calm\n---\n#private words",
    "b.md": "b",
    "p.png": "p",
    ".secret.md": "hidden",
  });
  const place = await synced({ paths: root });
  const others = Object.keys(PLENTY);
  const after = async (options: Record<string, unknown>) => {
    place.sources.configure("vault", { paths: root, ...options });
    await place.sync("vault");
    return (await idsOf(place)).filter((id) => !others.includes(id));
  };
  expect(await after({})).toEqual(["a.md", "b.md", "p.png"]);
  expect(await after({ includeHidden: true })).toEqual([".secret.md", "a.md", "b.md", "p.png"]);
  expect(await after({ includeAttachments: false })).toEqual(["a.md", "b.md"]);
  expect(await after({ excludeTags: ["private"] })).toEqual(["b.md", "p.png"]);
  expect(await after({ parseFrontmatter: false })).toEqual(["a.md", "b.md", "p.png"]);
  expect((await place.stored("vault")).get("a.md")?.text).toBe("---\nmood: calm\n---\n#private words");
  expect(await after({})).toEqual(["a.md", "b.md", "p.png"]);
  expect((await place.stored("vault")).get("a.md")?.text).toBe("#private words");
});

test("a note that gets an excluded tag leaves with the next sync", async () => {
  const root = folderWith({ ...PLENTY, "a.md": "words" });
  const place = await synced({ paths: root, excludeTags: ["private"] });
  expect(await idsOf(place)).toContain("a.md");
  fill(root, { "a.md": "words, now #private" });
  expect(await place.sync("vault")).toMatchObject({ deleted: 1 });
  expect(await idsOf(place)).not.toContain("a.md");
});
