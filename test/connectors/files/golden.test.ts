import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { expectAsStored } from "../../golden/as-stored.ts";
import { fetchAll, idsOf, open } from "./folder.ts";

const VAULT = fileURLToPath(new URL("../../fixtures/files/vault", import.meta.url));
const GOLDEN = fileURLToPath(new URL("../../golden/files", import.meta.url));

function expectGolden(name: string, text: string): void {
  expectAsStored(join(GOLDEN, name), text);
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
