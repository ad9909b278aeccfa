import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driversHere, openWorld, type World } from "./search-world.ts";

/** What stands in a text, and the words by which it must be found. */
const ATTACHED: [text: string, ...words: string[]][] = [
  ["The otter came back to the weir🦦", "weir", "weirs"],
  ["🦦sluice shut at noon", "sluice"],
  ["meadow🦆🦢pond in the mist", "meadow", "pond", "mist"],
  ["harbour😀😀", "harbour"],
  ["thanks👍🏽marta", "thanks", "marta"],
  ["keeper👩‍🔧bench", "keeper", "bench"],
  ["pennant🇩🇪mast", "pennant", "mast"],
  ["heart❤️lamp", "heart", "lamp"],
  ["reward₿250", "reward", "250"],
  ["🫧soap🪥brush🫠", "soap", "brush"],
  ["Größe測定の記録", "Größe", "grosse", "測定", "Größe測定"],
  ["測定Turbine", "turbine", "測定"],
  ["pegel水位pegelstand", "pegelstand", "水位"],
  ["Việt水位", "Việt", "viet"],
  ["шлюз水門", "шлюз", "水門"],
  ["kanalปิดแล้ว", "kanal", "ปิด"],
  ["ladder사다리", "ladder", "사다리"],
  ["שלום🦦ברבור", "שלום", "ברבור"],
];

describe.each(driversHere())("what stands beside a word without a space, on %s", (driver) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(driver);
    await world.write(...ATTACHED.map(([text], at) => ({ source: "mail", id: `in-text-${at}`, text })));
    await world.write(...ATTACHED.map(([title], at) => ({ source: "board", id: `in-title-${at}`, title })));
  });
  afterAll(() => world.close());

  it.each(ATTACHED.map(([text, ...words], at) => ({ text, words, at })))(
    "$text is found by $words",
    async ({ words, at }) => {
      for (const word of words) {
        const { hits } = await world.ask(word);
        expect([word, hits.map(({ id }) => id).sort()]).toEqual([
          word,
          expect.arrayContaining([`in-text-${at}`, `in-title-${at}`]),
        ]);
      }
    },
  );
});
