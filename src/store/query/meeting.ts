import type { AskedWords, WeighedWords } from "./asked-words.ts";
import { type Profile, TITLE_WEIGHT } from "./profile.ts";
import { GAP } from "./vocabulary.ts";

// Chosen by bench/relevance, where anything near them serves as well.
/** How fast more of the same word stops to count, how much long items are held back, words added to every length. */
const [SATURATION, LENGTH_SHARE, LENGTH_ADDED] = [1.2, 0.6, 30];
/** A name counts as often as a word of the title. */
const NAME_WEIGHT = 2;
/** Two words of a question within so many words of each other are near, in its order or, for less, in the other. */
const NEAR = 8;
const TURNED_ROUND = 0.5;
/** How fast more of the same nearness stops to count, and how much long items are held back for it. */
const [NEAR_SATURATION, NEAR_LENGTH_SHARE] = [1.2, 0.5];

/** The length that the others are compared with. */
export function usualLength(profiles: readonly Profile[]): number {
  const sum = profiles.reduce((total, profile) => total + profile.length, 0);
  return sum / Math.max(1, profiles.length) + LENGTH_ADDED;
}

/** What words are worth in an item: each the less the more often it was met, in a long item less than in a short one. */
export function meetWords(profile: Profile, asked: WeighedWords, usual: number, names: boolean): number {
  const counts = countsOf(profile, asked, names);
  const share = (profile.length + LENGTH_ADDED) / usual;
  const held = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * share);
  let score = 0;
  for (let place = 1; place < counts.length; place++) {
    const count = counts[place] ?? 0;
    if (count > 0) score += ((asked.weights[place] ?? 0) * count * (SATURATION + 1)) / (count + held);
  }
  return score;
}

function countsOf({ words, titled, names: called }: Profile, { marks, weights }: WeighedWords, names: boolean) {
  const counts = new Float64Array(weights.length);
  for (let at = 0; at < words.length; at++) {
    const place = marks[words[at] ?? GAP] ?? 0;
    if (place > 0) counts[place] = (counts[place] ?? 0) + (at < titled ? TITLE_WEIGHT : 1);
  }
  if (!names) return counts;
  for (const word of called) {
    const place = marks[word] ?? 0;
    if (place > 0) counts[place] = (counts[place] ?? 0) + NAME_WEIGHT;
  }
  return counts;
}

/** What it is worth that neighbours of the question stand near each other in the item as well. */
export function meetPairs(profile: Profile, asked: AskedWords, usual: number): number {
  if (asked.pairs.length === 0) return 0;
  const share = (profile.length + LENGTH_ADDED) / usual;
  const held = NEAR_SATURATION * (1 - NEAR_LENGTH_SHARE + NEAR_LENGTH_SHARE * share);
  let score = 0;
  for (const [index, count] of nearnessOf(profile, asked).entries()) {
    if (count === 0) continue;
    const [left, right] = asked.pairs[index] as [number, number];
    const weight = ((asked.weights[left] ?? 0) + (asked.weights[right] ?? 0)) / 2;
    score += (weight * count * (NEAR_SATURATION + 1)) / (count + held);
  }
  return score;
}

/** How often the two words of each pair are near each other. */
function nearnessOf({ words }: Profile, { marks, weights, pairs }: AskedWords): Float64Array {
  const near = new Float64Array(pairs.length);
  const last = new Int32Array(weights.length).fill(-NEAR - 1);
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? GAP;
    if (word === GAP) last.fill(at - NEAR - 1);
    const place = marks[word] ?? 0;
    if (place === 0) continue;
    for (let index = 0; index < pairs.length; index++) {
      const [left, right] = pairs[index] as [number, number];
      if (place === right && at - (last[left] ?? 0) <= NEAR) near[index] = (near[index] ?? 0) + 1;
      else if (place === left && at - (last[right] ?? 0) <= NEAR) near[index] = (near[index] ?? 0) + TURNED_ROUND;
    }
    last[place] = at;
  }
  return near;
}
