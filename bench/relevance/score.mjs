// What a list of answers is worth, as trec_eval counts it: gain is the grade, discounted by the logarithm of the place.

/** nDCG of the first `depth` of a ranking; `grades` is a map from id to 1 or more. */
export function ndcg(ranking, grades, depth = 10) {
  const gained = discounted(ranking.slice(0, depth).map((id) => grades.get(id) ?? 0));
  const best = discounted([...grades.values()].sort((left, right) => right - left).slice(0, depth));
  return best === 0 ? 0 : gained / best;
}

/** The share of all good answers that are among the first `depth`. */
export function recall(ranking, grades, depth = 10) {
  return ranking.slice(0, depth).filter((id) => grades.has(id)).length / grades.size;
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** In how many of 2,000 drawings, with replacement, of the same questions `ours` is no better than `theirs`. */
export function chanceOfNoGain(ours, theirs, random) {
  let failed = 0;
  for (let draw = 0; draw < 2000; draw++) {
    let gain = 0;
    for (let count = 0; count < ours.length; count++) {
      const index = Math.floor(random() * ours.length);
      gain += ours[index] - theirs[index];
    }
    if (gain <= 0) failed++;
  }
  return failed / 2000;
}

function discounted(grades) {
  return grades.reduce((sum, grade, place) => sum + grade / Math.log2(place + 2), 0);
}
