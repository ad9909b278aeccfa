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

  test("a long text that answers far behind its beginning comes before short ones that share one word", async () => {
    const day = "Fed the stove, wrote to the council about the hedge, read until it was dark. ";
    const diary = `${day.repeat(300)}Jonas hit the damper with a spoon until it moved. ${day.repeat(3000)}`;
    await world.write(
      { source: "vault", id: "short-1.md", title: "Jonas", text: "Jonas lends the drill. Ask Jonas on Fridays." },
      { source: "vault", id: "short-2.md", title: "Jonas and the rota", text: "Jonas opens, Jonas closes." },
      { source: "vault", id: "diary.md", title: "Diary", text: diary },
      { source: "vault", id: "spring.md", title: "Diary in spring", text: diary.slice(0, 100_000) },
      ...Array.from({ length: 40 }, (_, index) => ({
        source: "vault",
        id: `minutes-${index}.md`,
        title: `Minutes ${index}`,
        text: index % 4 === 0 ? "Present: Jonas, Priya, Ansel." : "Nobody came.",
      })),
    );
    const ids = await world.ids("when did Jonas hit the damper with a spoon");
    expect(ids.slice(0, 2).sort()).toEqual(["diary.md", "spring.md"]);
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

  test("who asks for the latest gets the newest of what answers first, and no other question does", async () => {
    for (const [index, month] of ["03", "05", "04", "01"].entries()) {
      await world.write({
        source: "vault",
        id: `minutes-${month}.md`,
        title: "Minutes of the committee",
        text: `Present: nine. Item ${index}: the weir. ${"Agreed. ".repeat(index)}`,
        updatedAt: `2026-${month}-16T18:00:00Z`,
      });
    }
    await world.write({
      source: "vault",
      id: "lunch.md",
      title: "Lunch",
      text: "Soup.",
      updatedAt: "2026-06-01T12:00:00Z",
    });
    const latest = await world.ask("latest committee minutes");
    expect(latest.hits.map((hit) => hit.id)[0]).toBe("minutes-05.md");
    expect(latest.understood.ignored).toEqual([]);
    expect((await world.ids("committee minutes"))[0]).not.toBe("minutes-05.md");
  });

  test("the same file in two places is one hit, which says where else it lies", async () => {
    const text =
      "Salix viminalis, planted in rows of twelve; the stakes are cut in February and stand in water. ".repeat(4);
    await world.write(
      { source: "vault", id: "Places/Long Withy.md", title: "Long Withy", text },
      {
        source: "drive",
        id: "f-1",
        title: "long withy (1).md",
        container: "Shared",
        url: "https://drive.example/f-1",
        text,
      },
      { source: "vault", id: "other.md", title: "Salix caprea", text: "Another willow." },
    );
    const { hits } = await world.ask("salix viminalis");
    expect(hits.map((hit) => hit.id)).toEqual(["Places/Long Withy.md", "other.md"]);
    expect(hits[0]?.copies).toEqual([
      { source: "drive", id: "f-1", title: "long withy (1).md", container: "Shared", url: "https://drive.example/f-1" },
    ]);
    expect(hits[1]).not.toHaveProperty("copies");
  });

  test("two short texts that are alike by chance are two hits unless they have the same title", async () => {
    await world.write(
      { source: "vault", id: "a.md", title: "Monday", text: "Otter seen." },
      { source: "vault", id: "b.md", title: "Tuesday", text: "Otter seen." },
      { source: "drive", id: "c.md", title: "Tuesday", text: "Otter seen." },
    );
    expect((await world.ids("otter")).length).toBe(2);
  });

  test("a forwarded mail and the mail that it carries are one hit", async () => {
    const text =
      "The second step starts on 15 June. We bring the long-reach excavator, eight tonnes, over Kiln Lane bridge.";
    await world.write(
      { source: "mail", id: "m1", kind: "mail", title: "Second step", text },
      { source: "mail", id: "m2", kind: "mail", title: "Fwd: Second step", text: `FYI, see below.\n\n> ${text}` },
      {
        source: "mail",
        id: "m3",
        kind: "mail",
        title: "Re: Second step",
        text: "The excavator is too heavy for the bridge.",
      },
    );
    const { hits } = await world.ask("excavator bridge");
    expect(hits).toHaveLength(2);
    const both = hits.find((hit) => hit.copies !== undefined);
    expect([both?.id, both?.copies?.[0]?.id].sort()).toEqual(["m1", "m2"]);
  });

  test("the messages of a conversation are one hit, which says how many more there are; attachments stand alone", async () => {
    await world.write(
      { source: "tracker", id: "ABC-7", kind: "issue", title: "Turbidity alarm", text: "The turbidity alarm is late." },
      ...[1, 2, 3].map((number) => ({
        source: "tracker",
        id: `c-${number}`,
        kind: "comment",
        title: "Comment on ABC-7",
        parent: "ABC-7",
        text: `Turbidity ${number * 20} NTU before the alarm.`,
      })),
      {
        source: "tracker",
        id: "a-1",
        kind: "attachment",
        title: "alarm.csv",
        parent: "ABC-7",
        text: "turbidity alarm",
      },
      { source: "tracker", id: "ABC-8", kind: "issue", title: "Turbidity alarm too loud", text: "At night." },
    );
    const { hits } = await world.ask("turbidity alarm");
    expect(hits).toHaveLength(3);
    const talk = hits.find((hit) => hit.thread !== undefined);
    expect(talk?.thread).toEqual({ id: "ABC-7", more: 3 });
    expect(hits.map((hit) => hit.id)).toEqual(expect.arrayContaining(["a-1", "ABC-8"]));
  });

  test("what a hit stands for does not come again on the next page", async () => {
    for (let number = 0; number < 12; number++) {
      const text = `The flood reached the mill at ${number} o'clock. `.repeat(8);
      await world.write(
        { source: "vault", id: `flood-${number}.md`, title: `Flood ${number}`, text },
        { source: "drive", id: `copy-${number}`, title: `Flood ${number}`, text },
      );
    }
    const met: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 5; page++) {
      const answer = await world.ask("flood mill", { limit: 4, ...(cursor !== undefined && { cursor }) });
      for (const hit of answer.hits) met.push(hit.id, ...(hit.copies ?? []).map((copy) => copy.id));
      cursor = answer.nextCursor;
      if (cursor === undefined) break;
    }
    expect(met).toHaveLength(24);
    expect(new Set(met).size).toBe(24);
  });

  test("a copy that the viewer may not read is not told", async () => {
    const text =
      "The salaries of next year are agreed and stand in this table, which is not for everybody to see. ".repeat(3);
    await world.write(
      { source: "vault", id: "open.md", title: "Salaries", text },
      { source: "drive", id: "closed", title: "Salaries", text, access: { allow: ["user:ada@example.org"], deny: [] } },
    );
    const bob = await world.ask("salaries table", { viewer: { principals: ["user:bob@example.org"] } });
    expect(bob.hits.map((hit) => [hit.id, hit.copies])).toEqual([["open.md", undefined]]);
  });
});
