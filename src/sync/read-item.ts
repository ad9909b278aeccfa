import type { Readable } from "node:stream";
import type { Context, Fetched } from "../connectors/kit/index.ts";
import type { Extracted, Extractor } from "../extract/types.ts";
import { ConnectorError, type Draft, Item } from "../model/index.ts";
import type { OpenSource } from "../sources/source.ts";
import type { Upsert } from "../store/store.ts";
import { transform } from "./transform.ts";
import { usualItem } from "./usual-item.ts";

/** Where an item is read from and what turns its bytes into text. */
export interface Reading {
  readonly source: OpenSource;
  // biome-ignore lint/suspicious/noExplicitAny: contexts of any connector.
  readonly ctx: Context<any, any>;
  readonly extractor: Extractor;
  readonly signal: AbortSignal;
}

/** Checks a draft; throws `bad_response` naming the first field that is wrong. */
export function checkedItem(source: string, draft: Draft): Item {
  const usual = usualItem(draft);
  if (usual !== undefined) return usual;
  const checked = Item.safeParse(draft);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const field = issue?.path.join(".") || "item";
  throw new ConnectorError("bad_response", `An item of ${source} arrived with an unusable "${field}".`, {
    cause: checked.error,
  });
}

/**
 * Brings one item whole: what the listing knew, what `fetch` adds, and the body as Markdown. Undefined when the
 * options leave it out. Throws ConnectorError.
 */
export async function readItem(reading: Reading, id: string, listed?: Item): Promise<Upsert | undefined> {
  refuseOversize(reading.source, listed);
  const fetched = await reading.source.connector.fetch(reading.ctx, id, listed);
  const item = checkedItem(reading.source.id, { ...listed, ...fetched.item });
  const content = fetched.content;
  if (content === undefined)
    return transform(reading.source, { item, ...(item.text !== undefined && { text: item.text }) });
  if ("text" in content) return transform(reading.source, { item, text: content.text });
  return transform(reading.source, await extracted(reading, item, content));
}

async function extracted(
  reading: Reading,
  item: Item,
  content: Extract<Fetched["content"], { stream: Readable }>,
): Promise<Upsert> {
  try {
    refuseOversize(reading.source, item);
    const found = await reading.extractor.extract(content.stream, {
      mime: content.mime,
      name: content.name ?? item.title,
      signal: reading.signal,
    });
    return { item: withFindings(item, found), text: found.text };
  } catch (error) {
    throw lasting(ConnectorError.from(error));
  } finally {
    content.stream.destroy();
  }
}

/** A damaged document stays damaged until it changes; a service's bad answer may be good the next time. */
function lasting(error: ConnectorError): ConnectorError {
  if (error.kind !== "bad_response") return error;
  return new ConnectorError("unsupported", error.message, { hint: error.hint, cause: error });
}

function refuseOversize(source: OpenSource, item: Item | undefined): void {
  const [bytes, cap] = [item?.body?.bytes ?? 0, source.settings.limits.itemBytes];
  if (bytes <= cap) return;
  throw new ConnectorError("too_large", `It has ${megabytes(bytes)}; bodies are read up to ${megabytes(cap)}.`, {
    hint: `Its title is searchable. To read it: set limits: { itemBytes: ${Math.ceil(bytes / 1e6)}MB } for ${source.id}.`,
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/**
 * What the document says of itself fills what the source left open; a title only where the format is sure of it, and not
 * where the body has a version of its own: there a new name must show without reading the body again.
 */
function withFindings(item: Item, found: Extracted): Item {
  return {
    ...item,
    title: item.body?.version === undefined ? found.title || item.title : item.title,
    authors: item.authors.length > 0 ? item.authors : (found.authors ?? []),
    createdAt: item.body?.version === undefined ? (found.createdAt ?? item.createdAt) : item.createdAt,
    updatedAt: item.updatedAt ?? found.updatedAt,
    fields: {
      ...item.fields,
      ...found.fields,
      ...(found.warnings.length > 0 && { warnings: found.warnings }),
    },
  };
}

/** Whether a body is brought together with its page; the others come after it, from the queue. */
export function isQuick(body: { mime: string; bytes?: number | undefined }): boolean {
  if ((body.bytes ?? 0) > 1_000_000) return false;
  if (body.mime === "text/html") return false;
  return body.mime.startsWith("text/") || /^application\/(?:.*\+)?(?:json|xml|yaml|toml)$/.test(body.mime);
}
