import { foldWord } from "./tokens.ts";

const LISTS: Record<string, string> = {
  english: `a about above after again all am an and any are as at be because been before being below between both but by can
    could did do does doing down during each few for from further had has have having he her here hers him his how i if in into
    is it its itself just me more most my no nor not of off on once only or other our ours out over own please same she should
    so some such than that the their theirs them then there these they this those through to too under until up us very was we
    were what when where which while who whom why will with would you your yours dont doesnt didnt isnt arent wasnt cant
    whats wheres hows ive im youre weve lets re ve ll`,
  german: `der die das den dem des ein eine einer eines einem einen und oder aber ist sind war waren wird werden wurde wurden
    hat haben hatte ich du er sie es wir ihr mich mir uns euch sich nicht kein keine mit ohne für von vom zu zum zur im in am an
    auf aus bei nach über unter vor wie was wer wo wann warum welche welcher welches dass als auch noch nur schon so wenn
    man bin`,
  french: `le la les un une des du de et ou mais est sont était été être avoir ont avec sans pour par sur sous dans en au aux ce
    cet cette ces qui que quoi dont où quand comment pourquoi je tu il elle nous vous ils elles on se sa son ses mon ma mes ton ta
    tes notre nos votre vos leur leurs ne pas plus y l d j m t s n c qu`,
  spanish: `el la los las un una unos unas de del y o pero es son era fue ser está están con sin para por sobre en al que quién
    qué cómo cuándo dónde cuál yo tú él ella nosotros ellos ellas se su sus mi mis tu tus nos les lo le no ni más muy ya como`,
  portuguese: `o a os as um uma uns umas de do da dos das e ou mas é são era foi ser está estão com sem para por sobre em no na
    nos nas ao aos à às que quem qual como quando onde eu tu ele ela nós eles elas se seu sua seus suas meu minha não mais muito
    já pelo pela`,
  italian: `il lo la i gli le un uno una di del dello della dei degli delle e o ma è sono era essere con senza per su sul sulla in
    nel nella nei nelle al alla ai alle da dal dalla che chi cosa come quando dove perché quale io tu lui lei noi voi loro si suo
    sua mio mia non più molto già ed`,
  dutch: `de het een en of maar is zijn was waren wordt worden werd heeft hebben had ik jij je hij zij ze wij we jullie hun
    mij ons zich niet geen met zonder voor van naar in op aan uit bij over onder hoe wat wie waar wanneer waarom welke dat dit die
    deze als ook nog al er te om`,
};

/** Words of those lists that mean something in another language: out only beside an undoubted word of their own. */
const DOUBTFUL = new Set(
  `die war hat man bin des den son sur par pas mais pour dans est con sin come sale fine era ton ma mes tes on ser fue do da no
    com sem per al ai dei su lo le la i e o a y n c d j l m s t se si mi nos les use des plus ou more we is of in was me over
    under had hun om er te ze je als en de das los sans dos nas eu os ed chi mio mia hoe dat aus del elle van met ons nach mit im am an vor wer wo mir du es sie es ein uno un`
    .split(/\s+/)
    .filter((word) => word !== ""),
);

const ENGLISH = wordsOf("english");
const OTHERS = Object.keys(LISTS)
  .filter((language) => language !== "english")
  .map(wordsOf);

/** Whether a piece of Japanese, Chinese or Korean is one of the small words. */
export function isUnspacedStop(word: string): boolean {
  return UNSPACED.has(word);
}

/** Small words of Japanese and Chinese, and Korean particles standing alone. */
const UNSPACED = new Set(
  "の は が を に で と も へ や か ね よ な です ます した する いる ある こと これ それ 的 了 是 在 和 有 我 你 他 们 的话 吗 呢 吧 就 都".split(
    " ",
  ),
);

/**
 * Says which words of a question carry nothing. English ones always; those of German, French, Spanish, Portuguese,
 * Italian and Dutch too, but a word that means something elsewhere ("die", "war", "son") only when the question has
 * three small words of that language, or two of which one is beyond doubt. "IT" among small letters is a name.
 */
export function stopWordsIn(words: readonly string[]): Set<string> {
  const folded = words.map((word) => foldWord(word));
  const spoken = OTHERS.filter((list) => {
    const known = new Set(folded.filter((word) => list.has(word) && !ENGLISH.has(word)));
    return known.size >= 3 || (known.size === 2 && [...known].some((word) => !DOUBTFUL.has(word)));
  });
  const stops = new Set<string>();
  const shouted = words.every((word) => word === word.toUpperCase());
  for (const [index, word] of folded.entries()) {
    const typed = words[index] ?? "";
    if (!shouted && isAcronym(typed)) continue;
    const undoubted = !DOUBTFUL.has(word) && OTHERS.some((list) => list.has(word));
    if (ENGLISH.has(word) || UNSPACED.has(typed) || undoubted || spoken.some((list) => list.has(word))) {
      stops.add(typed);
    }
  }
  return stops;
}

/** Whether a word carries nothing in English, whatever stands beside it. */
export function isSmallWord(word: string): boolean {
  return ENGLISH.has(foldWord(word));
}

/** "IT", "US", "WHO" among small letters are names; "AND", "OR", "NOT" are what people type to search engines. */
function isAcronym(word: string): boolean {
  return /^[A-Z]{2,4}$/.test(word) && !/^(?:AND|OR|NOT|NEAR)$/.test(word);
}

function wordsOf(language: string): Set<string> {
  return new Set((LISTS[language] ?? "").split(/\s+/).filter(Boolean).map(foldWord));
}
