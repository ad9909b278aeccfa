// Judged collections: the sample vault's questions from this folder, and public ones from a folder outside of the repository.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/**
 * @typedef {{ask: string, sort: string, grades: Map<string, number>}} Judged
 * @typedef {{id: string, title: string, text: string, authors: string[], year?: number}} Text
 */

/** The questions about the sample vault. */
export function sampleQuestions() {
  const file = fileURLToPath(new URL("questions.yaml", import.meta.url));
  return parse(readFileSync(file, "utf8")).map(({ ask, sort, ...answers }) => {
    const grades = new Map();
    for (const [grade, ids] of Object.entries(answers)) for (const id of ids) grades.set(id, Number(grade));
    return { ask, sort, grades };
  });
}

/**
 * The collections found in a folder's folders, by what lies in them: `*.all`, `*.qry` or `query.text` and `*.rel`,
 * `*qrel*` (the form of SMART: Cranfield, CACM, CISI, Medline …), or `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` (BEIR).
 */
export function publicCollections(folder) {
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => readCollection(join(folder, name)))
    .filter((collection) => collection !== undefined);
}

function readCollection(folder) {
  const named = (pattern) => {
    const name = readdirSync(folder).find((each) => pattern.test(each));
    return name === undefined ? undefined : readFileSync(join(folder, name), "utf8");
  };
  if (existsSync(join(folder, "corpus.jsonl"))) return beir(folder);
  const [texts, questions, judged] = [
    named(/\.all(?:\.\d+)?$/i),
    named(/\.qry$|^query\.text$/i),
    named(/\.rel$|qrel/i),
  ];
  if (texts === undefined || questions === undefined || judged === undefined) return undefined;
  return { name: basename(folder), texts: records(texts).map(textOf), questions: asked(questions, gradesIn(judged)) };
}

/** The records of a SMART file: `.I number`, then fields that begin with a line of a dot and a letter. */
function records(file) {
  return file
    .split(/^\.I\s+(?=\d+\s*$)/m)
    .slice(1)
    .map((record) => {
      const [, id, rest] = /^(\d+)\s*\r?\n([\s\S]*)$/.exec(record) ?? [];
      const fields = {};
      for (const part of `\n${rest}`.split(/\r?\n(?=\.[A-Z]\s*\r?\n)/).slice(1)) {
        fields[part[1]] = `${fields[part[1]] ?? ""}${part.slice(3).trim()}\n`;
      }
      return { id, fields };
    });
}

/** Authors are words of the text too: the plain ranking must find them as well. */
function textOf({ id, fields: { T = "", A = "", B = "", W = "" } }) {
  const authors = A.split("\n")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const year = /\b19\d\d\b/.exec(B)?.[0];
  return {
    id,
    title: T.replace(/\s+/g, " ").trim(),
    text: [A, W].join("\n").trim(),
    authors,
    ...(year !== undefined && { year: Number(year) }),
  };
}

/** Judgements number the questions from 1 on, also where the questions' own numbers leave some out. */
function asked(file, grades) {
  const all = records(file);
  const numbered = all.every(({ id }) => Number(id) <= all.length);
  return all
    .map(({ id, fields }, index) => ({
      ask: (fields.W ?? "").replace(/\s+/g, " ").trim(),
      sort: "public",
      grades: grades.get(numbered ? Number(id) : index + 1) ?? new Map(),
    }))
    .filter(({ ask, grades: judged }) => ask !== "" && judged.size > 0);
}

/** Lines of question, text and perhaps a code: of Cranfield's codes 1 is the best and 4 the least, below is refused. */
function gradesIn(file) {
  const all = new Map();
  for (const line of file.split("\n")) {
    const [question, text, code = "0", rest] = line.trim().split(/\s+/);
    const grade = rest === undefined ? 5 - Number(code) : 1;
    if (text === undefined || grade < 1 || grade > 4) continue;
    const grades = all.get(Number(question)) ?? new Map();
    all.set(Number(question), grades.set(text, grade));
  }
  return all;
}

function beir(folder) {
  const lines = (name) =>
    readFileSync(join(folder, name), "utf8")
      .split("\n")
      .filter((line) => line !== "");
  const grades = new Map();
  for (const line of lines("qrels/test.tsv").slice(1)) {
    const [question, text, grade] = line.split("\t");
    if (Number(grade) > 0) grades.set(question, (grades.get(question) ?? new Map()).set(text, Number(grade)));
  }
  const texts = lines("corpus.jsonl").map((line) => {
    const { _id, title, text } = JSON.parse(line);
    return { id: _id, title, text, authors: [] };
  });
  const questions = lines("queries.jsonl").map((line) => {
    const { _id, text } = JSON.parse(line);
    return { ask: text, sort: "public", grades: grades.get(_id) ?? new Map() };
  });
  return { name: basename(folder), texts, questions: questions.filter((each) => each.grades.size > 0) };
}
