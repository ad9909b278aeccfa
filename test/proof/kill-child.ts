import { readFileSync } from "node:fs";
import { createExtractor } from "../../src/extract/extract.ts";
import { systemClock } from "../../src/sources/clock.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { createEngine } from "../../src/sync/engine.ts";
import { TestSources } from "../contract/workplace.ts";
import { Ledger, type LedgerShape, ledgerConnector } from "../twins/ledger.ts";

/**
 * One sync of a ledger in a process of its own, to be killed at any moment.
 * Arguments: store folder, ledger state file, shape as JSON, "sound" or "cursor-first", milliseconds of the lease.
 */
const [folder, stateFile, shape, variant, leaseMs] = process.argv.slice(2) as [string, string, string, string, string?];

const ledger = Ledger.from(JSON.parse(readFileSync(stateFile, "utf8")));
ledger.pageSize = 5;
const sources = new TestSources(
  [{ id: "mill", connector: ledgerConnector(JSON.parse(shape) as LedgerShape), config: { ledger: ledger.name } }],
  systemClock,
);
const real = await openStore({ folder, tenant: "default" });
const store = variant === "cursor-first" ? cursorFirst(real) : real;
const engine = createEngine({
  sources,
  store,
  extractor: createExtractor(),
  clock: systemClock,
  ...(leaseMs !== undefined && { leaseMs: Number(leaseMs) }),
});
ledger.beforePage = (served) => {
  process.send?.("page");
  if (served === 4) process.send?.("walking");
};
process.send?.("started");
const report = await engine.start("mill").done;
await engine.close();
await store.close();
if (leaseMs !== undefined) process.send?.(report);
process.exitCode = report.state === "failed" ? 1 : 0;

/** The mistake the proof must catch: the position is saved before the items that lead to it. */
function cursorFirst(sound: Store): Store {
  return new Proxy(sound, {
    get(target, name) {
      if (name !== "apply") {
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      }
      const apply: Store["apply"] = async (place, fence, batch, next, at) => {
        const nothing = { upserts: [], seenRows: [], deletes: [], lost: [], failures: [] };
        await target.apply(place, fence, nothing, next, at);
        await new Promise((resolve) => setTimeout(resolve, 15));
        return target.applyLoose(place, fence, batch, at);
      };
      return apply;
    },
  });
}
