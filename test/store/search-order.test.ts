import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openWorld, type World } from "./search-world.ts";

describe("the order of answers", () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(() => world.close());

  test("of two items alike by their words comes first what is about the same as the best ones", async () => {
    const notes = ["spawning gravel below the weir", "gravel washed clean for spawning", "redds on clean gravel"];
    for (const [index, text] of notes.entries()) {
      await world.write({ source: "vault", id: `trout-${index}.md`, title: "Brown trout", text: `Trout: ${text}.` });
    }
    await world.write(
      { source: "vault", id: "smoked.md", title: "Lunch", text: "Smoked trout, bread, butter." },
      { source: "vault", id: "river.md", title: "Walk", text: "One trout seen on spawning gravel near clean redds." },
      ...Array.from({ length: 20 }, (_, index) => ({
        source: "vault",
        id: `other-${index}.md`,
        title: `Invoice ${index}`,
        text: "Paid by bank transfer, kept in the tin.",
      })),
    );
    const ids = await world.ids("trout");
    expect(ids.slice(0, 3).sort()).toEqual(["trout-0.md", "trout-1.md", "trout-2.md"]);
    expect(ids.slice(3)).toEqual(["river.md", "smoked.md"]);
  });

  test("scores fall from hit to hit, the items that were named first", async () => {
    for (let number = 0; number < 30; number++) {
      const text = "flood ".repeat(number % 7) + "bridge ".repeat(number % 3) + "and other words ".repeat(number);
      await world.write({ source: "vault", id: `note-${number}.md`, title: `Note ${number}`, text });
    }
    const { hits } = await world.ask("note-7.md flood bridge", { limit: 30 });
    expect(hits[0]?.id).toBe("note-7.md");
    const scores = hits.map((hit) => hit.score);
    expect(scores).toEqual(scores.toSorted((left, right) => right - left));
  });

  test("an author is found by the name that the person's own page gives as an alias", async () => {
    await world.write(
      { source: "vault", id: "People/山田 遥.md", title: "山田 遥", aliases: ["Haruka"], text: "Ecologist." },
      { source: "vault", id: "redds.md", title: "Redd walk", authors: ["user:山田 遥"], text: "Silt in the old pond." },
      { source: "vault", id: "other.md", title: "Diary", authors: ["user:Jonah"], text: "Silt on my boots." },
    );
    expect(await world.ids("silt author:haruka")).toEqual(["redds.md"]);
    expect((await world.ask("silt author:harald")).understood.hints).toEqual(['No author is called "harald".']);
  });
});
