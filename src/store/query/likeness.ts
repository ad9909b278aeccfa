import { type Profile, spellingOf } from "./profile.ts";
import type { Ranking } from "./ranking.ts";
import { isSmallWord } from "./stop-words.ts";
import { type Term, termKeys } from "./term.ts";

/** One of the best items, as the index found it and as its beginning reads. */
export interface Candidate {
  /** As BM25 has it, higher is better. */
  score: number;
  profile: Profile;
}

/** How much a word says, by its key; 0 for one that says nothing. */
export type Weigh = (key: string) => number;

// Chosen by bench/relevance, where anything near them serves as well.
/** How fast more of the same word stops to count, how much long items are held back, words added to every length. */
const [SATURATION, LENGTH_SHARE, LENGTH_ADDED] = [1.2, 0.6, 30];
/** The share of the beginnings in the first order, and of feedback in the second. */
const [BEGINNINGS, FEEDBACK] = [0.7, 0.5];
/** Feedback comes from so many items, by the words that at least two of them hold. */
const TEACHERS = 8;
const LESSONS = 20;
const MOST_LOOKED_UP = 64;
/** What a lesson must weigh: a word that more than every fifth item holds teaches nothing. */
const LEAST_WEIGHT = 1.6;

/**
 * A new score for each candidate, 0 to 1 and more, higher is better: how the index scored it, how its beginning meets
 * the question, and how much it has in common with the best ones (pseudo relevance feedback). Candidates come best first.
 */
export function scoresOf(
  candidates: readonly Candidate[],
  terms: readonly Term[],
  weigh: Weigh,
  ranking: Ranking,
): number[] {
  const average = sumOf(candidates, ({ profile }) => profile.length) / Math.max(1, candidates.length) + LENGTH_ADDED;
  const meet = (profile: Profile, lessons: Iterable<[string, number]>) => {
    const held = SATURATION * (1 - LENGTH_SHARE + (LENGTH_SHARE * (profile.length + LENGTH_ADDED)) / average);
    let score = 0;
    for (const [key, weight] of lessons) {
      const count = profile.counts.get(key);
      if (count !== undefined) score += (weight * count * (SATURATION + 1)) / (count + held);
    }
    return score;
  };
  const first = firstScores(candidates, terms, weigh, ranking, meet);
  if (!ranking.feedback) return first;
  const lessons = lessonsOf(candidates, first, weigh);
  const alike = atMostOne(candidates.map(({ profile }) => meet(profile, lessons)));
  return atMostOne(first).map((score, index) => (1 - FEEDBACK) * score + FEEDBACK * (alike[index] ?? 0));
}

type Meet = (profile: Profile, lessons: Iterable<[string, number]>) => number;

function firstScores(
  candidates: readonly Candidate[],
  terms: readonly Term[],
  weigh: Weigh,
  ranking: Ranking,
  meet: Meet,
): number[] {
  const indexed = atMostOne(candidates.map(({ score }) => score));
  if (!ranking.beginnings) return indexed;
  const asked = new Map<string, number>();
  for (const key of terms.flatMap(termKeys)) asked.set(key, (asked.get(key) ?? 0) + weigh(key));
  const beginnings = atMostOne(candidates.map(({ profile }) => meet(profile, asked)));
  return indexed.map((score, index) => (1 - BEGINNINGS) * score + BEGINNINGS * (beginnings[index] ?? 0));
}

/** The words that the best items share, with what each is worth; the rarer and the more often, the more. */
function lessonsOf(candidates: readonly Candidate[], scores: readonly number[], weigh: Weigh): [string, number][] {
  const teachers = candidates
    .map(({ profile }, index) => ({ profile, score: scores[index] ?? 0 }))
    .sort((left, right) => right.score - left.score)
    .slice(0, TEACHERS);
  const shares = new Map<string, { share: number; held: number }>();
  for (const { profile, score } of teachers) {
    for (const [key, count] of profile.counts) {
      const known = shares.get(key) ?? { share: 0, held: 0 };
      known.share += (score * count) / Math.max(1, profile.length);
      known.held++;
      shares.set(key, known);
    }
  }
  return [...shares]
    .filter(([key, { held }]) => key.length > 2 && held >= Math.min(2, teachers.length))
    .filter(([key]) => !isSmallWord(spellingOf(key) ?? key))
    .sort(([, left], [, right]) => right.share - left.share)
    .slice(0, MOST_LOOKED_UP)
    .filter(([key]) => weigh(key) >= LEAST_WEIGHT)
    .map(([key, { share }]): [string, number] => [key, share * weigh(key) ** 2])
    .sort(([, left], [, right]) => right - left)
    .slice(0, LESSONS);
}

function atMostOne(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  return most > 0 ? scores.map((score) => score / most) : [...scores];
}

function sumOf(candidates: readonly Candidate[], value: (candidate: Candidate) => number): number {
  return candidates.reduce((sum, each) => sum + value(each), 0);
}
