import { GraphQLError } from "graphql";

export interface ConnectionArgs {
  first?: number;
  last?: number;
  after?: string;
  before?: string;
}

/** An error as the service spells them: a type that programs read, and words. */
export function failure(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

/** A page of things in the order of their keys; a cursor is the key of the last one, so that moved things shift nothing. */
export function connection<T>(
  items: readonly T[],
  args: ConnectionArgs,
  key: (item: T) => string,
  shape: (item: T) => object,
  descending = false,
) {
  const { first, last, after, before } = args;
  if (first === undefined && last === undefined) {
    throw failure("MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value to properly paginate.");
  }
  const size = first ?? last ?? 0;
  if (size < 0 || size > 100) {
    throw failure("EXCESSIVE_PAGINATION", `Requesting ${size} records exceeds the \`first\` limit of 100 records.`);
  }
  const keyed = items.map((item) => ({ item, key: key(item) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  if (descending) keyed.reverse();
  const beyond = (one: string, mark: string) => (descending ? one < mark : one > mark);
  const lower = after == null ? undefined : read(after);
  const upper = before == null ? undefined : read(before);
  const rest = keyed.filter(
    (one) => (lower === undefined || beyond(one.key, lower)) && (upper === undefined || beyond(upper, one.key)),
  );
  const part = first === undefined ? rest.slice(-size) : rest.slice(0, size);
  const cursor = (one: { key: string } | undefined) => (one === undefined ? null : write(one.key));
  return {
    totalCount: items.length,
    nodes: part.map(({ item }) => shape(item)),
    edges: part.map((one) => ({ cursor: cursor(one), node: shape(one.item) })),
    pageInfo: {
      startCursor: cursor(part[0]),
      endCursor: cursor(part.at(-1)),
      hasNextPage: first !== undefined && rest.length > part.length,
      hasPreviousPage: first === undefined ? rest.length > part.length : lower !== undefined,
    },
  };
}

function write(key: string): string {
  return Buffer.from(`cursor:v2:${key}`).toString("base64");
}

function read(cursor: string): string {
  const text = Buffer.from(cursor, "base64").toString("utf8");
  if (!text.startsWith("cursor:v2:")) {
    throw failure("INVALID_CURSOR_ARGUMENTS", `\`${cursor}\` does not appear to be a valid cursor.`);
  }
  return text.slice("cursor:v2:".length);
}

/** Ids as keys that sort like numbers. */
export function byId(item: { id: number }): string {
  return String(item.id).padStart(12, "0");
}

export const moment =
  (field: "createdAt" | "updatedAt") =>
  (item: { id: number; createdAt: string; updatedAt: string }): string =>
    `${item[field]} ${byId(item)}`;
