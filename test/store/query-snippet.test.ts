import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { needleOf } from "../../src/store/query/matches.ts";
import { readQuestion } from "../../src/store/query/question.ts";
import { snippetOf } from "../../src/store/query/snippet.ts";
import { stem } from "../../src/store/query/stem.ts";
import { loadDriver } from "../../src/store/sqlite/driver.ts";

function passage(question: string, text: string) {
  const needles = readQuestion(question, new Date()).terms.map((term) => needleOf(term, 1));
  return snippetOf(
    text,
    needles.filter((needle) => needle !== undefined),
  );
}

const FILLER = "Nothing of note happened on this day and nobody wrote anything down. ".repeat(60);

describe("the passage shown for a hit", () => {
  test.each([
    [
      "run",
      "We keep running it, she ran once, the runs were rerun.",
      "We keep **running** it, she ran once, the **runs** were rerun.",
    ],
    ["cafe", "Two cafés and a CAFÉ.", "Two **cafés** and a **CAFÉ**."],
    ["Straße", "In der Strasse, die Straße.", "In der **Strasse**, die **Straße**."],
    ['"data room"', "The room for data is no data room.", "The room for data is no **data room**."],
    ["ABC-123", "See ABC-123, not ABC-124 or 123.", "See **ABC-123**, not ABC-124 or 123."],
    ["会議", "来週の会議の予定", "来週の**会議**の予定"],
    ["kube*", "kubernetes and kubectl", "**kubernetes** and **kubectl**"],
    ["art", "The start of art is part of it.", "The start of **art** is part of it."],
    ["happy", "Happiness is for happier people.", "**Happiness** is for happier people."],
    ["visible", "The visibility was low.", "The **visibility** was low."],
  ])("for %j marks what the index matched in %j", (question, text, expected) => {
    expect(passage(question, text).text).toBe(expected);
  });

  test.each([
    ["plan", "# The **plan**\n\nIt is *bold* and `code` and ~~gone~~.", "The **plan** It is bold and code and gone."],
    [
      "plan",
      "See [the plan](https://example.org/a_b) and [[Notes/Plan|our plan]] or [[Plan]].",
      "See the **plan** and our **plan** or **Plan**.",
    ],
    ["plan", "| Name | State |\n|---|:-:|\n| plan | open |", "Name | State | **plan** | open"],
    ["plan", "> quoted plan\n\n- [ ] first\n* second", "quoted **plan** • first • second"],
    ["plan", "```js\nconst plan = 1;\n```", "const **plan** = 1;"],
    ["plan", "![a plan](x.png) <b>plan</b><br>snake_case_name _plan_", "a **plan** **plan** snake_case_name **plan**"],
    ["plan", "2 * plan ** 3 *** plan*", "2 ∗ **plan** 3 **plan**"],
    ["plan", "The plan is set. ^plan-b7\n\n^37066d\n\nE = mc ^2", "The **plan** is set. E = mc ^2"],
    ["plan", "The plan, see [[Notes/Old plan|the ol", "The **plan**, see the ol"],
    ["plan", "The plan, see ![[Old pl", "The **plan**, see Old pl"],
    ["plan", "a\u0000plan\u0007 \u202eplan\u202c\u{E0041}\u{E0042} ok", "a **plan** **plan** ok"],
  ])("for %j takes the Markdown off %j", (question, text, expected) => {
    expect(passage(question, text).text).toBe(expected);
  });

  test("is where most different words stand close together, and says where that is", () => {
    const text = `harbour ${FILLER}\n\nThe harbour got a new crane in May. ${FILLER} crane ${FILLER}`;
    const { text: shown, offset } = passage("harbour crane", text);
    expect(shown).toMatch(/^… The \*\*harbour\*\* got a new \*\*crane\*\* in May\. .+ …$/);
    expect(text.slice(offset)).toMatch(/^The harbour got a new crane/);
    expect(shown.length).toBeLessThan(280);
  });

  test("is the front of the text when only the title was met", () => {
    expect(passage("harbour", FILLER)).toMatchObject({
      offset: 0,
      text: expect.stringMatching(/^Nothing of note .+ …$/),
    });
    expect(passage("harbour", "")).toEqual({ text: "", offset: 0 });
  });

  test("never cuts a character in two", () => {
    for (let shift = 0; shift < 12; shift++) {
      const text = `${"x".repeat(shift)} ${"👩🏽‍🚀e\u0301𠮷".repeat(200)} harbour ${"👩🏽‍🚀e\u0301𠮷".repeat(200)}`;
      const shown = passage("harbour", text).text;
      expect(shown).toContain("**harbour**");
      expect(shown.isWellFormed()).toBe(true);
      expect(shown).not.toMatch(/^… [\u0301\u200d]|^… [\u{1F3FB}-\u{1F3FF}]/u);
    }
  });

  test("whatever the text, marks come in pairs, the offset lies inside, and nothing throws", () => {
    const piece = fc.constantFrom(
      "plan ",
      "**",
      "*",
      "_",
      "[x](",
      ")",
      "|",
      "\n",
      "`",
      "会議",
      "\ud800",
      "e\u0301",
      "𠮷",
      "# ",
      "plans",
      "<b>",
      "\\",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 400 }), (pieces) => {
        const text = pieces.join("");
        const { text: shown, offset } = passage("plan 会議", text);
        expect((shown.match(/\*\*/g) ?? []).length % 2).toBe(0);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThanOrEqual(text.length);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 500 },
    );
  });

  test("of a text of several megabytes comes from its first part", () => {
    const text = "harbour " + "lorem ipsum dolor sit amet ".repeat(200_000);
    expect(passage("harbour amet", text).text).toContain("**harbour**");
  });
});

test("words are stemmed exactly as the index does it", () => {
  const connection = loadDriver().open(":memory:");
  connection.exec(
    "CREATE VIRTUAL TABLE f USING fts5 (w, tokenize = 'porter unicode61 remove_diacritics 2'); CREATE VIRTUAL TABLE v USING fts5vocab (f, instance)",
  );
  const beginnings =
    "relat condition ration val digit confor differ analog vile oper feudal decis hope call formal sens tri elect good inflat contr rol hop fall hiss fizz fail fil agre plaster motor sky happ possibl visibl eed s ss y yy by".split(
      " ",
    );
  const endings =
    ",s,es,ies,ed,eed,ing,ational,tional,enci,izer,abli,alli,entli,eli,ousli,ization,ation,ator,alism,iveness,fulness,ousness,aliti,iviti,biliti,icate,ative,alize,iciti,ical,ful,ness,al,ance,er,ible,ment,ement,ion,ou,ism,ate,ous,ive,ize,e,ll,y,ying".split(
      ",",
    );
  const words = beginnings.flatMap((beginning) => endings.map((ending) => beginning + ending));
  for (const [at, word] of words.entries())
    connection.prepare("INSERT INTO f (rowid, w) VALUES (?, ?)").run(at + 1, word);
  const differing = connection
    .raw("SELECT doc, term FROM v")
    .all()
    .map(([doc, term]) => [words[Number(doc) - 1], term] as const)
    .filter(([word, term]) => stem(word ?? "") !== term);
  connection.close();
  expect(words.length).toBeGreaterThan(1500);
  expect(differing).toEqual([]);
});
