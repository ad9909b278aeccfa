import type { Draft, Item } from "../model/index.ts";

/**
 * A draft of the usual shape as the item it is, checked by hand: a tenth of the time that the schema takes, which a first
 * sync of many small items feels. Undefined for everything else, so that the schema judges it and says what is wrong.
 */
export function usualItem(draft: Draft): Item | undefined {
  const { id, kind, title, version, authors = [], tags = [], aliases = [], relations = [], fields = {}, body } = draft;
  if (typeof id !== "string" || id === "" || typeof kind !== "string" || kind === "") return undefined;
  if (typeof title !== "string" || typeof version !== "string" || draft.access !== undefined) return undefined;
  if (!areTexts(authors) || !areTexts(tags) || !areTexts(aliases)) return undefined;
  if (!areRelations(relations) || !areFacts(fields) || !(body === undefined || isBody(body))) return undefined;
  const item: Item = { id, kind, title, version, authors, tags, fields, relations, aliases };
  for (const key of OPTIONAL) {
    const text = draft[key];
    if (text === undefined) continue;
    if (typeof text !== "string") return undefined;
    item[key] = text;
  }
  if (body !== undefined) item.body = body;
  return item;
}

const OPTIONAL = ["url", "container", "parent", "createdAt", "updatedAt", "text", "handle"] as const;

function areTexts(list: unknown): boolean {
  return Array.isArray(list) && list.every((one) => typeof one === "string");
}

function areRelations(list: unknown): boolean {
  return Array.isArray(list) && list.every(isRelation);
}

function isRelation(one: unknown): boolean {
  if (!isMap(one) || typeof one.rel !== "string") return false;
  for (const key in one) {
    if (key !== "rel" && key !== "id" && key !== "url" && key !== "text") return false;
    if (typeof one[key] !== "string") return false;
  }
  return true;
}

function isBody(one: unknown): boolean {
  if (!isMap(one) || typeof one.mime !== "string") return false;
  for (const key in one) if (key !== "mime" && key !== "bytes" && key !== "version") return false;
  if (one.version !== undefined && typeof one.version !== "string") return false;
  return one.bytes === undefined || Number.isFinite(one.bytes);
}

/** Words, numbers and lists of words; deeper ones are left to the schema. */
function areFacts(one: unknown): one is Item["fields"] {
  if (!isMap(one)) return false;
  for (const key in one) {
    const value = one[key];
    const isPlain = typeof value === "string" || typeof value === "boolean" || value === null || Number.isFinite(value);
    if (!isPlain && !areTexts(value)) return false;
  }
  return true;
}

function isMap(one: unknown): one is Record<string, unknown> {
  return typeof one === "object" && one !== null && !Array.isArray(one);
}
