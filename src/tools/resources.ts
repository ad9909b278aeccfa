import {
  type ListResourcesResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  type ResourceTemplateType,
} from "@modelcontextprotocol/server";
import { ConnectorError, refOf } from "../model/index.ts";
import type { StoredItem } from "../store/store.ts";
import { textTokens } from "./budget.ts";
import { clean, cleanLine } from "./clean.ts";
import type { Desk } from "./desk.ts";
import { enabledSources, freshness } from "./freshness.ts";
import { catalogue, catalogueWithin } from "./list-sources.ts";
import { peopleOf, placeNames } from "./names.ts";
import { pageOf } from "./paging.ts";
import { readItem } from "./reading.ts";
import { sourceText } from "./source-text.ts";
import { minuteOf } from "./time.ts";
import { quotes } from "./untrusted.ts";
import { CATALOGUE_URI, itemsUri, itemUri, parseUri, sourceUri } from "./uri.ts";

const MARKDOWN = "text/markdown";
const PAGE = 100;
/** Clients that list everything give up after 64 pages: so many of the newest items are listed, the templates reach all. */
const LISTED = 1000;

/** The shapes of our addresses. */
export const RESOURCE_TEMPLATES: ResourceTemplateType[] = [
  {
    uriTemplate: "headwater://{source}",
    name: "source",
    title: "A source",
    description: "State of a source: counts, last sync, last test.",
    mimeType: MARKDOWN,
  },
  {
    uriTemplate: "headwater://{source}/items{?cursor}",
    name: "items",
    title: "Items of a source",
    description: "The stored items of a source, newest first, in pages.",
    mimeType: MARKDOWN,
  },
  {
    uriTemplate: "headwater://{source}/{+id}",
    name: "item",
    title: "An item",
    description: "One item as Markdown; long ones go on with ?offset=.",
    mimeType: MARKDOWN,
  },
];

/** First the catalogue and the sources, then the newest thousand items, in pages. */
export async function listResources(desk: Desk, cursor: string | undefined): Promise<ListResourcesResult> {
  const [, number = "0", inner] = /^(\d{1,2}):(.*)$/s.exec(cursor ?? "") ?? [];
  if (cursor !== undefined && inner === undefined) throw notACursor();
  const page = await storedItems(desk, { cursor: inner });
  const items = page.items.map(itemResource);
  const resources = cursor === undefined ? [...fixedResources(desk), ...items] : items;
  const more = page.nextCursor !== undefined && (Number(number) + 1) * PAGE < LISTED;
  return { resources, ...(more && { nextCursor: `${Number(number) + 1}:${page.nextCursor}` }) };
}

function notACursor(): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, "This cursor is not from an earlier page.");
}

async function storedItems(desk: Desk, request: { sources?: string[]; cursor?: string }) {
  try {
    return await desk.store.items({ ...request, limit: PAGE, viewer: desk.viewer });
  } catch (thrown) {
    if (request.cursor === undefined) throw thrown;
    throw notACursor();
  }
}

function fixedResources(desk: Desk): Resource[] {
  const each = enabledSources(desk).flatMap((source) => [
    fixed(sourceUri(source), source, `Source ${source}`, "Counts, last sync and last test"),
    fixed(itemsUri(source), `${source} items`, `Items of ${source}`, "The stored items, newest first, in pages"),
  ]);
  return [fixed(CATALOGUE_URI, "sources", "All sources", "Every source with its counts and state"), ...each];
}

function fixed(uri: string, name: string, title: string, description: string): Resource {
  return { uri, name, title, description, mimeType: MARKDOWN };
}

function itemResource(item: StoredItem): Resource {
  return {
    uri: itemUri(item.source, item.id),
    name: cleanLine(refOf(item.source, item.id), 200),
    title: cleanLine(item.title) || cleanLine(item.id),
    description: `${item.kind} in ${item.source}`,
    mimeType: MARKDOWN,
    ...(item.updatedAt !== undefined && { annotations: { lastModified: item.updatedAt } }),
  };
}

/** Reads any of our addresses. Throws ResourceNotFoundError for what is not there or not for this viewer. */
export async function readResource(desk: Desk, uri: string, signal: AbortSignal): Promise<ReadResourceResult> {
  const address = parseUri(uri);
  if (!address) throw new ResourceNotFoundError(uri);
  try {
    return { contents: [{ uri, mimeType: MARKDOWN, text: await textOf(desk, address, uri, signal) }] };
  } catch (thrown) {
    const { kind } = ConnectorError.from(thrown);
    if (kind === "not_found" || kind === "config" || kind === "usage") throw new ResourceNotFoundError(uri);
    throw thrown;
  }
}

async function textOf(
  desk: Desk,
  address: NonNullable<ReturnType<typeof parseUri>>,
  uri: string,
  signal: AbortSignal,
): Promise<string> {
  if (address.kind === "catalogue") return catalogueWithin(await catalogue(desk), desk.resultTokens).text;
  desk.sources.get(address.source);
  if (address.kind === "source") return sourceText(desk, address.source);
  if (address.kind === "items") return itemsText(desk, address.source, address.cursor);
  return itemText(desk, refOf(address.source, address.id), address.offset ?? 0, uri, signal);
}

async function itemsText(desk: Desk, source: string, cursor: string | undefined): Promise<string> {
  const { items, nextCursor } = await storedItems(desk, { sources: [source], cursor });
  const synced = await freshness(desk, [source]);
  if (items.length === 0)
    return `Nothing of ${source} is stored${cursor === undefined ? " yet" : " beyond this"}. ${synced}.`;
  const lines = items.map(
    (item) => `- [${cleanLine(item.title)}](${itemUri(source, item.id)}) ${item.kind} ${minuteOf(item.updatedAt)}`,
  );
  const more = nextCursor ? `\n\nMore: ${itemsUri(source)}?cursor=${encodeURIComponent(nextCursor)}` : "";
  return `${quotes().block(lines.join("\n"), source)}${more}\n\n${synced}.`;
}

async function itemText(desk: Desk, ref: string, offset: number, uri: string, signal: AbortSignal): Promise<string> {
  const { item, text } = await readItem(ref, { further: offset > 0 }, { desk, signal });
  const [place, synced] = [await placeNames(desk, [item]), await freshness(desk, [item.source])];
  const page = pageOf(text, Math.min(offset, text.length), 50_000, textTokens(desk.resultTokens));
  const by = peopleOf(item.authors)?.join(", ");
  const container = place(item);
  const head = [
    `# ${cleanLine(item.title) || cleanLine(item.id)}`,
    [
      `${item.kind} in ${item.source}${container === undefined ? "" : `, ${container}`}`,
      by && `by ${by}`,
      `updated ${minuteOf(item.updatedAt) || "at an unknown time"}`,
      synced,
    ]
      .filter(Boolean)
      .join("; "),
    ...(item.url ? [`Source: ${item.url}`] : []),
  ];
  const { text: shown, removed } = clean(page.text);
  const body = shown === "" ? "This item has no text." : quotes().block(shown, item.source);
  const flags = removed > 0 ? [`${removed} invisible or direction-changing characters were removed.`] : [];
  const more = page.next === undefined ? [] : [`Goes on: ${uri.replace(/\?.*$/, "")}?offset=${page.next}`];
  return [head.join("\n"), body, ...flags, ...more].join("\n\n");
}
