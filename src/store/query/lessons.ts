import type { Weigh } from "./asked-words.ts";
import { type Profile, TITLE_WEIGHT } from "./profile.ts";
import { isSmallWord } from "./stop-words.ts";
import { GAP, type Vocabulary } from "./vocabulary.ts";

/** So many of the best items teach, by the words that at least two of them hold, the best the most. */
const TEACHERS = 16;
const LESSONS = 30;
const MOST_LOOKED_UP = 60;
const SHORTEST = 3;
/** What a lesson must weigh: a word that more than every fifth item holds teaches nothing. */
const LEAST_WEIGHT = 1.6;

/** The words that the best items share, with what each is worth; the rarer and the more often, the more. */
export function lessonsOf(
  vocabulary: Vocabulary,
  profiles: readonly Profile[],
  scores: readonly number[],
  weigh: Weigh,
): [number, number][] {
  const teachers = profiles
    .map((profile, index) => ({ profile, score: scores[index] ?? 0 }))
    .sort((left, right) => right.score - left.score)
    .slice(0, TEACHERS);
  const shares = new Map<number, { share: number; held: number }>();
  for (const [place, { profile, score }] of teachers.entries()) addShares(shares, profile, score / (1 + place));
  return [...shares]
    .filter(([word, { held }]) => held >= Math.min(2, teachers.length) && teaches(vocabulary, word))
    .sort(([, left], [, right]) => right.share - left.share)
    .slice(0, MOST_LOOKED_UP)
    .filter(([word]) => weigh(word) >= LEAST_WEIGHT)
    .map(([word, { share }]): [number, number] => [word, share * weigh(word) ** 2])
    .sort(([, left], [, right]) => right - left)
    .slice(0, LESSONS);
}

function addShares(
  shares: Map<number, { share: number; held: number }>,
  { words, titled, length }: Profile,
  score: number,
): void {
  const counts = new Map<number, number>();
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? GAP;
    if (word !== GAP) counts.set(word, (counts.get(word) ?? 0) + (at < titled ? TITLE_WEIGHT : 1));
  }
  for (const [word, count] of counts) {
    const known = shares.get(word) ?? { share: 0, held: 0 };
    known.share += (score * count) / Math.max(1, length);
    known.held++;
    shares.set(word, known);
  }
}

function teaches(vocabulary: Vocabulary, word: number): boolean {
  const key = vocabulary.keys[word] ?? "";
  return key.length >= SHORTEST && !isSmallWord(vocabulary.spellings[word] ?? key);
}
