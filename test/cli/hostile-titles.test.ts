import { beforeAll, describe, expect, it } from "vitest";
import { Sandbox } from "./sandbox.ts";

/** What moves the cursor, rings, recolours, names the window, links elsewhere, forges a line or turns the text around. */
const TRICKS = [
  "\u001b[2J",
  "\u001b]0;owned\u0007",
  "\u001b[31m",
  "\r",
  "\nheadwater: all sources were deleted",
  "\u0007",
  "\u009b31m",
  "\u202e",
  "\u2028",
  "\u001b]8;;https://evil.example\u0007here\u001b]8;;\u0007",
];
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const box = new Sandbox();
beforeAll(async () => {
  box.put("Notes/.obsidian/app.json", "{}");
  for (let at = 0; at < 100; at++) {
    const title = `Weir ${TRICKS[at % 10]} of ${at} ${TRICKS[(at * 7 + 3) % 10]} days`;
    // Every other file carries the trick in its name as well; a name cannot hold a slash.
    const name = at % 2 === 0 ? `${at}` : title.replaceAll("/", " ");
    box.put(
      `Notes/${name}.md`,
      `---\ntitle: ${JSON.stringify(title)}\ntags: [${JSON.stringify(title)}]\n---\nIt opens in April.\n`,
    );
  }
  await box.run(["init", "--yes"]);
}, 60_000);

describe("a hundred titles that try to take over the terminal", () => {
  it.each([
    ["sync", "notes", "--full"],
    ["search", "weir", "--limit", "50"],
    ["list", "notes"],
    ["changes", "--limit", "200"],
    ["status"],
    ["history"],
    ["failures"],
    ["sources"],
    ["fetch", "notes/0.md"],
    ["fetch", "notes/4.md"],
  ])("bring no escape and no line of their own into what `%s` says", async (...args) => {
    const { code, stdout, stderr } = await box.run(args);
    expect([0, 5]).toContain(code);
    expect(stdout + stderr).not.toMatch(FORBIDDEN);
    expect(stdout + stderr).not.toMatch(/^headwater: all sources/m);
  });

  it("are all found, as words", async () => {
    const { hits } = await box.json<{ hits: { title: string }[] }>(["search", "weir", "--limit", "50"]);
    expect(hits).toHaveLength(50);
    for (const { title } of hits) expect(title).toContain("Weir");
  });
});
