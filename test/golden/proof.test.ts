import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { PROOFS } from "../../scripts/proof/proofs.mjs";
import { between, type ProofResults, proofTable } from "../../scripts/proof/table.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const results = JSON.parse(readFileSync(`${root}test/proof/results.json`, "utf8")) as ProofResults;

it("the README quotes the figures that were measured (else run: npm run proof)", () => {
  expect(between(readFileSync(`${root}README.md`, "utf8"))).toBe(proofTable(results));
});

it("every figure that the README quotes held", () => {
  expect(results.proofs.length).toBeGreaterThan(0);
  expect(results.proofs.filter((one) => !one.held)).toEqual([]);
  for (const { what, figures, must } of results.proofs)
    for (const [name, bound] of Object.entries(must)) {
      const value = figures[name] as number;
      const held = typeof bound === "number" ? value === bound : "most" in bound ? value <= bound.most : value >= bound.least;
      expect(held, `${what}: ${name}`).toBe(true);
    }
});

it("every proof is a test that exists, and every quoted figure comes from one of them", () => {
  const files = PROOFS.map(({ file }) => file);
  for (const file of files) expect(existsSync(root + file), file).toBe(true);
  for (const { file } of results.proofs) expect(files).toContain(file);
});
