import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withoutComments } from "../../../src/connectors/files/markdown/comments.ts";
import { splitFrontMatter } from "../../../src/connectors/files/markdown/front-matter.ts";
import { readNote } from "../../../src/connectors/files/markdown/note.ts";
import { isTagged, tagsIn } from "../../../src/connectors/files/markdown/tags.ts";
import { codeSpans, linksIn, withoutCode } from "../../../src/connectors/kit/index.ts";

const note = (source: string) => readNote(source, true);

describe("front matter", () => {
  test("gives title, dates, tags, aliases, authors and fields, and leaves the text", () => {
    const read = note(
      "---\ntitle: The bridge\naliases: [Bridge, Old bridge]\ntags:\n  - work/bridge\n  - '#home'\nauthor: Ada\ncreated: 2024-02-03\nlast modified: 2024-02-04 10:00:00Z\nstatus: open\nrating: 4.5\ndone: false\nnested:\n  a: [1, null]\n---\n\n# Hello\n",
    );
    expect(read).toMatchObject({
      title: "The bridge",
      aliases: ["Bridge", "Old bridge"],
      tags: ["work/bridge", "home"],
      authors: ["user:Ada"],
      createdAt: "2024-02-03T00:00:00.000Z",
      updatedAt: "2024-02-04T10:00:00.000Z",
      text: "# Hello\n",
    });
    expect(read.fields).toMatchObject({ status: "open", rating: 4.5, done: false, nested: { a: [1, null] } });
    expect(Object.keys(read.fields)).not.toContain("tags");
  });

  test.each([
    ["tags: a, b c", ["a", "b", "c"]],
    ["tag: single", ["single"]],
    ["tags: '#x, #y/z'", ["x", "y/z"]],
    ["tags: [2024, real, [deep]]", ["real", "deep"]],
    ["tags:", []],
    ["Tags: [Upper]", ["Upper"]],
  ])("reads %j", (line, tags) => {
    expect(note(`---\n${line}\n---\nx`).tags).toEqual(tags);
  });

  test.each([
    "---js\nglobalThis.ran = true\n---\nx",
    "---javascript\n{ title: 'x' }\n---\nx",
    "---json\n{}\n---\nx",
    "----\na: b\n----\nx",
    "--- \u2028\na: b\n---\nx",
    " ---\na: b\n---\nx",
    "---\nno end\n",
    "---",
    "",
  ])("%j is text and nothing runs", (source) => {
    expect(note(source).text).toBe(source);
    expect(note(source).warning).toBeUndefined();
    expect((globalThis as { ran?: boolean }).ran).toBeUndefined();
  });

  test.each([
    "a: [unclosed",
    "a:\n\t- tab",
    "- a\n- list",
    "just words",
    "a: &x [1]\nb: *unknown",
    `a: &a [x, x, x, x, x, x, x, x, x]\n${["b", "c", "d", "e", "f", "g", "h", "i"].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[at]}`).join(", ")}]`).join("\n")}`,
  ])("%j loses no text and says so", (yaml) => {
    const source = `---\n${yaml}\n---\nThe body.`;
    const read = note(source);
    expect(read.text).toBe(source);
    expect(read.warning).toMatch(/^The properties are not valid YAML/);
  });

  test("the same key twice counts once, the last one", () => {
    expect(note("---\nstatus: a\nstatus: b\n---\nx").fields).toEqual({ status: "b" });
  });

  test("keys that other programs trip over are harmless", () => {
    const read = note(
      "---\n__proto__: { polluted: true }\nconstructor: c\ntoString: t\n? [a, b]\n: pair\n1: one\nx: .nan\n---\nb",
    );
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(read.fields).toMatchObject({ constructor: "c", toString: "t", "1": "one", x: "NaN" });
    expect(read.text).toBe("b");
  });

  test("front matter that no person wrote stays text with a warning", () => {
    const source = `---\n${"key: value\n".repeat(3000)}---\nb`;
    expect(note(source)).toMatchObject({ text: source, warning: expect.stringMatching(/longer than 16,000/) });
  });

  test("very large properties are left out of the fields with a warning", () => {
    const read = note(`---\n${Array.from({ length: 1000 }, (_, at) => `k${at}: [x]`).join("\n")}\n---\nb`);
    expect(read.fields).toEqual({});
    expect(read.warning).toMatch(/too large/);
    expect(read.text).toBe("b");
  });

  test.each(["someday", "2024-13-45", "2024-02-03T99:99", "12", ""])("%j is no date", (written) => {
    const read = note(`---\ncreated: "${written}"\n---\nx`);
    expect(read.createdAt).toBeUndefined();
  });

  test("a time without a zone is meant where this machine is", () => {
    expect(note("---\ndate: 2024-07-01 9:05\n---\nx").createdAt).toBe(new Date(2024, 6, 1, 9, 5).toISOString());
  });

  test("is kept as text when it shall not be parsed", () => {
    expect(readNote("---\ntags: [a]\n---\nx", false)).toMatchObject({
      text: "---\ntags: [a]\n---\nx",
      tags: [],
      fields: {},
    });
  });
});

describe("tags in the text", () => {
  test.each<[string, string[]]>([
    ["#one and #two/three, (#four) *#five* #six.", ["one", "two/three", "four", "five", "six"]],
    ["#123 #1a #2024/06 # heading ## more a#b http://x/#frag", ["1a"]],
    [
      "#ünïcode #日本語 #שלום #🦊 #👩‍👩‍👧 #🇪🇺 #kebab-case #snake_case",
      ["ünïcode", "日本語", "שלום", "🦊", "👩‍👩‍👧", "🇪🇺", "kebab-case", "snake_case"],
    ],
    ["`#code` and\n```\n#fence\n```\n\\#escaped", []],
    ["#twice #twice #Twice", ["twice", "Twice"]],
    ["> [!note] #callout\n> #inside\n\n- [ ] #task\n\n| #cell | x |", ["callout", "inside", "task", "cell"]],
    ["#a/ #/b", ["a", "b"]],
  ])("%j", (text, tags) => {
    expect(note(text).tags).toEqual(tags);
  });

  test("a tag lies below another by whole parts", () => {
    expect(isTagged(["Project/Alpha"], ["project"])).toBe(true);
    expect(isTagged(["projects"], ["project"])).toBe(false);
    expect(isTagged(["project"], ["#project/alpha"])).toBe(false);
  });
});

describe("links", () => {
  test.each<[string, object[]]>([
    ["[[Note]]", [{ sort: "wiki", target: "Note", embeds: false }]],
    ["[[folder/Note#Heading|the note]]", [{ sort: "wiki", target: "folder/Note", embeds: false, text: "the note" }]],
    [
      "[[Note#^block]] [[Note^block]]",
      [
        { sort: "wiki", target: "Note", embeds: false },
        { sort: "wiki", target: "Note", embeds: false },
      ],
    ],
    [
      "![[photo.png|300]] ![[a.pdf#page=2]]",
      [
        { sort: "wiki", target: "photo.png", embeds: true },
        { sort: "wiki", target: "a.pdf", embeds: true },
      ],
    ],
    ["| [[Note\\|alias]] |", [{ sort: "wiki", target: "Note", embeds: false, text: "alias" }]],
    ["[[#Heading]] [[]] [[|x]] [[a\nb]]", []],
    [
      '[see](My%20Note.md#part) [b](<My other note.md>) ![p](img/a(1).png "title")',
      [
        { sort: "path", target: "My Note.md", embeds: false, text: "see" },
        { sort: "path", target: "My other note.md", embeds: false, text: "b" },
        { sort: "path", target: "img/a(1).png", embeds: true, text: "p" },
      ],
    ],
    [
      "[x](https://example.org/a_(b)?c#d) <https://example.com> https://example.net/p. (https://example.org/q)",
      [
        { sort: "url", target: "https://example.org/a_(b)?c#d", embeds: false, text: "x" },
        { sort: "url", target: "https://example.com", embeds: false },
        { sort: "url", target: "https://example.net/p", embeds: false },
        { sort: "url", target: "https://example.org/q", embeds: false },
      ],
    ],
    [
      "[m](mailto:a@b.example) [j](javascript:alert(1)) [f](file:///etc/passwd) [h](#here) [d](data:text/plain,x) [n](//host/x)",
      [],
    ],
    [
      "[ref]: docs/target.md 'T'\n[^1]: footnote.md",
      [{ sort: "path", target: "docs/target.md", embeds: false, text: "ref" }],
    ],
    ["[bad](%zz.md)", [{ sort: "path", target: "%zz.md", embeds: false, text: "bad" }]],
  ])("%j", (text, links) => {
    expect(linksIn(text)).toEqual(links);
  });

  test("inside code are none", () => {
    const source =
      "a `[[No]]` b ``[[No `x` 2]]`` c\n\n```md\n[[No3]] ![[No4]]\n```\n\n~~~\n[no5](no5.md)\n~~~\n> ```\n> [[No6]]\n> ```\n[[Yes]] `unclosed [[Yes2]]";
    expect(note(source).links.map((link) => link.target)).toEqual(["Yes", "Yes2"]);
  });
});

describe("comments", () => {
  test.each([
    ["a %%gone%% b", "a  b"],
    ["a\n%%\nwhole lines\n%%\nb", "a\nb"],
    ["%%a%%%%b%%c", "c"],
    ["100%% of `%%kept%%` x", "100%% of `%%kept%%` x"],
    ["never %% closed", "never %% closed"],
    ["```\n%%kept%%\n```", "```\n%%kept%%\n```"],
    ["%%[[Hidden]] #hidden%%[[Shown]]", "[[Shown]]"],
  ])("%j", (source, text) => {
    expect(withoutComments(source)).toBe(text);
  });

  test("neither link nor tag", () => {
    expect(note("%%[[Hidden]] #hidden%%[[Shown]] #shown")).toMatchObject({
      tags: ["shown"],
      links: [{ target: "Shown" }],
    });
  });
});

describe("any text at all", () => {
  const pieces = fc.constantFrom(
    "`",
    "``",
    "```",
    "~~~",
    "\n",
    "\n\n",
    "---\n",
    "%%",
    "[[",
    "]]",
    "![[",
    "](",
    ")",
    "[",
    "#tag",
    " ",
    "> ",
    "|",
    "a",
    "é",
    "🦊",
    "\ud800",
    "\u0000",
    "\t",
    "https://x.example/",
    "key: value\n",
    "\\",
    "<",
    ">",
  );
  const markdown = fc
    .array(fc.oneof({ weight: 6, arbitrary: pieces }, fc.string()), { maxLength: 60 })
    .map((parts) => parts.join(""));

  test("is read without an error, and what is no comment and no property stays", () => {
    fc.assert(
      fc.property(markdown, (source) => {
        const read = note(source);
        if (!source.startsWith("---") && !source.includes("%%")) expect(read.text).toBe(source);
        expect(source.endsWith(splitFrontMatter(source).body)).toBe(true);
        for (const link of read.links) expect(link.target).not.toBe("");
        for (const tag of read.tags) expect(tag).not.toMatch(/^[\d/]*$/);
      }),
      { numRuns: 3000 },
    );
  });

  test("code spans are in order, apart, inside the text, and blanking them keeps every place", () => {
    fc.assert(
      fc.property(markdown, (source) => {
        const spans = codeSpans(source);
        let last = 0;
        for (const [start, end] of spans) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(source.length);
        expect(withoutCode(source, spans)).toHaveLength(source.length);
      }),
      { numRuns: 3000 },
    );
  });

  // A megabyte of each must end within the time of a test; anything worse than linear takes minutes.
  test.each([
    "`",
    "` ",
    "`a``b```c",
    "[[",
    "![[a|",
    "[[a]",
    "](",
    "[a](",
    "[a](b ",
    "[",
    "](((",
    "%%",
    "%% `",
    "#",
    "#a",
    "#/",
    "~~~",
    "> ",
    "> ```\n",
    "```\n",
    "---\n",
    "<",
    "https://",
    "http",
    "[a]: ",
    "\n",
    "\n\n`",
    " ",
    "\t",
    "[a](<",
    '[]("',
    "a: b\n",
    "\u200d",
    "#🦊",
    "[[a#b^c|",
    "(".repeat(50),
    "![",
    "![](",
  ])(
    "a megabyte of %j is read in linear time",
    (piece) => {
      const hostile = piece.repeat(Math.ceil(1_000_000 / piece.length));
      note(hostile);
      note(`---\n${hostile}`);
      note(`---\na: ${hostile.slice(0, 15_900)}\n---\n${hostile}`);
      expect(tagsIn(hostile).length).toBeGreaterThanOrEqual(0);
    },
    20_000,
  );
});
