import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { driversHere, openWorld, type Sample, type World } from "./search-world.ts";

describe.each(driversHere())("searching a part of a store over %s", (driver) => {
  let world: World;

  beforeEach(async () => {
    world = await openWorld(driver);
  });
  afterEach(() => world.close());

  test("a container of the same name in another source is not meant when a source is named too", async () => {
    const note = (source: string, container: string): Sample => ({
      source,
      id: `${source}/${container}`,
      container,
      title: "Harbour dues",
      text: `The crane stands still, says ${source} in ${container}.`,
    });
    await world.write(note("vault", "Inbox"), note("vault", "Archive"), note("mail", "Inbox"), note("mail", "Archive"));
    for (const query of ["harbour crane", "harbour", ""]) {
      expect(await world.ids(`${query} source:mail in:inbox`)).toEqual(["mail/Inbox"]);
      expect(await world.ids(query, { sources: ["vault"], containers: ["Inbox"] })).toEqual(["vault/Inbox"]);
      expect(await world.ids(`${query} source:mail -in:inbox`)).toEqual(["mail/Archive"]);
      expect((await world.ids(`${query} in:inbox`)).sort()).toEqual(["mail/Inbox", "vault/Inbox"]);
      expect(await world.ids(`${query} source:mail in:inbox`, { sources: ["vault"] })).toEqual([]);
    }
  });

  test("the item whose title is the whole question comes first, however many rank better", async () => {
    const better = Array.from({ length: 150 }, (_, number) => ({
      source: "s",
      id: `b${number}`,
      title: `Crane harbour crane harbour ${number}`,
      text: "crane harbour crane harbour",
    }));
    const long = `the quay is long ${"and more of it ".repeat(200)}`;
    await world.write(
      { source: "s", id: "titled", title: "Crane, harbour", text: long },
      { source: "t", id: "elsewhere", title: "Crane (harbour)", text: long },
      { source: "t", id: "part", title: "Crane harbour plan of the year", text: `${long}.` },
      { source: "u", id: "one", title: "Crane!", text: long },
      ...better,
    );
    expect((await world.ids("crane harbour")).slice(0, 2).sort()).toEqual(["elsewhere", "titled"]);
    expect((await world.ids("crane harbour source:s"))[0]).toBe("titled");
    expect(await world.ids("crane harbour", { sources: ["t"] })).toEqual(["elsewhere", "part"]);
    expect((await world.ids("CRANE"))[0]).toBe("one");
  });

  test("items inside a short time are found behind hundreds of better ones in the same month", async () => {
    const early = Array.from({ length: 900 }, (_, number) => ({
      source: "s",
      id: `e${number}`,
      title: "harbour crane",
      text: number % 2 === 0 ? "harbour crane" : "harbour",
      updatedAt: "2026-11-02T10:00:00.000Z",
    }));
    const long = `the quay is long ${"and more of it ".repeat(100)}`;
    await world.write(
      { source: "s", id: "late", title: "log", text: `crane harbour ${long}`, updatedAt: "2026-11-19T10:00:00.001Z" },
      { source: "s", id: "some", title: "log", text: `a crane ${long}`, updatedAt: "2026-11-19T10:00:00.000Z" },
      { source: "s", id: "not", title: "log", text: `crane ${long}`, updatedAt: "2026-11-19T09:59:59.999Z" },
      ...early,
    );
    expect(await world.ids("harbour crane", { since: "2026-11-19T10:00:00.000Z" })).toEqual(["late", "some"]);
    expect(await world.ids("harbour", { since: "2026-11-19T10:00:00.000Z" })).toEqual(["late"]);
  });

  test("an item that the question names by its id is not found outside of the filters", async () => {
    await world.write(
      { source: "tracker", id: "ABC-7", title: "Alarm", text: "Late." },
      { source: "vault", id: "alarm.md", title: "Alarm", text: "On ABC-7." },
    );
    expect((await world.ids("ABC-7"))[0]).toBe("ABC-7");
    expect(await world.ids("ABC-7", { sources: ["vault"] })).toEqual(["alarm.md"]);
    expect(await world.ids("ABC-7 -source:tracker")).toEqual(["alarm.md"]);
  });

  test("every stretch of time finds exactly what was edited in it", async () => {
    const times = ["2023-03-05", "2023-12-31", "2024-01-01", "2024-06-15", "2025-02-28", "2026-01-01", "2026-11-20"];
    const at = (day: string) => `${day}T08:00:00.000Z`;
    await world.write(
      ...times.map((day) => ({ source: "s", id: day, title: "harbour", text: "", updatedAt: at(day) })),
    );
    const borders = [...times, "2022-12-31", "2023-01-01", "2025-01-01", "2026-12-31"].map(at);
    for (const since of [undefined, ...borders]) {
      for (const until of [undefined, ...borders]) {
        const inside = times.filter((day) => at(day) >= (since ?? "") && at(day) < (until ?? "9"));
        expect((await world.ids("harbour", { since, until })).sort()).toEqual(inside);
      }
    }
  });
});
