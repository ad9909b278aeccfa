import { appendFileSync } from "node:fs";

/** What a proof counted, by name. */
export type Figures = Record<string, number>;

/**
 * Tells what a proof counted: printed, and for `npm run proof` also kept as a line of the file that
 * HEADWATER_PROOF_LINES names. `must` says what a figure has to be: a number, or "at most" or "at least" one.
 */
export function tellFigure(
  id: string,
  what: string,
  figures: Figures,
  must: Record<string, number | { most: number } | { least: number }>,
): void {
  const held = Object.entries(must).every(([name, bound]) => {
    const value = figures[name] ?? Number.NaN;
    if (typeof bound === "number") return value === bound;
    return "most" in bound ? value <= bound.most : value >= bound.least;
  });
  console.log(`${id} ${what}: ${JSON.stringify(figures)} ${held ? "held" : "NOT HELD"}`);
  const file = process.env.HEADWATER_PROOF_LINES;
  if (file) appendFileSync(file, `${JSON.stringify({ id, what, figures, must, held })}\n`);
}
