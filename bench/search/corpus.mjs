// A make-believe company for measuring search: words by Zipf's law, documents with topics, 24 sources, 480 containers,
// dates over six years. The same seed gives the same documents everywhere.

const SMALL_WORDS = (
  "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which " +
  "one you were all her she there would their we him been has when who will no more if out so up said what its about"
).split(" ");
const VOCABULARY = 25_000;
const TOPICS = 600;
const WORDS_OF_A_TOPIC = 80;
const SLOTS = 1 << 16;
const NEWEST = Date.UTC(2026, 10, 20);
const SIX_YEARS = 6 * 365.25 * 86_400_000;

/** Numbers in [0, 1) from a seed (mulberry32). */
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A table of which a random entry follows Zipf's law. */
function zipfTable(entries, offset) {
  const weights = entries.map((_, rank) => 1 / (rank + offset));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const table = [];
  for (const [rank, entry] of entries.entries()) {
    const share = (weights[rank] / sum) * SLOTS;
    const whole = Math.floor(share + ((rank * 0.618) % 1));
    for (let count = 0; count < whole; count++) table.push(entry);
  }
  return table;
}

function inventWords(random) {
  const starts = "b br c ch cl cr d dr f fl g gr h j k l m n p pl pr qu r s sh sl sp st str t th tr v w".split(" ");
  const vowels = "a e i o u ai ea ee ie oa ou".split(" ");
  const ends = ["", "", "n", "r", "l", "s", "t", "m", "ck", "nd", "st", "rt", "ng"];
  const pick = (list) => list[Math.floor(random() * list.length)];
  const words = new Set();
  while (words.size < VOCABULARY) {
    const syllables = 1 + Math.floor(random() * 2.4) + (words.size > 3000 ? 1 : 0);
    let word = "";
    for (let count = 0; count < syllables; count++) word += pick(starts) + pick(vowels);
    words.add(word + pick(ends));
  }
  return [...words];
}

/** Everything needed to make documents. */
export function makeCorpus(seed = 7) {
  const random = numbers(seed);
  const words = inventWords(random);
  const small = zipfTable(SMALL_WORDS, 3);
  const common = zipfTable(words, 60);
  const topics = Array.from({ length: TOPICS }, () =>
    Array.from({ length: WORDS_OF_A_TOPIC }, () => words[Math.floor(words.length * random() ** 1.5)]),
  );
  const sources = zipfTable(
    Array.from({ length: 24 }, (_, index) => `source-${String(index + 1).padStart(2, "0")}`),
    1,
  );
  return { words, small, common, topics, sources };
}

/** Document `number`: about 1.1 KB of words, some of a topic, some of everything. */
export function documentAt(corpus, number) {
  const random = numbers(Math.imul(number + 1, 0x9e3779b1));
  const topic = corpus.topics[Math.floor(random() * TOPICS)];
  const pick = (list) => list[Math.floor(random() * list.length)];
  const content = () => (random() < 0.3 ? topic[Math.floor(topic.length * random() ** 1.5)] : pick(corpus.common));
  const title = `${content()} ${content()} ${content()} ${number}`;
  const length = 90 + Math.floor(random() * 150);
  let text = "";
  let sentence = 0;
  for (let count = 0; count < length; count++) {
    const word = random() < 0.42 ? pick(corpus.small) : content();
    text += sentence === 0 ? word[0].toUpperCase() + word.slice(1) : word;
    sentence++;
    if (sentence > 6 && random() < 0.12) {
      text += random() < 0.2 ? ".\n\n" : ". ";
      sentence = 0;
    } else text += " ";
  }
  return { title, text, updatedAt: NEWEST - Math.floor(random() * SIX_YEARS), place: Math.floor(20 * random() ** 1.6) };
}

const SMALL = new Set(SMALL_WORDS);

/** A question of so many different words, as somebody asks who knows a document. */
export function questionOf(corpus, number, size) {
  const { text } = documentAt(corpus, number);
  const random = numbers(number ^ 0x51ed270b);
  const words = [...new Set(text.toLowerCase().match(/[a-z]+/g))].filter((word) => !SMALL.has(word) && word.length > 2);
  const chosen = new Set();
  while (chosen.size < Math.min(size, words.length)) chosen.add(words[Math.floor(random() * words.length)]);
  return [...chosen];
}
