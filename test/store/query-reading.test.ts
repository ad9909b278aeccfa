import { describe, expect, test } from "vitest";
import { type Question, readQuestion } from "../../src/store/query/question.ts";
import { phraseOf, type Term } from "../../src/store/query/term.ts";

const NOW = new Date(2026, 10, 21, 10, 0, 0);

/** A term in short: `word`, `"phrase"`, `<identifier>`, `a~b` for a compound. */
function short(term: Term): string {
  if (term.kind === "phrase") return `"${term.text}"`;
  if (term.kind === "identifier") return `<${term.text}>`;
  return term.kind === "compound" ? term.text + "~" : term.text;
}

function read(text: string): Question {
  return readQuestion(text, NOW);
}

function terms(text: string): string {
  return read(text).terms.map(short).join(" ");
}

describe("the words of a question", () => {
  test.each([
    // Small words of English go.
    ["what did we decide about pricing?", "decide pricing"],
    ["Where is the contract with Acme Ltd?", "contract Acme Ltd"],
    ["who owns the billing service", "owns billing service"],
    ["notes from the offsite in Lisbon", "notes offsite Lisbon"],
    ["How do I reset my password", "reset password"],
    ["why was the release delayed", "release delayed"],
    ["please find the invoice", "find invoice"],
    ["budget AND forecast", "budget forecast"],
    ["budget OR forecast", "budget forecast"],
    ["NOT approved", "approved"],
    // … but not when there is nothing else.
    ["the who", "the who"],
    ["it", "it"],
    ["to be or not to be", "to be or not"],
    ["The The", "The"],
    ["what is this", "what is this"],
    // Acronyms among small letters are names.
    ["IT budget", "IT budget"],
    ["US tax forms", "US tax forms"],
    ["offer to WHO", "offer WHO"],
    ["WHAT IS THE PLAN", "PLAN"],
    // Other languages.
    ["Was hat der Kunde zum Angebot gesagt", "Kunde Angebot gesagt"],
    ["war der Kunde zufrieden mit dem Angebot", "Kunde zufrieden Angebot"],
    ["war and peace", "war peace"],
    ["die hard", "die hard"],
    ["où est le contrat de la société", "contrat société"],
    ["compte rendu de la réunion avec les clients", "compte rendu réunion clients"],
    ["l'équipe", "équipe"],
    ["aujourd'hui", "aujourd'hui~"],
    ["dónde está el informe de ventas", "informe ventas"],
    ["qual é o orçamento para o projeto", "orçamento projeto"],
    ["quali sono gli obiettivi della riunione", "quali obiettivi riunione"],
    ["wat is het plan voor de verhuizing", "plan verhuizing"],
    ["son of man", "son man"],
    // Repeats are asked once, whatever their case and accents.
    ["Café cafe CAFÉ", "Café"],
    ["run running runs", "run"],
    // Apostrophes.
    ["Anna's notes", "Anna notes"],
    ["Anna’s notes", "Anna notes"],
    ["O'Brien", "O'Brien~"],
    ["it doesn't start", "start"],
    // Slashes and colons between plain words only join them.
    ["client/server", "client server"],
    ["and/or", "and or"],
    ["re: offer", "offer"],
    ["note:offer", "note offer"],
    ["yes,no;maybe", "yes maybe"],
    ["(draft) [final] {old} <new>", "draft final old new"],
    ["budget...", "budget"],
    ["¿dónde?", "dónde"],
    ["100% sure!", "100 sure"],
    // Written together, found apart too.
    ["real-time feed", "real-time~ feed"],
    ["R&D", "R&D~"],
    ["state-of-the-art", "state-of-the-art~"],
    // Beginnings.
    ["kube*", "kube*"],
    ["k*", "k"],
    // Nothing at all.
    ["", ""],
    ["   ", ""],
    ['?!… -- * " ( ) :', ""],
    ["🎉", ""],
    ["🎉 party", "party"],
    ["C++", "C"],
    ["\u0000\u0001budget\u0007", "budget"],
    ["\ud800budget\udfff", "budget"],
    ["\u200bbud\u00adget\ufeff", "bud\u00adget"],
  ])("%j asks for %j", (question, expected) => {
    expect(terms(question)).toBe(expected);
  });
});

describe("names, numbers and addresses stay in one piece", () => {
  test.each([
    ["ABC-123", "<ABC-123>", '"ABC 123"'],
    ["see ABC-123, please", "see <ABC-123>", '"see"'],
    ["v2.3.1", "<v2.3.1>", '"v2 3 1"'],
    ["node 20.19.0", "node <20.19.0>", '"node"'],
    ["foo_bar", "<foo_bar>", '"foo bar"'],
    ["SOME_CONSTANT_NAME", "<SOME_CONSTANT_NAME>", '"SOME CONSTANT NAME"'],
    ["camelCase", "<camelCase>", '"camelCase"'],
    ["parseOrderLine()", "<parseOrderLine>", '"parseOrderLine"'],
    ["Plan-2026.md", "<Plan-2026.md>", '"Plan 2026 md"'],
    ["report.pdf", "<report.pdf>", '"report pdf"'],
    [".env", "env", '"env"'],
    ["anna@example.org", "<anna@example.org>", '"anna example org"'],
    ["3f2a9c1e", "<3f2a9c1e>", '"3f2a9c1e"'],
    ["9fceb02d0ae598e95dc970b74767f19372d61af8", "<9fceb02d0ae598e95dc970b74767f19372d61af8>", undefined],
    ["src/store/query/scan.ts", "<src/store/query/scan.ts>", '"src store query scan ts"'],
    ["docs/plans/next", "<docs/plans/next>", '"docs plans next"'],
    ["C:\\Users\\anna", "<C:\\Users\\anna>", '"C Users anna"'],
    ["https://example.org/a?b=c&d=e,f", "<https://example.org/a?b=c&d=e,f>", '"https example org a b c d e f"'],
    ["http://x", "<http://x>", '"http x"'],
    ["std::string", "<std::string>", '"std string"'],
    ["10:30", "<10:30>", '"10 30"'],
    ["192.168.0.1", "<192.168.0.1>", '"192 168 0 1"'],
    ["+49 30 123456", "49 30 <123456>", '"49"'],
    ["#123", "123", '"123"'],
    ["U.S.A.", "<U.S.A>", '"U S A"'],
    ["2026-03-14", "<2026-03-14>", '"2026 03 14"'],
  ])("%j is read as %s", (question, expected, phrase) => {
    expect(terms(question)).toBe(expected);
    const first = read(question).terms[0];
    if (phrase !== undefined && first !== undefined) expect(phraseOf(first)).toBe(phrase);
  });
});

describe("quotes and exclusions", () => {
  test.each([
    ['"data room"', '"data room"', ""],
    ['the "data room" index', '"data room" index', ""],
    ["“data room”", '"data room"', ""],
    ["„data room“", '"data room"', ""],
    ["«salle de données»", '"salle de données"', ""],
    ["「会議の予定」", '"会議の予定"', ""],
    ['"to be or not to be"', '"to be or not to be"', ""],
    ['"unclosed phrase', "unclosed phrase", ""],
    ['""', "", ""],
    ['"  "', "", ""],
    ['3.5" disk', "<3.5> disk", ""],
    ['x"b c"d', 'x "b c" d', ""],
    ["budget -draft", "budget", "draft"],
    ['budget -"first draft"', "budget", '"first draft"'],
    ["budget - draft", "budget draft", ""],
    ["budget --draft", "budget draft", ""],
    ["-draft", "", "draft"],
    ["well-known", "well-known~", ""],
    ["-5 degrees", "degrees", "5"],
  ])("%j asks for %s and excludes %j", (question, expected, excluded) => {
    expect(terms(question)).toBe(expected);
    expect(read(question).excluded.map(short).join(" ")).toBe(excluded);
  });
});

describe("filters inside a question", () => {
  test.each([
    ["source:github crash", "crash", "sources=github"],
    ["source:github,gitlab crash", "crash", "sources=github sources=gitlab"],
    ['source:"Work Mail" crash', "crash", "sources=Work Mail"],
    ["SOURCE:github", "", "sources=github"],
    ["kind:issue", "", "kinds=issue"],
    ["type:issue", "", "kinds=issue"],
    ["in:general", "", "containers=general"],
    ['container:"Team Notes"', "", "containers=Team Notes"],
    ["author:anna", "", "authors=anna"],
    ["from:anna@example.org", "", "authors=anna@example.org"],
    ['by:"Anna Lee" budget', "budget", "authors=Anna Lee"],
    ["tag:urgent", "", "tags=urgent"],
    ["#urgent budget", "budget", "tags=urgent"],
    ["#project/alpha", "", "tags=project/alpha"],
    ["-source:mail budget", "budget", "-sources=mail"],
    ["-#done budget", "budget", "-tags=done"],
    ["source: github", "source github", ""],
    ["in:", "in", ""],
    ["source::x", "<source::x>", ""],
    ["in:/etc/passwd", "etc passwd", ""],
    ["http://x", "<http://x>", ""],
    ["10:30", "<10:30>", ""],
    ["re: foo", "foo", ""],
    ["title:foo", "title foo", ""],
    ["body:foo facets:s1", "body foo <facets:s1>", ""],
    ['source:"" x', "source x", ""],
  ])("%j asks for %j within %j", (question, expected, names) => {
    expect(terms(question)).toBe(expected);
    const read = readQuestion(question, NOW);
    expect(read.names.map((name) => `${name.excluded ? "-" : ""}${name.field}=${name.value}`).join(" ")).toBe(names);
  });

  const day = (year: number, month: number, date: number) => new Date(year, month - 1, date).getTime();
  test.each<[string, number | undefined, number | undefined]>([
    ["since:2026", day(2026, 1, 1), undefined],
    ["since:2026-03", day(2026, 3, 1), undefined],
    ["after:2026-03-15", day(2026, 3, 15), undefined],
    ["since:2026/3/5", day(2026, 3, 5), undefined],
    ["since:2026-03-15T12:00:00Z", Date.UTC(2026, 2, 15, 12), undefined],
    ["until:2026-03", undefined, day(2026, 4, 1)],
    ["before:2026-03", undefined, day(2026, 3, 1)],
    ["until:2026", undefined, day(2027, 1, 1)],
    ["since:7d", new Date(2026, 10, 14, 10).getTime(), undefined],
    ["since:2w", new Date(2026, 10, 7, 10).getTime(), undefined],
    ["since:3m", new Date(2026, 7, 21, 10).getTime(), undefined],
    ["since:1y", new Date(2025, 10, 21, 10).getTime(), undefined],
    ["since:24h", NOW.getTime() - 86_400_000, undefined],
    ['since:"2 weeks ago"', new Date(2026, 10, 7, 10).getTime(), undefined],
    ["since:today", day(2026, 11, 21), undefined],
    ["since:yesterday", day(2026, 11, 20), undefined],
    ["until:yesterday", undefined, day(2026, 11, 21)],
    ["before:yesterday", undefined, day(2026, 11, 20)],
    ['since:"last week"', day(2026, 11, 9), undefined],
    ["since:last-week", day(2026, 11, 9), undefined],
    ['until:"last week"', undefined, day(2026, 11, 16)],
    ['since:"this month"', day(2026, 11, 1), undefined],
    ['since:"last year"', day(2025, 1, 1), undefined],
    ["since:monday", day(2026, 11, 16), undefined],
    ["since:march", day(2026, 3, 1), undefined],
    ['since:"december 2024"', day(2024, 12, 1), undefined],
    ["since:2026-01 since:2026-03", day(2026, 3, 1), undefined],
    ["since:2026-01 until:2026-02", day(2026, 1, 1), day(2026, 3, 1)],
  ])("%s is a time", (question, since, until) => {
    const { since: from, until: to, hints } = read(question);
    expect({ from, to, hints }).toEqual({ from: since, to: until, hints: [] });
  });

  test.each(["since:foo", "since:2026-13", "since:2026-02-30", "until:99999", "before:maybe"])(
    "%s is no time, and a hint says how to write one",
    (question) => {
      const { since, until, hints } = read(question);
      expect([since, until]).toEqual([undefined, undefined]);
      expect(hints.join()).toMatch(/is no date that headwater knows\. Write .+:2026-03-15/);
    },
  );

  test("a filter with a slip in its name is read as words, and a hint names the right one", () => {
    expect(terms("sorce:github crash")).toBe("sorce github crash");
    expect(read("sorce:github crash").hints).toEqual(['"sorce:" is no filter and was read as words; write "source:".']);
  });
});

describe("scripts without spaces", () => {
  test.each([
    ["来週の会議の予定は", "来週 会議 予定"],
    ["東京オフィスの会議室", "東京 オフィス 会議室"],
    ["我们的预算", "我们 预算"],
    ["회의록을", "회의록"],
    ["การประชุม", "การ ประชุม"],
    ["iPhoneの価格", "iPhone 価格"],
  ])("%s is cut into %s", (question, expected) => {
    expect(terms(question)).toBe(expected);
  });

  test("their words are looked for letter by letter", () => {
    expect(read("会議室").terms.map(phraseOf)).toEqual(['"会 議 室"']);
    expect(read("ﾃｽﾄ").terms.map(phraseOf)).toEqual(['"テ ス ト"']);
  });
});

describe("spellings of the same letters", () => {
  test.each([
    ["Straße", '"Strasse"'],
    ["ＰＤＦ", '"PDF"'],
    ["Cafe\u0301", '"Café"'],
    ["Łódź", '"Lódź"'],
    ["İstanbul", '"Istanbul"'],
    ["ﬁnance", '"finance"'],
    ["𝗯𝗼𝗹𝗱", '"bold"'],
    ["smørrebrød", '"smorrebrod"'],
  ])("%s is looked for as %s", (question, expected) => {
    expect(read(question).terms.map(phraseOf)).toEqual([expected]);
  });
});

describe("questions beyond measure", () => {
  test("of ten thousand words the first 32 are read, and a hint says so", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `word${String.fromCharCode(97 + (index % 26))}${index}`);
    const question = read(many.join(" "));
    expect(question.terms).toHaveLength(32);
    expect(question.hints.join()).toContain("Only the first");
  });

  test.each([
    ["a megabyte of one letter", "a".repeat(1_000_000)],
    ["a megabyte of quotes", '"'.repeat(1_000_000)],
    ["a megabyte of half-open quotes", '„"'.repeat(500_000)],
    ["a megabyte of colons", "in:".repeat(333_333)],
    ["a megabyte of hyphens", "a-".repeat(500_000)],
    ["a megabyte of accents", "\u0301".repeat(1_000_000)],
    ["a megabyte of kanji", "会議".repeat(500_000)],
  ])("%s is read without trouble", (_, text) => {
    const question = read(text);
    expect(question.terms.length).toBeLessThanOrEqual(32);
    expect(question.hints.join()).toContain("Only the first 4,096 characters");
  });
});
