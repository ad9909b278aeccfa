import { describe } from "vitest";
import { testBodies } from "./store/bodies.ts";
import { testChanges } from "./store/changes.ts";
import { testFacts } from "./store/facts.ts";
import { testOwners } from "./store/owners.ts";
import { testPages } from "./store/pages.ts";
import { testPasses } from "./store/passes.ts";
import { testReading } from "./store/reading.ts";
import { testUnicode } from "./store/unicode.ts";
import { type OpenTenant, worlds } from "./store/world.ts";

/** What every store must do. `open` opens (or makes) a tenant's store in a folder. */
export function testStore(name: string, open: OpenTenant): void {
  describe(name, () => {
    const all = worlds(open);
    describe("pages", () => testPages(all));
    describe("bodies, failures and lost items", () => testBodies(all));
    describe("full passes", () => testPasses(all));
    describe("reading", () => testReading(all));
    describe("the change log", () => testChanges(all));
    describe("owners, runs and the whole", () => testOwners(all));
    describe("facts beside the items", () => testFacts(all));
    describe("odd strings", () => testUnicode(all));
  });
}
