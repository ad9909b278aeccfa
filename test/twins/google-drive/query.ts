import type { Person } from "../google/accounts.ts";
import { Refusal } from "../google/refusal.ts";
import type { DriveFile } from "./model.ts";
import type { DriveWorld } from "./world.ts";

type Test = (file: DriveFile) => boolean;
type Word = { kind: "string" | "word" | "sign"; text: string };

/** The search language of files.list: https://developers.google.com/workspace/drive/api/guides/ref-search-terms, 2026-11. */
export function parseQuery(q: string, world: DriveWorld, person: Person): Test {
  const words = wordsOf(q);
  let at = 0;
  const peek = () => words[at]?.text;
  const take = (): Word => {
    const word = words[at++];
    if (word === undefined) throw invalid();
    return word;
  };
  const either = (): Test => {
    const tests = [both()];
    while (peek() === "or" && take()) tests.push(both());
    return (file) => tests.some((test) => test(file));
  };
  const both = (): Test => {
    const tests = [one()];
    while (peek() === "and" && take()) tests.push(one());
    return (file) => tests.every((test) => test(file));
  };
  const one = (): Test => {
    if (peek() === "not" && take()) {
      const inner = one();
      return (file) => !inner(file);
    }
    if (peek() === "(" && take()) {
      const inner = either();
      if (take().text !== ")") throw invalid();
      return inner;
    }
    const [left, sign, right] = [take(), take(), take()];
    if (left.kind === "string") return memberTest(left.text, sign.text, right.text, world, person);
    return fieldTest(left.text, sign.text, right, world, person);
  };
  const test = either();
  if (at < words.length) throw invalid();
  return test;
}

function memberTest(value: string, sign: string, list: string, world: DriveWorld, person: Person): Test {
  if (sign !== "in") throw invalid();
  if (list === "parents") {
    const id = value === "root" ? world.root(person.email) : value;
    return (file) => file.parent === id;
  }
  if (list === "owners") return (file) => file.owner === (value === "me" ? person.email : value);
  throw invalid();
}

function fieldTest(field: string, sign: string, right: Word, world: DriveWorld, person: Person): Test {
  const { text } = right;
  const equality = (of: (file: DriveFile) => string): Test => {
    if (right.kind !== "string" || !["=", "!="].includes(sign)) throw invalid();
    return (file) => (of(file) === text) === (sign === "=");
  };
  const flag = (of: Test): Test => {
    if (!["true", "false"].includes(text) || !["=", "!="].includes(sign)) throw invalid();
    return (file) => (of(file) === (text === "true")) === (sign === "=");
  };
  switch (field) {
    case "mimeType":
      return equality((file) => file.mimeType);
    case "trashed":
      return flag((file) => world.isTrashed(file));
    case "sharedWithMe":
      return flag((file) => file.owner !== person.email && world.isTheirs(person, file));
    case "name":
      if (sign === "contains")
        return (file) =>
          file.name
            .toLowerCase()
            .split(/\s+/)
            .some((word) => word.startsWith(text.toLowerCase()));
      return equality((file) => file.name);
    case "fullText":
      if (sign !== "contains" || right.kind !== "string") throw invalid();
      return (file) => hasWords(file, text);
    case "modifiedTime":
      if (![">", ">=", "<", "<="].includes(sign)) throw invalid();
      return (file) => compared(file.modifiedTime, sign, text);
    default:
      throw invalid();
  }
}

function compared(time: string, sign: string, than: string): boolean {
  const [left, right] = [Date.parse(time), Date.parse(than)];
  if (sign.startsWith(">")) return left > right || (sign === ">=" && left === right);
  return left < right || (sign === "<=" && left === right);
}

/** All words, wherever; in double quotes as they stand. */
function hasWords(file: DriveFile, text: string): boolean {
  const all = [file.name, file.description ?? "", ...[file.bytes, ...file.exports.values()].map(String)]
    .join("\n")
    .toLowerCase();
  const phrase = /^"(.*)"$/s.exec(text)?.[1];
  if (phrase !== undefined) return all.includes(phrase.toLowerCase());
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

function wordsOf(q: string): Word[] {
  const words: Word[] = [];
  const pattern = /\s*(?:'((?:[^'\\]|\\['\\])*)'|(<=|>=|!=|[=<>()])|([A-Za-z]+))\s*/gy;
  while (pattern.lastIndex < q.length) {
    const match = pattern.exec(q);
    if (match === null) throw invalid();
    if (match[1] !== undefined) words.push({ kind: "string", text: match[1].replaceAll(/\\(['\\])/g, "$1") });
    else
      words.push(
        match[2] === undefined ? { kind: "word", text: match[3] as string } : { kind: "sign", text: match[2] },
      );
  }
  return words;
}

function invalid(): Refusal {
  return new Refusal(400, "invalid", "Invalid Value");
}
