import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "../../src/connectors/kit/index.ts";
import { systemClock } from "../../src/sources/clock.ts";
import { loadDriver } from "../../src/store/sqlite/driver.ts";
import type { EmbeddingTwin } from "./embedding-twin.ts";
import { type MeaningWorld, openMeaningWorld } from "./meaning-world.ts";

const LETTERS = Array.from({ length: 40 }, (_, at) => ({
  source: "letters",
  id: `letter-${at}`,
  title: `Letter ${at}`,
  text: `Dear Niamh, the ${["heron", "otter", "curlew", "hare"][at % 4]} was back at the weir this morning. 🦦 ${at}`,
}));

describe("reading texts for search by meaning", () => {
  let all: MeaningWorld;
  let twin: EmbeddingTwin;

  beforeEach(async () => {
    all = await openMeaningWorld();
    ({ twin } = all);
    await all.world.write(...LETTERS);
  });
  afterEach(() => all.close());

  test("short texts share requests", async () => {
    const meant = await all.read(all.open({ batch: 16 }));
    expect(meant.meaning.state()).toEqual({ items: 40, of: 40 });
    expect(twin.texts).toHaveLength(40);
    expect(twin.batches.length).toBeLessThan(15);
    expect(Math.max(...twin.batches)).toBeLessThanOrEqual(16);
  });

  test.each([400, 413, 500])(
    "a text refused with %i as too long is sent shorter, and hinders no other",
    async (refusal) => {
      const long = "The weir, the heron, and nothing else. ".repeat(60);
      await all.world.write({ source: "letters", id: "long", title: "", text: long });
      Object.assign(twin, { mood: "strict", refusal });
      const meant = await all.read(all.open());
      expect(meant.meaning.state()).toEqual({ items: 41, of: 41 });
      expect(Math.max(...twin.texts.map((text) => text.length))).toBeLessThanOrEqual(400);
      expect(all.warnings).toEqual([]);
    },
  );

  test("a text that is refused at any length is passed over and said, and is not sent again", async () => {
    Object.assign(twin, { mood: "strict", longest: 70 });
    const meant = await all.read(all.open());
    expect(meant.meaning.state()).toEqual({ items: 40, of: 40 });
    expect(all.warnings).toEqual(["embeddings.refused"]);
    twin.texts.length = 0;
    await all.read(meant);
    expect(twin.texts).toEqual([]);
  });

  test("a reader that is stopped half way goes on there, in another process too", async () => {
    const first = all.open({ batch: 1 });
    const stopped = new Promise<void>((resolve) => {
      twin.heard = () => {
        if (twin.texts.length === 15) resolve(first.store.close());
      };
    });
    first.begin();
    await stopped;
    const sent = twin.texts.length;
    expect(sent).toBeLessThan(20);
    const second = await all.read(all.open({ batch: 1 }));
    expect(second.meaning.state()).toEqual({ items: 40, of: 40 });
    // What was under way when it stopped is the most that is sent twice.
    expect(twin.texts.length).toBeLessThanOrEqual(41);
  });

  test("what another process reads is left to it; one that died is no hindrance", async () => {
    const meant = all.open();
    const vectors = loadDriver().open(join(all.folder, "test.vectors"));
    const claim = (pid: number) => {
      const reader = { process: "another", host: hostname(), pid, until: Date.now() + 1e6 };
      vectors.prepare("INSERT OR REPLACE INTO about (key, value) VALUES ('reader', ?)").run(JSON.stringify(reader));
    };
    claim(process.ppid);
    await all.read(meant);
    expect(twin.texts).toEqual([]);
    claim(spawnSync(process.execPath, ["-e", ""]).pid);
    vectors.close();
    await all.read(meant);
    expect(meant.meaning.state()).toEqual({ items: 40, of: 40 });
  });

  test("after a failure a question that is answered starts the reading again", async () => {
    let skew = 0;
    const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + skew) };
    twin.mood = "refusing";
    const meant = await all.read(all.open({}, clock));
    expect(meant.meaning.state()).toMatchObject({ items: 0, of: 40, problem: expect.stringMatching(/found nothing/) });
    twin.mood = "well";
    skew = 40_000;
    await all.ids(meant, "otter");
    await meant.meaning.settled();
    expect(meant.meaning.state()).toEqual({ items: 40, of: 40 });
  });

  test("what is hidden for a while and comes back is not read again; what is removed is forgotten", async () => {
    const meant = await all.read(all.open());
    await all.world.lose("letters", "letter-1", "letter-2");
    await all.world.remove("letters", "letter-3");
    await all.read(meant);
    expect(meant.meaning.state()).toEqual({ items: 37, of: 37 });
    await all.world.write(...LETTERS.slice(1, 3));
    await all.read(meant);
    expect(meant.meaning.state()).toEqual({ items: 39, of: 39 });
    expect(twin.texts).toHaveLength(40);
  });

  test("only texts of the chosen sources are sent, and what is no longer chosen is forgotten", async () => {
    await all.world.write({ source: "diary", id: "secret", title: "Mine", text: "Nobody shall read this." });
    const some = await all.read(all.open({ sources: ["letters", "unknown"] }));
    expect(some.meaning.state()).toEqual({ items: 40, of: 40 });
    expect(twin.texts.join()).not.toContain("Nobody");
    await some.store.close();
    const other = await all.read(all.open({ sources: ["diary"] }));
    expect(other.meaning.state()).toEqual({ items: 1, of: 1 });
  });

  test("a model that wants a task before each text gets it, and other words where somebody says so", async () => {
    const nomic = await all.read(all.open({ model: "nomic-embed-text:latest" }));
    await all.ids(nomic, "otter");
    expect(twin.texts.at(-1)).toBe("search_query: otter");
    expect(twin.texts.slice(0, -1).every((text) => text.startsWith("search_document: Letter"))).toBe(true);
    await nomic.store.close();
    twin.texts.length = 0;
    const own = await all.read(all.open({ model: "nomic-embed-text", textPrefix: "", questionPrefix: "Q: " }));
    await all.ids(own, "otter");
    expect(twin.texts).toHaveLength(41);
    expect(twin.texts[0]).toMatch(/^Letter/);
    expect(twin.texts.at(-1)).toBe("Q: otter");
  });

  test("a service that hangs up costs nothing but the meaning, and a damaged file of vectors is made again", async () => {
    twin.mood = "down";
    const meant = all.open();
    expect((await all.ids(meant, "otter")).length).toBe(10);
    await meant.store.close();
    writeFileSync(join(all.folder, "test.vectors"), "no database at all, but long enough to be looked at".repeat(100));
    twin.mood = "well";
    const again = await all.read(all.open());
    expect(again.meaning.state()).toEqual({ items: 40, of: 40 });
  });

  test("a file of vectors that is damaged inside costs the meaning until it is made again, never the answer", async () => {
    const first = await all.read(all.open());
    await first.store.close();
    const file = join(all.folder, "test.vectors");
    const bytes = readFileSync(file);
    writeFileSync(file, Buffer.concat([bytes.subarray(0, 4096), bytes.subarray(4096).fill(0x5a)]));
    const meant = all.open();
    expect((await all.ids(meant, "otter")).length).toBe(10);
    await all.read(meant);
    expect(meant.meaning.state()).toEqual({ items: 40, of: 40 });
  });
});
