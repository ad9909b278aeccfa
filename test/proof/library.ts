import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "./seeded-random.ts";

const PER_FOLDER = 1000;
/** As many as English has stop words. */
const STOPS = 150;
const VOCABULARY = 20_000;
const [STARTS, VOWELS, ENDS] = [
  "b br c ch d f g gr h k l m n p pl r s sh st t tr v w",
  "a e i o u ai ea oo",
  "n r l s t m ck nd rt ng",
].map((letters) => letters.split(" ")) as [string[], string[], string[]];
/** More than any text that is read: it has to be told and left, not read. */
const HUGE_BYTES = 5 * 2 ** 30;

/** Words by Zipf's law: a few are everywhere, most are rare. */
export class Words {
  readonly #random: () => number;
  readonly #words: string[];

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    const letters = seededRandom(7);
    const pick = (from: string[]) => from[Math.floor(letters() * from.length)] as string;
    const words = new Set<string>();
    while (words.size < VOCABULARY) words.add(pick(STARTS) + pick(VOWELS) + pick(STARTS) + pick(VOWELS) + pick(ENDS));
    this.#words = [...words];
  }

  /** Words to search for: without the commonest, which stand for a language's stop words. */
  asked(count: number): string {
    const rare = VOCABULARY / STOPS;
    const word = () => this.#words[Math.floor(STOPS * rare ** this.#random()) - 1];
    return Array.from({ length: count }, word).join(" ");
  }

  some(count: number): string {
    let text = "";
    for (let at = 0; at < count; at++) {
      if (at > 0) text += at % 12 === 0 ? ".\n" : " ";
      text += this.#words[Math.floor(VOCABULARY ** this.#random()) - 1];
    }
    return text;
  }
}

/** A folder of so many notes of about a kilobyte, and one file of 5 GB without content. A folder that is complete is left as it is. */
export function fillLibrary(folder: string, notes: number): void {
  const done = join(folder, "..", "library-size");
  if (existsSync(done) && readFileSync(done, "utf8") === String(notes)) return;
  const words = new Words(notes);
  for (let at = 0; at < notes; at++) {
    const shelf = join(folder, `shelf ${Math.floor(at / PER_FOLDER)}`);
    if (at % PER_FOLDER === 0) mkdirSync(shelf, { recursive: true });
    writeFileSync(join(shelf, `note ${at}.md`), `# ${words.some(4)} ${at}\n\n${words.some(90 + (at % 150))}.\n`);
  }
  writeFileSync(join(folder, "huge.md"), "# Huge\n");
  truncateSync(join(folder, "huge.md"), HUGE_BYTES);
  writeFileSync(done, String(notes));
}
