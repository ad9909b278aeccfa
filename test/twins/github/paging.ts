import { type Call, invalid, type Reply } from "./exchange.ts";

/** How a long list is walked by cursor: the order of its items as one string each, and which way it runs. */
export interface Keyset<T> {
  key(item: T): string;
  descending: boolean;
}

export interface PageOptions<T> {
  keyset?: Keyset<T>;
  /** Puts the page into an object, with the number of all items. */
  wrap?(items: string, total: number): string;
}

const PAGE_REFUSED =
  "Pagination with the page parameter is not supported for large datasets, please use cursor based pagination (after/before)";

/** One page of a list, with the Link header that leads to the others. Items must be sorted; each renders itself as JSON. */
export function paged<T>(
  call: Call,
  items: readonly T[],
  render: (item: T) => string,
  options: PageOptions<T> = {},
): Reply {
  const size = Math.min(sizeOf(call), call.pageCap);
  const cursors = options.keyset !== undefined && items.length > call.largeList;
  const { from, page } = cursors ? afterCursor(call, items, options.keyset as Keyset<T>) : byNumber(call, size);
  const part = items.slice(from, from + size);
  const link = cursors
    ? cursorLinks(call, from + size < items.length ? part.at(-1) : undefined, options.keyset as Keyset<T>, page)
    : numberLinks(call, page, Math.max(1, Math.ceil(items.length / size)));
  const json = `[${part.map(render).join(",")}]`;
  return {
    status: 200,
    body: options.wrap === undefined ? json : options.wrap(json, items.length),
    ...(link !== "" && { headers: { link } }),
  };
}

function sizeOf(call: Call): number {
  const asked = call.query.get("per_page");
  if (asked === null) return 30;
  const size = Number(asked);
  if (!Number.isInteger(size) || size < 1) return 30;
  return Math.min(size, 100);
}

function byNumber(call: Call, size: number): { from: number; page: number } {
  if (call.query.has("after") || call.query.has("before")) throw invalid("Cursor pagination is not used on this list.");
  const page = Math.max(1, Number.parseInt(call.query.get("page") ?? "1", 10) || 1);
  return { from: (page - 1) * size, page };
}

/** The position right behind the item that the cursor names, wherever that item would stand now. */
function afterCursor<T>(call: Call, items: readonly T[], keyset: Keyset<T>): { from: number; page: number } {
  const after = call.query.get("after");
  const page = Number.parseInt(call.query.get("page") ?? "1", 10) || 1;
  if (after === null) {
    if (page > 1) throw invalid(PAGE_REFUSED);
    return { from: 0, page: 1 };
  }
  const last = Buffer.from(after, "base64url").toString("utf8");
  if (!last.startsWith("cursor:v2:")) throw invalid("Invalid cursor");
  const key = last.slice("cursor:v2:".length);
  const beyond = (item: T) => (keyset.descending ? keyset.key(item) < key : keyset.key(item) > key);
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beyond(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return { from: low, page };
}

function cursorLinks<T>(call: Call, last: T | undefined, keyset: Keyset<T>, page: number): string {
  if (last === undefined) return "";
  const after = Buffer.from(`cursor:v2:${keyset.key(last)}`).toString("base64url");
  return `<${address(call, { after, page: String(page + 1) })}>; rel="next"`;
}

function numberLinks(call: Call, page: number, last: number): string {
  const links: string[] = [];
  const add = (rel: string, to: number) => links.push(`<${address(call, { page: String(to) })}>; rel="${rel}"`);
  if (page > 1) add("prev", Math.min(page - 1, last));
  if (page < last) add("next", page + 1);
  if (page < last) add("last", last);
  if (page > 1) add("first", 1);
  return links.join(", ");
}

/** The same question with another page, under the repository's number instead of its name, as the service spells it. */
function address(call: Call, changes: Record<string, string>): string {
  const query = new URLSearchParams(call.query);
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  const path = call.path.replace(/^\/repos\/[^/]+\/[^/]+/, `/repositories/${call.repository?.id}`);
  return `${call.links.api}${path}?${query}`;
}
