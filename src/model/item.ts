import { z } from "zod";

/** Somebody or some group: `user:<email or native id>` or `group:<native id>`. */
export const Principal = z.string().describe("user:<email or native id>, or group:<native id>");
export type Principal = z.infer<typeof Principal>;

/** Who may read. Absent means: as the container says, then as the source says. */
export const Access = z.union([
  z.literal("everyone"),
  z.object({ allow: z.array(Principal), deny: z.array(Principal).default([]) }),
]);
export type Access = z.output<typeof Access>;

/** A typed pointer to another item of the same source (`id`) or to anything with an address (`url`). */
export const Relation = z.object({
  rel: z.string().describe('What the link means: "links", "embeds", "attachment", "parent", "reply"'),
  id: z.string().optional(),
  url: z.string().optional(),
  text: z.string().optional().describe("The words the link was written with"),
});
export type Relation = z.output<typeof Relation>;

/** The one shape every source is translated into. */
export const Item = z.object({
  /** Native id: unique in the source, as a person of that service would write it. */
  id: z.string().min(1),
  /** "note", "issue", "message", "file", "row", "attachment". */
  kind: z.string().min(1),
  title: z.string(),
  /** Etag, revision or modification stamp: same version, nothing changed. */
  version: z.string(),
  url: z.string().optional(),
  container: z.string().optional(),
  /** The thread, page or mail it hangs from. */
  parent: z.string().optional(),
  /** ISO 8601, any offset. */
  createdAt: z.string().optional(),
  /** ISO 8601, any offset. */
  updatedAt: z.string().optional(),
  authors: z.array(Principal).default([]),
  tags: z.array(z.string()).default([]),
  /** Only if the listing already carried the body, as Markdown. */
  text: z.string().optional(),
  /**
   * Lazy: `fetch` can bring it. With a `version` of its own it is read again only when that changes, not when the item gets
   * another name, place or access; title and dates are then the listing's, whatever the document says of itself.
   */
  body: z.object({ mime: z.string(), bytes: z.number().optional(), version: z.string().optional() }).optional(),
  fields: z.record(z.string(), z.json()).default({}),
  relations: z.array(Relation).default([]),
  /** Other names under which people and links know it: old ids, permalinks, titles that wikilinks use. */
  aliases: z.array(z.string()).default([]),
  /** Survives a change of id (an inode, a content id). An item that goes while another comes with its handle has moved. */
  handle: z.string().optional(),
  access: Access.optional(),
});
export type Item = z.output<typeof Item>;

/** What connectors write; the engine fills in defaults and checks it. */
export type Draft = z.input<typeof Item>;

/** What `list` shows: a place to look into, or a thing to fetch. */
export interface Entry {
  id: string;
  name: string;
  holds: "containers" | "items" | "nothing";
  kind?: string;
  url?: string;
  updatedAt?: string;
  bytes?: number;
  access?: z.input<typeof Access>;
}

/** The name of an item everywhere outside its source: `<source>/<native id>`. */
export function refOf(source: string, id: string): string {
  return `${source}/${id}`;
}

/** Splits `<source>/<native id>` at the first slash; undefined when there is none. */
export function parseRef(ref: string): { source: string; id: string } | undefined {
  const slash = ref.indexOf("/");
  if (slash <= 0 || slash === ref.length - 1) return undefined;
  return { source: ref.slice(0, slash), id: ref.slice(slash + 1) };
}
