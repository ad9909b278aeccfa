import { statSync } from "node:fs";
import { ConnectorError, problemOf } from "../../model/index.ts";
import { storedTenants, storeFile } from "../../store/at-rest.ts";
import { openStore } from "../../store/open.ts";
import { repairStore } from "../../store/repair.ts";
import { grouped } from "../times.ts";
import type { Check } from "./check.ts";

/** Up to this size a store is read whole; above, its structure alone, which is quick. */
const QUICKLY_READ = 256e6;

/** Each tenant's store: whether it opens and is sound. `thorough` reads it whole whatever its size. */
export async function storeChecks(folder: string, thorough: boolean): Promise<Check[]> {
  const checks: Check[] = [];
  for (const tenant of storedTenants(folder)) checks.push(await storeCheck(folder, tenant, thorough));
  return checks;
}

async function storeCheck(folder: string, tenant: string, thorough: boolean): Promise<Check> {
  const name = tenant === "default" ? "store" : `store ${tenant}`;
  const depth = thorough || statSync(storeFile(folder, tenant)).size < QUICKLY_READ ? "full" : "quick";
  try {
    const store = await openStore({ folder, tenant });
    try {
      const problems = await store.verify(depth);
      if (problems.length > 0) return broken(folder, tenant, name, problems.join(" "));
      const items = (await store.stats()).reduce((sum, one) => sum + one.items, 0);
      return {
        name,
        state: "ok",
        says: `${store.location}, ${grouped(items)} ${items === 1 ? "item" : "items"}, ${store.driver}`,
      };
    } finally {
      await store.close();
    }
  } catch (error) {
    const { message, hint } = problemOf(error);
    const isDamaged = error instanceof ConnectorError && (hint ?? "").includes("--repair");
    return isDamaged
      ? broken(folder, tenant, name, message)
      : { name, state: "bad", says: `${storeFile(folder, tenant)}: ${message} ${hint ?? ""}`.trim() };
  }
}

function broken(folder: string, tenant: string, name: string, problem: string): Check {
  return {
    name,
    state: "bad",
    says: `${storeFile(folder, tenant)}: ${problem} Mend it: headwater doctor --repair`,
    mend: () => mend(folder, tenant),
  };
}

function mend(folder: string, tenant: string): string {
  const repair = repairStore(folder, tenant);
  if (!repair) return "It was sound when it was looked at again.";
  const { items, textsDropped, needsSync, aside } = repair;
  const texts = textsDropped > 0 ? ` ${grouped(textsDropped)} texts were damaged and are left out.` : "";
  const next = needsSync
    ? `Bring back the rest: headwater sync${tenant === "default" ? "" : ` --tenant ${tenant}`}`
    : "Nothing was lost: only the index and counters were made anew.";
  return `${grouped(items)} ${items === 1 ? "item was" : "items were"} saved into a fresh file; the damaged one is kept as ${aside}.${texts} ${next}`;
}
