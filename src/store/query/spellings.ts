const LETTERS = "etaoinsrhldcumfpgwybvkxjqz";

/**
 * The words one slip of the fingers away from this one: two letters swapped, one missing, one too many, one wrong; the
 * first letter is most often right, so its slips come last. Nothing for short words and for words that are not Latin.
 */
export function spellingsOf(word: string): string[] {
  if (!/^[a-z]{4,24}$/.test(word)) return [];
  const near = new Set<string>();
  const first: string[] = [];
  for (let at = word.length; at >= 0; at--) {
    const into = at === 0 ? first : undefined;
    const add = (spelling: string) => (into === undefined ? near.add(spelling) : into.push(spelling));
    const [before, letter, after] = [word.slice(0, at), word[at] ?? "", word.slice(at + 1)];
    if (letter !== "" && after !== "") add(before + after[0] + letter + after.slice(1));
    if (letter !== "") add(before + after);
    for (const other of LETTERS) {
      if (letter !== "" && other !== letter) add(before + other + after);
      add(before + other + letter + after);
    }
  }
  for (const spelling of first) near.add(spelling);
  near.delete(word);
  return [...near];
}
