import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Meanings } from "../../src/store/meanings.ts";
import { openMeanings } from "../../src/store/sqlite/meanings.ts";
import { driversHere, openWorldAt, type World } from "./search-world.ts";

const LENGTH = 100;
const ITEMS = 6000;

describe.each(driversHere())("vectors kept over %s", (driver) => {
  let folder: string;
  let world: World;
  let meanings: Meanings;
  const vectors = new Map<number, Float32Array>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "headwater-vectors-"));
    world = await openWorldAt(folder, driver);
    const items = Array.from({ length: ITEMS }, (_, at) => ({ source: "birds", id: `${at}`, text: `Curlew ${at} 🐦` }));
    await world.write(...items);
    meanings = openMeanings({ folder, tenant: "test", likeness: "made up", driver });
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page = meanings.due(after);
      for (const { row, hash } of page.texts) {
        vectors.set(row, vectorOf(row));
        meanings.keep(row, hash, [vectorOf(row)]);
      }
      after = page.next;
    }
  });
  afterAll(async () => {
    meanings.close();
    await world.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  const exact = (question: Float32Array, among: readonly number[], limit: number) =>
    [...among]
      .sort((left, right) => cosine(question, vectors.get(right)) - cosine(question, vectors.get(left)))
      .slice(0, limit);

  test("every text is met once", () => {
    expect(meanings.state()).toEqual({ items: ITEMS, of: ITEMS });
    expect(meanings.due(0).texts).toEqual([]);
  });

  test("the nearest of many are found by their bits first", () => {
    for (const row of [1, 17, 5999]) {
      const question = near(vectorOf(row), 0.1);
      expect(meanings.near(question, 5)[0]).toBe(row);
    }
    const question = vectorOf(-1);
    const found = meanings.near(question, 10);
    const best = exact(question, [...vectors.keys()], 10);
    // Random numbers are the hardest: real vectors lie in heaps.
    expect(found.filter((row) => best.includes(row)).length).toBeGreaterThanOrEqual(4);
  });

  test("of a few the nearest are found exactly, of many chosen ones by their bits, and never another", () => {
    const question = vectorOf(-2);
    const few = [...vectors.keys()].filter((row) => row % 40 === 3);
    // Bytes stand for the numbers: two that are as good as equally near may change places.
    const best = exact(question, few, 12);
    expect(meanings.near(question, 10, few).every((row) => best.includes(row))).toBe(true);
    expect(meanings.near(question, 10, few)).toHaveLength(10);
    const many = [...vectors.keys()].filter((row) => row % 15 !== 0);
    const chosen = new Set(many);
    const found = meanings.near(question, 30, many);
    expect(found).toHaveLength(30);
    expect(found.every((row) => chosen.has(row))).toBe(true);
    expect(meanings.near(question, 10, [])).toEqual([]);
    expect(meanings.near(question, 10, [-1, 99_999_999])).toEqual([]);
  });

  test("a vector of zeros is near to nothing, one of another length finds nothing", () => {
    expect(meanings.near(new Float32Array(LENGTH), 5, [1, 2, 3])).toEqual([]);
    expect(meanings.near(new Float32Array(LENGTH + 1).fill(1), 5)).toEqual([]);
  });

  test("who went over to another model stops the one who did not", () => {
    const [first] = vectors.keys();
    const other = openMeanings({ folder, tenant: "test", likeness: "another", driver });
    try {
      expect(meanings.near(vectorOf(1), 5)).toEqual([]);
      expect(() => meanings.keep(first ?? 0, new Uint8Array(4), [vectorOf(1)])).toThrow(/another model/);
      expect(other.state()).toEqual({ items: 0, of: ITEMS });
    } finally {
      other.close();
    }
  });
});

/** Numbers that look random, the same for the same row. */
function vectorOf(row: number): Float32Array {
  let state = (row * 2654435761) >>> 0;
  return Float32Array.from({ length: LENGTH }, () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function near(vector: Float32Array, by: number): Float32Array {
  return vector.map((value, index) => value + by * Math.sin(index));
}

function cosine(left: Float32Array, right: Float32Array = new Float32Array(LENGTH)): number {
  let [dot, one, two] = [0, 0, 0];
  for (let index = 0; index < LENGTH; index++) {
    const [a = 0, b = 0] = [left[index], right[index]];
    dot += a * b;
    one += a * a;
    two += b * b;
  }
  return dot / Math.sqrt(one * two || 1);
}
