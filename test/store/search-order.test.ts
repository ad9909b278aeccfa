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

  test("a name that is written otherwise elsewhere is found both ways", async () => {
    await world.write(
      {
        source: "vault",
        id: "People/山田 遥.md",
        title: "山田 遥",
        aliases: ["Haruka", "Yamada Haruka"],
        text: "Ecologist.",
      },
      { source: "vault", id: "redds.md", title: "Redd walk", authors: ["user:山田 遥"], text: "Silt in the old pond." },
      { source: "vault", id: "birds.pdf", title: "Birds", authors: ["user:Yamada Haruka"], text: "Silt and snipe." },
    );
    expect((await world.ids("silt author:haruka")).sort()).toEqual(["birds.pdf", "redds.md"]);
  });

  test("a word that the question says three times counts for more than one said once", async () => {
    const filler = Array.from({ length: 12 }, (_, index) => ({
      source: "vault",
      id: `filler-${index}.md`,
      title: `Page ${index}`,
      text: "Nothing of the kind.",
    }));
    await world.write(
      { source: "vault", id: "otter.md", title: "Mammals", text: "An otter was seen by the mill." },
      { source: "vault", id: "heron.md", title: "Birds", text: "A heron was seen by the mill." },
      ...filler,
    );
    expect((await world.ids("heron, otter: where was the otter, and did the otter swim?"))[0]).toBe("otter.md");
    expect((await world.ids("otter, heron: where was the heron, and did the heron stand?"))[0]).toBe("heron.md");
  });

  test("words that stand together in the question count for more where they stand together", async () => {
    const far = "stone on the bank. ".repeat(6);
    await world.write(
      { source: "vault", id: "apart.md", title: "Diary", text: `A trap in the shed. ${far}A moth on the eel. ${far}` },
      { source: "vault", id: "together.md", title: "Diary", text: `The eel trap is full. ${far}A moth came. ${far}` },
      { source: "vault", id: "newer.md", title: "Diary", text: `The eel was late. ${far}One moth. ${far}A trap.` },
    );
    expect((await world.ids("eel trap"))[0]).toBe("together.md");
  });

  test("who wrote an item and how it is tagged are words of it, also where its text does not have them", async () => {
    await world.write(
      { source: "mail", id: "m1", title: "The quote", authors: ["user:delia.marsh@fernley.example"], text: "£24,300." },
      { source: "mail", id: "m2", title: "The quote", authors: ["user:bram@hollis.example"], text: "£26,000." },
      { source: "vault", id: "flapjack.md", title: "Flapjack", tags: ["kitchen/baking"], text: "Oats, butter, syrup." },
    );
    expect(await world.ids("Delia")).toEqual(["m1"]);
    expect((await world.ids("the quote from Delia"))[0]).toBe("m1");
    const baking = await world.ask("baking with oats");
    expect(baking.hits[0]?.id).toBe("flapjack.md");
    expect(baking.understood.hints).toEqual([]);
  });

  test("an author's items come only to those who may read them", async () => {
    await world.write(
      { source: "mail", id: "open", title: "Hello", authors: ["user:delia@fernley.example"], text: "To all." },
      {
        source: "mail",
        id: "closed",
        title: "Salaries",
        authors: ["user:delia@fernley.example"],
        text: "To one.",
        access: { allow: ["user:ada@example.org"], deny: [] },
      },
    );
    expect(await world.ids("delia", { viewer: { principals: ["user:bob@example.org"] } })).toEqual(["open"]);
    expect((await world.ids("delia", { viewer: { principals: ["user:ada@example.org"] } })).sort()).toEqual([
      "closed",
      "open",
    ]);
  });

  test("swapped letters are put right with the word that stands beside the others", async () => {
    await world.write(
      { source: "vault", id: "soup.md", title: "Nettle soup", text: "Young nettle tops, potatoes, soup bowls." },
      { source: "vault", id: "nets.md", title: "Nets", text: "Netted, netted and netted again." },
    );
    const answer = await world.ask("nettel soup");
    expect(answer.hits[0]?.id).toBe("soup.md");
    expect(answer.understood.hints).toEqual(['No item holds "nettel"; "nettle" was searched instead.']);
  });

  test("an edit is seen by the next question, in title, text and tags", async () => {
    const fill = Array.from({ length: 8 }, (_, index) => ({
      source: "vault",
      id: `fill-${index}.md`,
      title: `Log ${index}`,
      text: `The weir was quiet. ${"rain and wind ".repeat(index)}`,
    }));
    await world.write(...fill, { source: "vault", id: "plan.md", title: "Plan", text: `Weir. ${"paper ".repeat(80)}` });
    expect((await world.ids("weir crest stones"))[0]).not.toBe("plan.md");
    await world.write({ source: "vault", id: "plan.md", title: "Weir crest stones", text: "Numbered and stacked." });
    expect((await world.ids("weir crest stones"))[0]).toBe("plan.md");
    await world.write({ source: "vault", id: "plan.md", title: "Nothing", text: "Weir.", tags: ["crest", "stones"] });
    expect((await world.ids("weir crest stones"))[0]).toBe("plan.md");
  });
});
