import { afterEach, describe, expect, it } from "vitest";
import { type ChangeFeed, type ChangeNotice, changeFeed } from "../../src/tools/change-feed.ts";
import { fakeDesk } from "./fake-desk.ts";

let feed: ChangeFeed;
afterEach(() => feed.close());

describe("change notices", () => {
  it("tell what another process changed, but only while somebody subscribed", async () => {
    const desk = fakeDesk(["notes"]);
    desk.put("notes", { id: "old.md", title: "Old", text: "Before." });
    const notices: ChangeNotice[] = [];
    let wanted = false;
    feed = changeFeed(10);
    feed.listen({ wanted: () => wanted, notice: (notice) => notices.push(notice) });
    await feed.begin(desk);
    let asked = 0;
    const { changes } = desk.store;
    desk.store.changes = (request) => {
      asked += 1;
      return changes(request);
    };
    desk.put("notes", { id: "new note.md", title: "New", text: "After." });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([asked, notices]).toEqual([0, []]);
    wanted = true;
    await expect.poll(() => notices.length).toBe(1);
    expect(notices[0]!.listChanged).toBe(true);
    expect([...notices[0]!.updated]).toEqual([
      "headwater://sources",
      "headwater://notes",
      "headwater://notes/items",
      "headwater://notes/new%20note.md",
    ]);
  });

  it("tell each change once, also when syncs end while it looks", async () => {
    const desk = fakeDesk(["notes"]);
    const updated: string[] = [];
    feed = changeFeed(10);
    feed.listen({ wanted: () => true, notice: (notice) => updated.push(...notice.updated) });
    await feed.begin(desk);
    for (let number = 0; number < 1200; number++) desk.put("notes", { id: `${number}.md`, title: "N", text: "" });
    for (let times = 0; times < 5; times++) desk.ended("notes");
    const items = () => updated.filter((uri) => uri.endsWith(".md"));
    await expect.poll(() => items().length).toBe(1200);
    desk.ended("notes");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(new Set(items()).size).toBe(1200);
    expect(items()).toHaveLength(1200);
  });
});
