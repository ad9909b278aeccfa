import { closest, distance } from "fastest-levenshtein";

/** The word that was probably meant: the same but for case and hyphens, a beginning, or few letters away. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const bare = (text: string) => text.toLowerCase().replace(/[-_\s]/g, "");
  const wanted = bare(word);
  const same = candidates.find((candidate) => bare(candidate) === wanted);
  if (same || candidates.length === 0 || wanted.length === 0) return same;
  const best = closest(
    wanted,
    candidates.map((candidate) => bare(candidate)),
  );
  const found = candidates.find((candidate) => bare(candidate) === best);
  if (distance(wanted, best) <= Math.max(1, Math.floor(Math.max(wanted.length, best.length) / 2.5))) return found;
  return wanted.length < 3 ? undefined : candidates.find((candidate) => bare(candidate).startsWith(wanted));
}

/** " Did you mean "x"?" or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const found = nearest(word, candidates);
  return found ? ` Did you mean "${found}"?` : "";
}
