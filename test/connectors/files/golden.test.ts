import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fetchAll, idsOf, open } from "./folder.ts";

const VAULT = fileURLToPath(new URL("../../fixtures/files/vault", import.meta.url));
const GOLDEN = fileURLToPath(new URL("../../golden/files", import.meta.url));

/** Compares with the kept answer byte for byte; UPDATE_GOLDEN=1 keeps the new one. */
function expectGolden(name: string, text: string): void {
  const place = join(GOLDEN, name);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  expect(existsSync(place), `${name} is missing: run with UPDATE_GOLDEN=1`).toBe(true);
  expect(text).toBe(readFileSync(place, "utf8"));
}

test("the notes of a vault become the items and texts that were agreed on", async () => {
  const ctx = await open({ paths: VAULT });
  const ids = await idsOf(ctx);
  expect(ids).toHaveLength(5);
  for (const id of ids) {
    const { item, text } = await fetchAll(ctx, id);
    const { version: _version, handle: _handle, createdAt, updatedAt, body, ...steady } = item; // what a checkout changes
    const dated = id === "Projects/River crossing.md" ? { createdAt, updatedAt } : {};
    expectGolden(`${id}.txt`, `${JSON.stringify({ ...steady, ...dated, mime: body?.mime }, null, 2)}\n\n${text}`);
  }
});
