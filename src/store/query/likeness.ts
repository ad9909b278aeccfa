import { askedWords, type Weigh, weighedWords } from "./asked-words.ts";
import { lessonsOf } from "./lessons.ts";
import { meetPairs, meetWords, usualLength } from "./meeting.ts";
import type { Profile } from "./profile.ts";
import type { Ranking } from "./ranking.ts";
import type { Term } from "./term.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** One of the best items, as the index found it and as its beginning reads. */
export interface Candidate {
  /** As BM25 has it, higher is better. */
  score: number;
  profile: Profile;
}

// Chosen by bench/relevance, by what serves all of its collections; anything near them serves as well.
/** The share of the beginnings in the first order, and what words near each other add to it at most. */
const [BEGINNINGS, NEARNESS] = [0.7, 0.15];
/** The share of feedback in the second order, reached by questions of so many words: a short one says what it means. */
const [FEEDBACK, WORDS_FOR_FEEDBACK] = [0.5, 4];

/**
 * A new score for each candidate, 0 to 1 and more, higher is better: how the index scored it, how its beginning meets
 * the question, and how much it has in common with the best ones (pseudo relevance feedback). Candidates come best first.
 */
export function scoresOf(
  vocabulary: Vocabulary,
  candidates: readonly Candidate[],
  terms: readonly Term[],
  weigh: Weigh,
  ranking: Ranking,
): number[] {
  const profiles = candidates.map(({ profile }) => profile);
  const usual = usualLength(profiles);
  const asked = askedWords(vocabulary, terms, weigh, ranking.repeats);
  const indexed = atMostOne(candidates.map(({ score }) => score));
  const met = (words: Parameters<typeof meetWords>[1]) =>
    atMostOne(profiles.map((profile) => meetWords(profile, words, usual, ranking.names)));
  let first = indexed;
  if (ranking.beginnings) {
    const near = ranking.nearness ? atMostOne(profiles.map((profile) => meetPairs(profile, asked, usual))) : [];
    // What is said behind the beginning of a long text speaks for it as the index has it.
    const begun = met(asked).map((score, index) =>
      Math.max(score + NEARNESS * (near[index] ?? 0), (indexed[index] ?? 0) * (1 - (profiles[index]?.read ?? 1))),
    );
    first = mixed(indexed, begun, BEGINNINGS);
  }
  if (!ranking.feedback) return first;
  const lessons = weighedWords(vocabulary, lessonsOf(vocabulary, profiles, first, weigh));
  const share = FEEDBACK * Math.min(1, (asked.weights.length - 1) / WORDS_FOR_FEEDBACK);
  return mixed(atMostOne(first), met(lessons), share);
}

function mixed(left: readonly number[], right: readonly number[], share: number): number[] {
  return left.map((score, index) => (1 - share) * score + share * (right[index] ?? 0));
}

function atMostOne(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  return most > 0 ? scores.map((score) => score / most) : [...scores];
}
