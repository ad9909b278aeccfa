import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WithMeaning } from "../../src/sync/meaning.ts";
import type { World } from "../store/search-world.ts";
import type { EmbeddingTwin } from "./embedding-twin.ts";
import { type MeaningWorld, openMeaningWorld } from "./meaning-world.ts";

const MISS = {
  source: "vault",
  id: "near-miss.md",
  title: "Near miss",
  text: "Síle slipped off the sill, and was cold.",
};
const VAN = { source: "vault", id: "van.md", title: "The van", text: "MOT in March; the tyres are new. 🚐" };
const SOUP = { source: "vault", id: "soup.md", title: "Pot soup", text: "Barley, leeks, no celery." };

describe("search by meaning", () => {
  let all: MeaningWorld;
  let twin: EmbeddingTwin;
  let folder: string;
  let world: World;
  let warnings: string[];

  beforeEach(async () => {
    all = await openMeaningWorld();
    ({ twin, folder, world, warnings } = all);
    await world.write(MISS, VAN, SOUP);
  });
  afterEach(() => all.close());

  const open = (settings?: object) => all.open(settings);
  const read = (meant: WithMeaning) => all.read(meant);
  const ids = (meant: WithMeaning, query: string, more?: object) => all.ids(meant, query, more);

  for (const [api, path] of [
    ["ollama", ""],
    ["openai", "/v1"],
  ] as const) {
    test(`what is said in other words is found, asked as ${api} is asked`, async () => {
      const meant = open({ api, url: twin.url + path, apiKey: "sk-not-a-real-key" });
      expect(await ids(meant, "accident")).toEqual([]);
      await read(meant);
      expect((await ids(meant, "accident"))[0]).toBe("near-miss.md");
      expect((await ids(meant, "vehicle inspection"))[0]).toBe("van.md");
      expect(meant.meaning.state()).toEqual({ items: 3, of: 3 });
      expect(new Set(twin.credentials)).toEqual(new Set(["Bearer sk-not-a-real-key"]));
      expect(warnings).toEqual([]);
    });
  }

  test("words still decide where they are met, and a quoted phrase is never answered by what lacks it", async () => {
    const meant = await read(open());
    expect((await ids(meant, "van tyres"))[0]).toBe("van.md");
    expect(await ids(meant, '"an accident"')).toEqual([]);
  });

  test("a text is read once; after an edit it is read again, and the vectors of what is gone go too", async () => {
    const meant = await read(open());
    expect(twin.texts).toHaveLength(3);
    await read(meant);
    expect(twin.texts).toHaveLength(3);
    await world.write({ ...SOUP, text: "A bandage for the cook." });
    await world.remove("vault", "van.md");
    expect(await ids(meant, "vehicle")).not.toContain("van.md");
    await read(meant);
    expect(twin.texts.filter((text) => text.startsWith("Pot soup"))).toHaveLength(2);
    expect(meant.meaning.state()).toEqual({ items: 2, of: 2 });
    expect((await ids(meant, "medical"))[0]).toBe("soup.md");
  });

  test("filters and access hold for what the meaning brings", async () => {
    await world.write({ ...MISS, source: "diary", id: "mine", access: { allow: ["user:ada@example.org"], deny: [] } });
    const meant = await read(open());
    const viewer = { principals: ["user:bob@example.org"] };
    expect(await ids(meant, "accident", { viewer })).not.toContain("mine");
    expect(await ids(meant, "accident", { sources: ["diary"] })).toEqual(["mine"]);
    await world.lose("diary", "mine");
    expect(await ids(meant, "accident", { sources: ["diary"] })).toEqual([]);
  });

  test("filters and lists of newest are no questions: they are not sent, and their order is their own", async () => {
    const meant = await read(open());
    const before = await world.ids("source:vault");
    twin.texts.length = 0;
    expect(await ids(meant, "source:vault")).toEqual(before);
    expect(twin.texts).toEqual([]);
    await ids(meant, "accident source:vault kind:note -celery");
    expect(twin.texts).toEqual(["accident"]);
  });

  test("a narrow filter gets the nearest of what is inside, however much outside is nearer", async () => {
    const near = Array.from({ length: 60 }, (_, at) => ({ ...MISS, id: `fall-${at}`, text: "Fell. Slipped. A miss." }));
    const mine = { ...SOUP, source: "diary", id: "mine", text: "I fell on the stairs of the old library in Galway." };
    const own = { allow: ["user:ada@example.org" as const], deny: [] };
    await world.write(...near.map((each) => ({ ...each, access: own })), mine);
    const meant = await read(open());
    expect((await ids(meant, "accident"))[0]).toMatch(/^fall-/);
    expect(await ids(meant, "accident", { sources: ["diary"] })).toEqual(["mine"]);
    expect(await ids(meant, "accident source:diary")).toEqual(["mine"]);
    expect(await ids(meant, "accident -source:vault")).toEqual(["mine"]);
    const bob = await ids(meant, "accident", { viewer: { principals: ["user:bob@example.org"] } });
    expect(bob).toContain("mine");
    expect(bob.filter((id) => id.startsWith("fall-"))).toEqual([]);
    const ada = await ids(meant, "accident", { viewer: { principals: ["user:ada@example.org"] } });
    expect(ada[0]).toMatch(/^fall-/);
  });

  test("what holds the words stays ahead of what is only near, and a name or an id leads whatever is near", async () => {
    await world.write(
      { source: "vault", id: "accidents.md", title: "Accident book", text: "Where the accident is written down." },
      { source: "vault", id: "ACC-7", title: "Wet floor", text: "Mop after rain." },
      { source: "vault", id: "van-two.md", title: "Second", text: "ACC-7 was the van." },
    );
    const meant = await read(open());
    expect((await ids(meant, "accident"))[0]).toBe("accidents.md");
    expect((await ids(meant, "ACC-7"))[0]).toBe("ACC-7");
    expect((await ids(meant, "accident near miss"))[0]).toBe("near-miss.md");
  });

  test("another model reads everything again, also one that only has the name of the old", async () => {
    await read(open());
    const other = await read(open({ model: "large" }));
    expect(twin.texts).toHaveLength(6);
    twin.length = 32;
    await world.write({ ...SOUP, text: "Now with celery." });
    await read(other);
    await read(other);
    expect(other.meaning.state()).toEqual({ items: 3, of: 3 });
    expect((await ids(other, "car"))[0]).toBe("van.md");
  });

  test("a busy service is asked again", async () => {
    twin.mood = "busy once";
    const meant = await read(open());
    expect(meant.meaning.state()).toEqual({ items: 3, of: 3 });
  });

  test.each(["refusing", "uneven", "short"] as const)(
    "a service that is %s causes no error but a word in the status",
    async (mood) => {
      twin.mood = mood;
      const meant = await read(open({ batch: 4 }));
      await world.write({ ...SOUP, id: "long.md", text: "leek ".repeat(900) });
      await read(meant);
      expect(await ids(meant, "celery")).toEqual(["soup.md"]);
      expect(meant.meaning.state().problem).toMatch(/embeddings/);
      expect(warnings).toContain("embeddings.stopped");
      twin.mood = "well";
      await read(meant);
      expect(meant.meaning.state()).toEqual({ items: 4, of: 4 });
    },
  );

  test("a service that is down or does not answer costs the meaning, never the answer, and is not waited for again", async () => {
    const meant = await read(open());
    twin.mood = "slow";
    expect(await ids(meant, "celery")).toEqual(["soup.md"]);
    expect(warnings).toEqual(["embeddings.unasked"]);
    await ids(meant, "leeks");
    expect(warnings).toEqual(["embeddings.unasked"]);
  });

  test("a question is asked once: nobody waits while a service that hangs up is asked again", async () => {
    const meant = await read(open());
    const before = twin.credentials.length;
    twin.mood = "down";
    expect(await ids(meant, "celery")).toEqual(["soup.md"]);
    expect(twin.credentials.length).toBe(before + 1);
    expect(meant.meaning.state().problem).not.toMatch(/within 2 seconds/);
  });

  test("the vectors are for this user alone, and a file that is none is made again", async () => {
    await read(open());
    const file = join(folder, "test.vectors");
    expect(existsSync(file)).toBe(true);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
