// Believable English without a download: walks through the prose of the packages' own documentation, jumping between
// places where the same word stands, and sprinkles in rare words (names, products, ticket keys) by Zipf's law.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MODULES = fileURLToPath(new URL("../node_modules", import.meta.url));
const LARGEST_SOURCE = 400_000;
const ENOUGH_WORDS = 400_000;

/** How many words pass before the walk jumps, and how often a rare word stands in for a common one. */
const JUMP = 0.3;
const RARE = 0.035;
const RARE_WORDS = 300_000;

/** A small fast generator of numbers in [0, 1): the same seed gives the same numbers everywhere (mulberry32). */
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

let model;

/**
 * Document number `number` of a never-ending series: `{title, text}`, about `bytes` bytes of Markdown with headings,
 * paragraphs, lists and links to other documents. The same number and size give the same text on the same lockfile.
 */
export function documentAt(number, bytes) {
  model ??= learn();
  const random = numbers(Math.imul(number + 1, 0x9e3779b1) ^ bytes);
  const title = titleOf(number);
  const parts = [`# ${title}\n`];
  let length = title.length + 3;
  while (length < bytes) {
    const part = partOf(random, number, bytes - length);
    parts.push(part);
    length += part.length + 1;
  }
  return { title, text: `${parts.join("\n")}\n` };
}

function titleOf(number) {
  const random = numbers(number ^ 0x5bd1e995);
  const words = sentence(random, 3 + Math.floor(random() * 4)).slice(0, -1);
  return `${words} ${number}`;
}

function partOf(random, number, room) {
  const kind = random();
  if (kind < 0.08 && room > 300) return `## ${sentence(random, 4).slice(0, -1)}\n`;
  if (kind < 0.16) return `${[1, 2, 3].map(() => `- ${sentence(random, 9)}`).join("\n")}\n`;
  const sentences = [];
  let length = 0;
  const wanted = Math.min(room, 250 + random() * 500);
  while (length < wanted) {
    const next = sentence(random, 8 + Math.floor(random() * 18));
    sentences.push(next);
    length += next.length + 1;
  }
  if (random() < 0.3) sentences.push(`See ${linkTo(Math.floor(random() * Math.max(1, number)))}.`);
  return `${sentences.join(" ")}\n`;
}

function linkTo(number) {
  return `[note ${number}](../${folderOf(number)}/${fileOf(number)})`;
}

/** Where document `number` lies: 250 files a folder. */
export function folderOf(number) {
  return `part-${String(Math.floor(number / 250)).padStart(4, "0")}`;
}

export function fileOf(number) {
  return `note-${String(number).padStart(7, "0")}.md`;
}

function sentence(random, length) {
  const { words, stream, starts, places } = model;
  let at = Math.floor(random() * stream.length);
  let text = "";
  for (let count = 0; count < length; count++) {
    const word = stream[at];
    text += count === 0 ? "" : " ";
    text += random() < RARE ? rareWord(Math.floor(RARE_WORDS ** random())) : words[word];
    if (random() < JUMP) at = places[starts[word] + Math.floor(random() * (starts[word + 1] - starts[word]))];
    at = at + 1 === stream.length ? 0 : at + 1;
  }
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

const ONSETS = ["b", "br", "c", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "tr", "v", "w"];
const MIDDLES = ["a", "e", "i", "o", "u", "ai", "ea", "ou"];
const ENDS = ["", "l", "n", "r", "s", "t", "nd", "rk"];

function rareWord(rank) {
  if (rank % 11 === 0) return `OPS-${1000 + rank}`;
  let rest = rank + 40;
  let word = "";
  while (rest > 0) {
    word += ONSETS[rest % 20];
    rest = Math.floor(rest / 20);
    word += MIDDLES[rest % 8];
    rest = Math.floor(rest / 8);
    word += ENDS[rest % 8];
    rest = Math.floor(rest / 8);
  }
  return word[0].toUpperCase() + word.slice(1);
}

/** Reads the prose of the installed packages into numbered words, and for each word the places where it stands. */
function learn() {
  const numbersOf = new Map();
  const words = [];
  const stream = [];
  const read = new Set(); // licences come again and again
  for (const file of proseFiles(MODULES)) {
    for (const paragraph of readFileSync(file, "utf8").split(/\n\s*\n/)) {
      if (read.has(paragraph) || !isProse(paragraph)) continue;
      read.add(paragraph);
      for (const [word] of paragraph.matchAll(/[\p{L}][\p{L}'-]*[,;:]?/gu)) {
        const known = numbersOf.get(word) ?? words.push(word) - 1;
        numbersOf.set(word, known);
        stream.push(known);
      }
    }
    if (stream.length > ENOUGH_WORDS) break;
  }
  if (words.length < 2000) throw new Error("Too little prose in node_modules to make a corpus of: run `npm ci` first.");
  return { words, stream: Uint32Array.from(stream), ...placesOf(stream, words.length) };
}

function placesOf(stream, count) {
  const starts = new Uint32Array(count + 1);
  for (const word of stream) starts[word + 1]++;
  for (let word = 0; word < count; word++) starts[word + 1] += starts[word];
  const next = starts.slice();
  const places = new Uint32Array(stream.length);
  for (let at = 0; at < stream.length; at++) places[next[stream[at]]++] = at;
  return { starts, places };
}

function* proseFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* proseFiles(path);
    else if (/\.(md|txt)$|^(LICENSE|NOTICE)/i.test(entry.name) && statSync(path).size < LARGEST_SOURCE) yield path;
  }
}

/** English sentences rather than tables, code or lists of versions: plain letters mostly, and some length. */
function isProse(paragraph) {
  if (paragraph.length < 120 || /[^ -~\s]/.test(paragraph) || /^\s*([|`<#[]|\d|[-*] )/.test(paragraph)) return false;
  const letters = paragraph.match(/[a-z ]/g)?.length ?? 0;
  return letters / paragraph.length > 0.88;
}
