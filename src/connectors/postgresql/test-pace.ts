import type { Plan } from "./plan.ts";
import type { Findings } from "./test-server.ts";

/** Rows that are worth a word when each sync brings all of them. */
const MANY_ROWS = 100_000;
/** Blocks of 8 KB, 1 GB together, that are worth one when each sync looks through them. */
const MANY_PAGES = 131_072;

/** What each sync goes through although little of it changed, and what would spare it. */
export function tellPace(
  plan: Pick<Plan, "mode" | "container" | "relation" | "clock" | "key" | "options">,
  found: Findings,
): void {
  const { mode, container, relation, clock, key, options } = plan;
  const { rows = 0, pages = 0 } = relation ?? {};
  const seldom = "sync the source less often, such as every: 6h";
  if (mode === "full" && rows >= MANY_ROWS) {
    const spared =
      key.length === 0 ? "With a primary key only changes are" : "With incrementalMode: auto only changes may be";
    found.warnings.push(
      `All of ${container}, about ${Math.round(rows).toLocaleString("en")} rows, is read at each sync. ${spared}; else ${seldom}.`,
    );
  }
  if (mode !== "xmin" || pages < MANY_PAGES) return;
  const size = `${(pages / MANY_PAGES).toLocaleString("en", { maximumFractionDigits: 1 })} GB`;
  const spared =
    clock === undefined
      ? `A column ${options.timestampColumn} with an index spares that`
      : "incrementalMode: timestamp spares that";
  found.warnings.push(`The server looks through all ${size} of ${container} at each sync. ${spared}; else ${seldom}.`);
}
