import { ConnectorError, type Counts, type Draft, type Item, type Page, problemOf } from "../model/index.ts";
import type { Batch, Standing, Upsert } from "../store/store.ts";
import { withBranches } from "./branches.ts";
import type { Job } from "./job.ts";
import { asksForPause } from "./pause.ts";
import { checkedItem, isQuick, readItem } from "./read-item.ts";
import { isOlder, transform } from "./transform.ts";

/** Text above this volume is committed ahead of its page, so that memory stays flat. UTF-16 units. */
const BATCH_TEXT = 8_000_000;
const READS_AT_ONCE = 8;
const NEW: Standing = { state: "new" };

export interface PreparedPage {
  /** Parts of a very large page, to be committed first without the cursor. */
  ahead: Batch[];
  /** The rest, committed with the cursor. */
  last: Batch;
  /** What a dry run would report. */
  expected: Partial<Counts>;
  /** Rows of the store that the page met. */
  met: number[];
}

/** Turns a connector's page into what the store has to write: unchanged items fall away, cheap bodies are brought. */
export async function preparePage(job: Job, arrived: Page<unknown>, force: boolean): Promise<PreparedPage> {
  const page = await withBranches(job, arrived);
  const batches = new Batches(page);
  const drafts = (page.upserts ?? []).filter((draft) => !isOlder(draft.updatedAt, job.options.since));
  const standings = job.isFirst
    ? drafts.map(() => NEW)
    : await job.store.compare(job.source.id, drafts as { id: string; version: string }[]);
  const changed: Changed[] = [];
  const met: number[] = [];
  let [added, updated] = [0, 0];
  for (let at = 0; at < drafts.length; at++) {
    const [draft, standing] = [drafts[at] as Draft, standings[at] as Standing];
    if (standing.state === "same" && (!force || job.options.dryRun)) batches.current.seenRows.push(standing.row);
    else changed.push({ draft, standing });
    if (standing.state === "new") added += 1;
    else if (job.options.dryRun) met.push(standing.row);
    if (standing.state === "changed") updated += 1;
  }
  const unchanged = batches.current.seenRows.length;
  job.report.looked(drafts.length - changed.length);
  const old = (page.failures ?? []).filter(({ id, error }) => !addFailure(job, batches.current, id, error));
  for (const row of await rowsOf(job, old, drafts)) (job.options.dryRun ? met : batches.current.seenRows).push(row);
  if (!job.options.dryRun) await bringAll(job, batches, changed, force);
  return {
    ahead: batches.full,
    last: batches.current,
    expected: { added, updated, unchanged, deleted: page.deletes?.length ?? 0 },
    met,
  };
}

/** Rows of items that could not be listed and are known for it: no news, but met all the same. */
async function rowsOf(job: Job, failing: { id: string }[], drafts: Draft[]): Promise<number[]> {
  const listed = new Set(drafts.map((draft) => draft.id));
  const asked = failing.filter(({ id }) => !listed.has(id)).map(({ id }) => ({ id, version: "" }));
  if (asked.length === 0) return [];
  const standings = await job.store.compare(job.source.id, asked);
  return standings.flatMap((standing) => (standing.state === "new" ? [] : [standing.row]));
}

interface Changed {
  draft: Draft;
  standing: Standing;
}

async function bringAll(job: Job, batches: Batches, changed: Changed[], force: boolean): Promise<void> {
  for (let from = 0; from < changed.length; from += 256) {
    const slice = changed.slice(from, from + 256);
    const brought = await bringSome(job, slice, force);
    job.signal.throwIfAborted();
    brought.forEach((outcome, at) => {
      const { draft, standing } = slice[at] as Changed;
      if ("error" in outcome) addFailure(job, batches.current, draft.id, outcome.error);
      if (outcome.upsert !== undefined) batches.add(outcome.upsert);
      else if (standing.state !== "new") batches.current.seenRows.push(standing.row);
    });
    job.report.looked(slice.length);
  }
}

/** Several at once, answered in their order. */
async function bringSome(job: Job, slice: Changed[], force: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const lane = async () => {
    while (next < slice.length) {
      const at = next++;
      outcomes[at] = await bring(job, slice[at] as Changed, force);
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, lane));
  return outcomes;
}

type Outcome = { upsert?: Upsert } | { upsert?: Upsert; error: unknown };

/** One changed item, with its body where that is cheap. A body that cannot be read leaves the item findable by its title. */
async function bring(job: Job, { draft, standing }: Changed, force: boolean): Promise<Outcome> {
  let item: Item;
  try {
    item = checkedItem(job.source.id, draft);
  } catch (error) {
    return { error };
  }
  const asListed = transform(job.source, { item, ...(item.text !== undefined && { text: item.text }) });
  if (asListed === undefined || item.text !== undefined || item.body === undefined) return { upsert: asListed };
  const mayBeHere = standing.state !== "new" && item.body.version !== undefined; // the store knows, and asks for it if not
  if (!force && (mayBeHere || !isQuick(item.body)))
    return { upsert: standing.state === "new" ? asListed : await asKnown(job, asListed) };
  try {
    return { upsert: await readItem(job, item.id, item) };
  } catch (error) {
    const known = ConnectorError.from(error);
    if (known.kind === "cancelled" || known.kind === "auth" || known.kind === "rate_limited") throw known;
    if (asksForPause(known)) throw known;
    if (known.kind === "not_found") return {}; // gone between the listing and the reading
    return { upsert: asListed, error };
  }
}

/** What the last body told of a document stays until the next body comes: its title, its authors, its dates. */
async function asKnown(job: Job, listed: Upsert): Promise<Upsert> {
  const stored = await job.store.item(job.source.id, listed.item.id, "everything");
  if (stored === undefined || stored.textLength === undefined) return listed;
  const { fields } = stored;
  if (listed.item.body?.version !== undefined)
    return { item: { ...listed.item, fields: { ...fields, ...listed.item.fields } } };
  const { title, authors, createdAt } = stored;
  return { item: { ...listed.item, title, authors, createdAt, fields: { ...fields, ...listed.item.fields } } };
}

/** Collects a batch and starts the next one when it holds much text. */
class Batches {
  readonly full: Batch[] = [];
  current: Batch;
  #text = 0;

  constructor(page: Page<unknown>) {
    this.current = { upserts: [], seenRows: [], deletes: page.deletes ?? [], lost: page.lost ?? [], failures: [] };
  }

  add(upsert: Upsert): void {
    if (this.#text > BATCH_TEXT) {
      const { deletes, lost } = this.current;
      this.full.push({ ...this.current, deletes: [], lost: [] });
      this.current = { upserts: [], seenRows: [], deletes, lost, failures: [] };
      this.#text = 0;
    }
    this.current.upserts.push(upsert);
    this.#text += upsert.text?.length ?? 0;
  }
}

/** False for a failure that was known before this run. */
function addFailure(job: Job, batch: Batch, id: string, error: unknown): boolean {
  const problem = problemOf(error);
  if (problem.kind === "bug") job.ctx.log.warn("item.failed", { id, cause: String((error as Error).cause ?? error) });
  if (job.knownFailures.get(id) === failureKey(problem)) return false;
  batch.failures.push({ id, problem });
  job.report.fail({ id }, error);
  return true;
}

export function failureKey(problem: { kind: string; message: string }): string {
  return `${problem.kind} ${problem.message}`;
}
