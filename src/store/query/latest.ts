import { type Term, termKeys } from "./term.ts";
import { wordKey } from "./tokens.ts";

/** Words by which a person asks for what is newest; they are rarely words of it. */
const LATEST = new Set("latest newest recent recently lately nowadays today".split(" ").map(wordKey));
/** The newest of the candidates gains so much, the oldest nothing. */
const GAIN = 0.5;

/** "latest minutes" asks for minutes, the newest first; "latest" alone is a word as any other. */
export function withoutLatest(terms: Term[]): { terms: Term[]; latest: boolean } {
  const words = terms.filter((term) => term.kind !== "word" || !termKeys(term).every((key) => LATEST.has(key)));
  const latest = words.length > 0 && words.length < terms.length;
  return { terms: latest ? words : terms, latest };
}

/**
 * The scores, raised by how new each item is among the others: by its place in time, since a month is long for a chat
 * and short for an archive. `times` are milliseconds since 1970; an item without a date gains nothing.
 */
export function raisedByAge(scores: readonly number[], times: readonly (number | undefined)[]): number[] {
  const dated = [...new Set(times.filter((time) => time !== undefined))].sort((left, right) => left - right);
  const places = new Map(dated.map((time, place) => [time, dated.length > 1 ? place / (dated.length - 1) : 1]));
  return scores.map((score, index) => {
    const time = times[index];
    return time === undefined ? score : score * (1 + GAIN * (places.get(time) ?? 0));
  });
}
