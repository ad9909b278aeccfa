import { parseRef } from "../../model/item.ts";
import { expressionOf, type Limits, unwantedOf } from "../query/expression.ts";
import type { Question } from "../query/question.ts";
import { partsOf, phraseOf } from "../query/term.ts";
import { foldWord } from "../query/tokens.ts";
import type { Connection, Value } from "./driver.ts";
import { fold, keyOf } from "./keys.ts";
import { passing, type Ranked } from "./ranked.ts";
import { decodeText, encodeText } from "./text.ts";
import type { Condition } from "./visibility.ts";

/** More items than these do not come first for a name that they share. */
export const MOST_EXACT = 10;
const LONGEST_NAME = 1000;
/** So many items with a word at the beginning of their title are compared. */
const MOST_TITLES = 2000;

/**
 * The items that a question names by id: the whole of it, or an identifier in it, is their id, `<source>/<id>`, alias
 * or link. They pass the same limits and checks as everything else.
 */
export function namedBy(connection: Connection, question: Question, limits: Limits, check: Condition): Ranked[] {
  const names = [question.literal, withoutQuotes(question.literal)];
  for (const term of question.terms) if (term.kind === "identifier") names.push(term.text);
  const rows = new Set<number>();
  for (const name of new Set(names.filter((each) => each !== "" && each.length <= LONGEST_NAME))) {
    for (const row of byId(connection, name)) rows.add(row);
  }
  return allowed(connection, [...rows], limits, check);
}

/** The items whose title is the whole question. Needed only where more than a page of items hold all of its words. */
export function titledBy(connection: Connection, question: Question, limits: Limits, check: Condition): Ranked[] {
  const words = wordsOf(question.literal);
  if (words === "" || words.length > 200) return [];
  const phrase = phraseOf({ kind: "phrase", text: words, parts: partsOf(words) });
  // How many words a title has is known to the index (one byte up to 127), and spares the look at most of the items.
  const most = 2 * phrase.split(" ").length;
  const rows = connection
    .raw(
      `SELECT i.id, i.title FROM (SELECT rowid AS id FROM fts WHERE fts MATCH ? ORDER BY rowid DESC LIMIT ${MOST_TITLES}) AS met
       CROSS JOIN fts_docsize d ON d.id = met.id AND substr(d.sz, 1, 1) <= ? CROSS JOIN items i ON i.id = met.id`,
    )
    .all(expressionOf(`title : ^ ${phrase}`, limits) ?? "", Uint8Array.of(most < 128 ? most : 255));
  const titled = rows.filter(([, title]) => wordsOf(decodeText(title ?? null)) === words);
  return allowed(
    connection,
    titled.map(([id]) => Number(id)),
    limits,
    check,
  );
}

/** Those of a few rows whose title is the whole question. */
export function titledAmong(connection: Connection, rows: readonly number[], question: Question): Set<number> {
  const words = wordsOf(question.literal);
  const titles = connection
    .raw("SELECT id, title FROM items WHERE id IN (SELECT value FROM json_each(?))")
    .all(JSON.stringify(rows));
  const titled = titles.filter(([, title]) => words !== "" && wordsOf(decodeText(title ?? null)) === words);
  return new Set(titled.map(([id]) => Number(id)));
}

function allowed(connection: Connection, rows: number[], limits: Limits, check: Condition): Ranked[] {
  if (rows.length === 0) return [];
  const ranked = rows.map((row) => ({ row, score: 0 }));
  return passing(connection, ranked, check, new Set())
    .filter((each) => isInside(connection, each.row, limits))
    .slice(0, MOST_EXACT);
}

function withoutQuotes(text: string): string {
  return text.replace(/^["“”]+|["“”]+$/gu, "");
}

function byId(connection: Connection, name: string): number[] {
  const spellings: Value[] = [...new Set([name, name.toUpperCase(), name.toLowerCase()])].map(encodeText);
  const rows = connection
    .raw("SELECT i.id FROM sources s CROSS JOIN items i ON i.source = s.id AND i.native_id IN (?, ?, ?)")
    .all(...spellings, ...Array<Value>(3 - spellings.length).fill(null));
  rows.push(
    ...connection
      .raw("SELECT a.item, a.alias FROM sources s CROSS JOIN aliases a ON a.source = s.id AND a.key = ? LIMIT 50")
      .all(keyOf(fold(name)))
      .filter(([, alias]) => fold(decodeText(alias ?? null)) === fold(name)),
  );
  const ref = parseRef(name);
  if (ref !== undefined) {
    rows.push(
      ...connection
        .raw("SELECT i.id FROM sources s JOIN items i ON i.source = s.id AND i.native_id = ? WHERE s.name = ?")
        .all(encodeText(ref.id), ref.source),
    );
  }
  if (name.includes("://")) {
    const linked = connection.raw("SELECT id, url FROM items WHERE url_key = ? LIMIT 50").all(keyOf(name));
    rows.push(...linked.filter(([, url]) => decodeText(url ?? null) === name));
  }
  return rows.map(([id]) => Number(id));
}

function wordsOf(text: string): string {
  return partsOf(text.slice(0, LONGEST_NAME)).map(foldWord).join(" ");
}

/** Whether a row has the facets that are wanted and none of what is not. */
export function isInside(connection: Connection, row: number, limits: Limits): boolean {
  const met = (expression: string | undefined) =>
    expression !== undefined &&
    // A number is bound as a real, and the index then looks at every row.
    connection.raw("SELECT 1 FROM fts WHERE fts MATCH ? AND rowid = ?").get(expression, BigInt(row)) !== undefined;
  const whole = expressionOf("", limits);
  return whole === undefined ? !met(unwantedOf(limits)) : met(whole);
}
