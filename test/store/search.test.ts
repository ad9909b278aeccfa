import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { driversHere, openWorld, type World } from "./search-world.ts";

describe.each(driversHere())("searching a store over %s", (driver) => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld(driver);
    await world.write(
      {
        source: "vault",
        id: "Projects/Pricing 2026.md",
        title: "Pricing 2026",
        container: "Projects",
        tags: ["decision", "project/alpha"],
        authors: ["user:anna.lindqvist@example.org"],
        updatedAt: "2026-03-15T09:30:00Z",
        text: "# Pricing 2026\n\nWe decided in March to move to **usage based** pricing. The free tier stays.\n\nRunning costs were reviewed by [Omar](https://example.org/omar).",
      },
      {
        source: "vault",
        id: "Diary/2026-03-14.md",
        title: "2026-03-14",
        container: "Diary",
        updatedAt: "2026-03-14T20:00:00Z",
        text: "Talked with Anna about the who-pays-what question, decided nothing. Café au lait at Straße 12.",
      },
      {
        source: "tracker",
        id: "ABC-123",
        kind: "issue",
        title: "Checkout fails for v2.3.1",
        container: "Shop",
        tags: ["bug"],
        authors: ["user:omar@example.org"],
        url: "https://tracker.example.org/ABC-123",
        updatedAt: "2026-10-01T00:00:00.000Z",
        text: "The method parseOrderLine in order_parser.ts throws. See also ABC-124. kubernetes restarts the pod.",
      },
      {
        source: "tracker",
        id: "ABC-124",
        kind: "issue",
        title: "Follow-up of the checkout failure",
        container: "Shop",
        authors: ["user:anna.lindqvist@example.org"],
        aliases: ["SHOP-7"],
        updatedAt: "2026-11-19T23:59:59.999Z",
        text: "ABC-123 ABC-123 ABC-123 was closed too early. The real-time feed needs a look.",
      },
      {
        source: "mail",
        id: "m1",
        kind: "message",
        title: "議事録: 来週の会議",
        updatedAt: "2026-11-10T01:00:00Z",
        text: "来週の会議の予定は火曜日です。東京オフィスの会議室で行います。",
      },
      {
        source: "mail",
        id: "m2",
        kind: "message",
        title: "项目计划",
        updatedAt: "2025-05-05T05:05:05Z",
        text: "我们决定在上海召开产品发布会，预算由王芳负责。",
      },
    );
  });
  afterAll(() => world.close());

  test("a question with small words finds what holds its real ones", async () => {
    const answer = await world.ask("what did we decide about pricing?");
    expect(answer.hits[0]?.id).toBe("Projects/Pricing 2026.md");
    expect(answer.hits[0]?.matched).toBe("all");
    expect(answer.understood).toMatchObject({ words: ["decide", "pricing"], ignored: ["what", "did", "we", "about"] });
    expect(answer.hits[0]?.snippet.text).toContain("**decided** in March to move to usage based **pricing**");
  });

  test("an id typed into a question comes first", async () => {
    expect((await world.ids("status of ABC-123"))[0]).toBe("ABC-123");
    expect((await world.ids("abc-123"))[0]).toBe("ABC-123");
    expect((await world.ids("SHOP-7"))[0]).toBe("ABC-124");
    expect((await world.ids("https://tracker.example.org/ABC-123"))[0]).toBe("ABC-123");
    expect((await world.ids("tracker/ABC-123"))[0]).toBe("ABC-123");
    expect((await world.ids("2026-03-14"))[0]).toBe("Diary/2026-03-14.md");
  });

  test("Japanese and Chinese words are found inside sentences without spaces", async () => {
    expect(await world.ids("会議")).toEqual(["m1"]);
    expect(await world.ids("東京の会議室")).toEqual(["m1"]);
    expect(await world.ids("预算")).toEqual(["m2"]);
    expect((await world.ids("产品发布会"))[0]).toBe("m2");
    expect((await world.ask("会議")).hits[0]?.snippet.text).toContain("**会議**");
  });
});
