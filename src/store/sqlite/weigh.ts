import type { Value } from "./driver.ts";
import { count, type Writer } from "./writing.ts";

interface Weighed {
  source?: Value;
  kind?: Value;
  container?: Value;
  text_bytes?: Value;
  due?: Value;
  lost_at?: Value;
}

/**
 * Adds an item to the counters of its source (`by` 1) or takes it off (-1). Counters are `items`, `bytes` (of text, as
 * UTF-8), `due` (bodies), `k<kind>`, `c<container>`, and `lost`, which counts in nothing else.
 */
export function weigh(writer: Writer, item: Weighed, by: 1 | -1): void {
  const source = Number(item.source);
  if (item.lost_at !== null && item.lost_at !== undefined) {
    count(writer, source, "lost", by);
    return;
  }
  count(writer, source, "items", by);
  count(writer, source, `k${item.kind}`, by);
  if (item.container !== null && item.container !== undefined) count(writer, source, `c${item.container}`, by);
  count(writer, source, "bytes", by * Number(item.text_bytes ?? 0));
  if (Number(item.due) > 0) count(writer, source, "due", by);
}
