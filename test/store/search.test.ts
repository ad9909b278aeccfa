import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
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

  test("accents, case, width and endings do not matter", async () => {
    expect((await world.ids("cafe"))[0]).toBe("Diary/2026-03-14.md");
    expect((await world.ids("STRASSE"))[0]).toBe("Diary/2026-03-14.md");
    expect((await world.ids("ｋｕｂｅｒｎｅｔｅｓ"))[0]).toBe("ABC-123");
    expect((await world.ask("run cost")).hits[0]?.snippet.text).toContain("**Running** **costs**");
  });

  test("a quoted phrase must occur; where none does, its words are searched and a hint says so", async () => {
    expect(await world.ids('"free tier"')).toEqual(["Projects/Pricing 2026.md"]);
    const loose = await world.ask('"tier free"');
    expect(loose.hits.map((hit) => hit.id)).toEqual(["Projects/Pricing 2026.md"]);
    expect(loose.understood.hints).toEqual(['No item holds "tier free" as it stands; its parts were searched.']);
    expect(loose.understood.phrases).toEqual(["tier free"]);
  });

  test("excluded words, sources and tags keep items out", async () => {
    expect((await world.ids("checkout")).sort()).toEqual(["ABC-123", "ABC-124"]);
    expect(await world.ids("checkout -kubernetes")).toEqual(["ABC-124"]);
    expect(await world.ids("checkout -#bug")).toEqual(["ABC-124"]);
    expect(await world.ids("checkout -source:tracker")).toEqual([]);
  });

  test("items with all words come before items with some", async () => {
    const { hits } = await world.ask("checkout kubernetes");
    expect(hits.map((hit) => [hit.id, hit.matched])).toEqual([
      ["ABC-123", "all"],
      ["ABC-124", "some"],
    ]);
    expect(hits[0]?.score).toBeGreaterThan(hits[1]?.score ?? 9);
  });

  test("a word that no item holds is said to be ignored, and the rest is searched", async () => {
    const answer = await world.ask("pricing zebrafish");
    expect(answer.hits[0]).toMatchObject({ id: "Projects/Pricing 2026.md", matched: "some" });
    expect(answer.understood.ignored).toEqual(["zebrafish"]);
  });

  test("a slip of the fingers finds the word meant, and a hint says so", async () => {
    const answer = await world.ask("kuberntes");
    expect(answer.hits[0]?.id).toBe("ABC-123");
    expect(answer.understood.hints).toEqual(['No item holds "kuberntes"; "kubernetes" was searched instead.']);
    expect(answer.hits[0]?.snippet.text).toContain("**kubernetes**");
  });

  test("the beginning of a word finds the whole word", async () => {
    const answer = await world.ask("kuber");
    expect(answer.hits[0]?.id).toBe("ABC-123");
    expect(answer.understood.hints).toEqual(['No item holds "kuber"; "kuber*" was searched instead.']);
  });

  test("filters in the question and in the request narrow together", async () => {
    expect(await world.ids("checkout author:anna")).toEqual(["ABC-124"]);
    expect(await world.ids("by:omar")).toEqual(["ABC-123"]);
    expect(await world.ids("#project")).toEqual(["Projects/Pricing 2026.md"]);
    expect(await world.ids("in:diary")).toEqual(["Diary/2026-03-14.md"]);
    expect(await world.ids("kind:issues since:2026-11")).toEqual(["ABC-124"]);
    expect(await world.ids("checkout", { kinds: ["issue"], authors: ["user:omar@example.org"] })).toEqual(["ABC-123"]);
    expect(await world.ids("source:vault", { sources: ["mail"] })).toEqual([]);
    const answer = await world.ask("Anna source:vault", { tags: ["decision"] });
    expect(answer.understood.filters).toEqual({ sources: ["vault"], tags: ["decision"] });
  });

  test("filters alone list the newest first", async () => {
    expect(await world.ids("source:tracker")).toEqual(["ABC-124", "ABC-123"]);
    expect(await world.ids("")).toEqual([
      "ABC-124",
      "m1",
      "ABC-123",
      "Projects/Pricing 2026.md",
      "Diary/2026-03-14.md",
      "m2",
    ]);
    expect(await world.ids("🎉 ???")).toEqual([]);
  });

  test("dates hold to the millisecond", async () => {
    const at = "2026-11-19T23:59:59.999Z";
    const later = "2026-11-20T00:00:00.000Z";
    expect(await world.ids("checkout", { since: at })).toEqual(["ABC-124"]);
    expect(await world.ids("checkout", { since: later })).toEqual([]);
    expect(await world.ids("checkout", { until: at })).toEqual(["ABC-123"]);
    expect((await world.ids("checkout", { until: later })).sort()).toEqual(["ABC-123", "ABC-124"]);
    expect(await world.ids("checkout", { since: later, until: at })).toEqual([]);
    expect((await world.ids("checkout since:1970 until:9000")).sort()).toEqual(["ABC-123", "ABC-124"]);
  });

  test.each([
    ["source:trakcer", 'No source is called "trakcer". Did you mean "tracker"?'],
    ["kind:isue", 'No kind is called "isue". Did you mean "issue"?'],
    ["author:lindqvst", 'No author is called "lindqvst".'],
    ["in:shp", 'No container is called "shp". Did you mean "Shop"?'],
    ["tag:decisoin", 'No tag is called "decisoin". Did you mean "decision"?'],
    ["source:jira", 'No source is called "jira". There are "vault", "tracker", "mail".'],
  ])("%s finds nothing, and says why", async (query, hint) => {
    const answer = await world.ask(query);
    expect(answer.hits).toEqual([]);
    expect(answer.understood.hints).toEqual([hint]);
  });

  test("a #word that is no tag is searched as a word", async () => {
    expect((await world.ids("#kubernetes"))[0]).toBe("ABC-123");
  });

  test("the title that is the whole question comes first", async () => {
    expect((await world.ids("follow-up of the checkout failure"))[0]).toBe("ABC-124");
    expect((await world.ids("Pricing 2026"))[0]).toBe("Projects/Pricing 2026.md");
  });

  test("a hit carries what the item is, and where its passage begins", async () => {
    const { hits } = await world.ask("parseOrderLine");
    expect(hits[0]).toMatchObject({
      source: "tracker",
      id: "ABC-123",
      kind: "issue",
      title: "Checkout fails for v2.3.1",
      url: "https://tracker.example.org/ABC-123",
      container: "Shop",
      authors: ["user:omar@example.org"],
      tags: ["bug"],
      updatedAt: "2026-10-01T00:00:00.000Z",
      snippet: { offset: 0 },
    });
  });
});

describe.each(driversHere())("searching a store that changes over %s", (driver) => {
  let world: World;

  beforeEach(async () => {
    world = await openWorld(driver);
  });
  afterEach(() => world.close());

  test("pages go on without gaps and repeats, also when items come between them", async () => {
    const note = (number: number) => ({
      source: "vault",
      id: `n${number}`,
      title: `Note ${number}`,
      updatedAt: new Date(Date.UTC(2026, number % 12, 1 + (number % 28))).toISOString(),
      text: `harbour ${"crane ".repeat(number % 5)} ${number % 2 ? "ship" : ""}`,
    });
    await world.write(...Array.from({ length: 57 }, (_, number) => note(number)));
    for (const query of ["harbour", "harbour ship", "", "source:vault"]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const answer = await world.ask(query, { cursor });
        seen.push(...answer.hits.map((hit) => hit.id));
        cursor = answer.nextCursor;
        if (seen.length === 20) await world.write(note(100 + query.length));
      } while (cursor !== undefined);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((id) => Number(id.slice(1)) < 57)).toHaveLength(57);
    }
  });

  test("a cursor that was made up, or belongs to another question, is refused with a clear sentence", async () => {
    await world.write(...[1, 2, 3].map((id) => ({ source: "vault", id: `${id}`, title: "harbour", text: "" })));
    const { nextCursor } = await world.ask("harbour", { limit: 1 });
    if (nextCursor === undefined) throw new Error("there is a second page");
    expect(await world.ids("harbour", { limit: 1, cursor: nextCursor })).toEqual(["2"]);
    for (const [query, cursor] of [
      ["other", nextCursor],
      ["harbour", "not-a-cursor!"],
      ["harbour", ""],
      ["harbour", nextCursor + "gA"],
    ] as const) {
      await expect(world.ask(query, { limit: 1, cursor })).rejects.toMatchObject({
        kind: "usage",
        message: expect.stringMatching(/^This search cursor (?:is none|belongs|is damaged)/),
        hint: expect.stringContaining("Repeat the search without a cursor"),
      });
    }
  });

  test("deleted and lost items are not found, not even by their id", async () => {
    await world.write(
      { source: "vault", id: "kept", title: "harbour plan", text: "" },
      { source: "vault", id: "gone", title: "harbour plan", aliases: ["old name"], text: "" },
      { source: "vault", id: "lost", title: "harbour plan", aliases: ["other name"], text: "" },
    );
    await world.remove("vault", "gone");
    await world.lose("vault", "lost");
    for (const query of ["harbour", "gone", "lost", "old name", "other name", "vault/lost", ""]) {
      expect((await world.ids(query)).filter((id) => id !== "kept")).toEqual([]);
    }
  });

  test("people see what their access lists allow, and learn no words of the rest", async () => {
    const allow = (...principals: string[]) => ({ allow: principals, deny: [] });
    await world.write(
      { source: "hr", id: "open", title: "Harbour canteen", text: "lunch", updatedAt: "2026-01-01T00:00:00Z" },
      { source: "hr", id: "hers", title: "Harbour wages", text: "lunch zanzibar", access: allow("user:eva") },
      {
        source: "hr",
        id: "his",
        title: "Harbour bonus",
        text: "lunch",
        access: allow("user:tom"),
        tags: ["secret-deal"],
      },
    );
    const as = (name: string) => ({ viewer: { principals: [`user:${name}`] } });
    expect((await world.ids("harbour")).sort()).toEqual(["hers", "his", "open"]);
    expect((await world.ids("harbour", as("eva"))).sort()).toEqual(["hers", "open"]);
    expect(await world.ids("harbour", as("max"))).toEqual(["open"]);
    expect(await world.ids("", as("max"))).toEqual(["open"]);
    expect(await world.ids("his", as("eva"))).toEqual([]);
    expect((await world.ask("zanzibra", as("max"))).understood.hints.join()).not.toContain("zanzibar");
    expect((await world.ask("zanzibra", as("eva"))).understood.hints.join()).toContain("zanzibar");
    expect((await world.ask("tag:secret-dael", as("max"))).understood.hints.join()).not.toContain("secret-deal");
  });

  test("an item that only some principals see is found behind many better ones that they do not", async () => {
    const access = { allow: ["user:boss"], deny: [] };
    const secret = Array.from({ length: 300 }, (_, at) => ({
      source: "s",
      id: `x${at}`,
      title: "harbour harbour",
      text: "",
      access,
    }));
    await world.write(...secret, {
      source: "s",
      id: "open",
      title: "log",
      text: `a long text about a harbour ${"and more ".repeat(80)}`,
    });
    expect(await world.ids("harbour", { viewer: { principals: ["user:max"] } })).toEqual(["open"]);
  });

  test("the borders of a time lie inside a month too", async () => {
    const at = (id: string, updatedAt: string) => ({ source: "s", id, title: "harbour", text: "", updatedAt });
    await world.write(
      at("first", "2026-05-01T00:00:00.000Z"),
      at("before", "2026-05-10T11:59:59.999Z"),
      at("on", "2026-05-10T12:00:00.000Z"),
      at("last", "2026-05-31T23:59:59.999Z"),
      at("offset", "2026-06-01T01:00:00+02:00"),
      { source: "s", id: "undated", title: "harbour", text: "" },
    );
    for (const query of ["harbour", ""]) {
      const found = async (since?: string, until?: string) => (await world.ids(query, { since, until })).sort();
      expect(await found("2026-05-10T12:00:00.000Z")).toEqual(["last", "offset", "on"]);
      expect(await found(undefined, "2026-05-10T12:00:00.000Z")).toEqual(["before", "first"]);
      expect(await found("2026-05-10T11:59:59.999Z", "2026-05-10T12:00:00.000Z")).toEqual(["before"]);
      expect(await found("2026-05-31T23:00:00Z", "2026-05-31T23:59:59.999Z")).toEqual(["offset"]);
    }
  });

  test("a word is missing again when its last item is gone", async () => {
    await world.write(
      { source: "s", id: "1", title: "walrus harbour", text: "" },
      { source: "s", id: "2", title: "harbour", text: "" },
    );
    expect((await world.ask("walrus harbour")).understood.ignored).toEqual([]);
    await world.remove("s", "1");
    expect((await world.ask("walrus harbour")).understood.ignored).toEqual(["walrus"]);
  });

  test("whatever is typed, search answers, and no sign of the engine's language has its meaning there", async () => {
    await world.write({
      source: "s",
      id: "1",
      title: "NEAR the harbour",
      text: 'title: "x" AND (y OR z) * ^ - {a} col:umn \\ \u0000',
    });
    const signs = [
      '"',
      "*",
      "NEAR(",
      "AND",
      "OR",
      "NOT",
      "^",
      ":",
      "-",
      "(",
      ")",
      "{title}",
      "facets:",
      "+",
      "'",
      ";",
      "\0",
      "\ud800",
      "#",
      "harbour",
      "会議",
      "e\u0301",
      "s1",
      " ",
      "𠮷",
      "𞤀",
      "\u{E0041}",
    ];
    const question = fc.oneof(
      fc.array(fc.constantFrom(...signs), { maxLength: 12 }).map((parts) => parts.join("")),
      fc.array(fc.constantFrom(...signs), { maxLength: 12 }).map((parts) => parts.join(" ")),
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.string({ unit: "grapheme", maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(question, async (query) => {
        const answer = await world.ask(query);
        expect(answer.hits.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 400 },
    );
    // A prefix sign inside a word, a column or a facet token must not find anything of its own.
    for (const query of ["facets:s1", '"s1"', "k1", "title:zzz -harbour"])
      expect(await world.ids(query)).toEqual(query.startsWith("title") ? [] : expect.not.arrayContaining(["1"]));
  });
});
