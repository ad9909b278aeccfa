import { readFileSync } from "node:fs";
import { afterAll } from "vitest";
import { createExtractor } from "../../src/extract/extract.ts";
import type { Extracted, Extractor } from "../../src/extract/types.ts";
import { ConnectorError } from "../../src/model/index.ts";

/** One extractor for a test file, closed when the file is done. */
export function testExtractor(options?: Parameters<typeof createExtractor>[0]): Extractor {
  const extractor = createExtractor(options);
  afterAll(() => extractor.close());
  return extractor;
}

/** The refusal that reading a document ends with. */
export async function refusalOf(promise: Promise<Extracted>): Promise<ConnectorError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof ConnectorError) return outcome;
  throw new Error(outcome === undefined ? "The document was read." : `Not one of our errors: ${outcome}`);
}

export function fixture(name: string): Uint8Array {
  return readFileSync(new URL(`../fixtures/extract/${name}`, import.meta.url));
}
