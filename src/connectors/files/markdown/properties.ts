import type { z } from "zod";
import { cleanTag } from "./tags.ts";

type Json = z.core.util.JSONType;

/** What a note's properties say of it, in our words. */
export interface NoteFacts {
  title?: string;
  aliases: string[];
  tags: string[];
  authors: string[];
  createdAt?: string;
  updatedAt?: string;
  /** All other properties, as they are written. */
  fields: Record<string, Json>;
  warning?: string;
}

const CREATED = ["created", "createdat", "datecreated", "creationdate", "date"];
const UPDATED = [
  "updated",
  "updatedat",
  "modified",
  "lastmodified",
  "datemodified",
  "dateupdated",
  "lastupdated",
  "modifiedat",
];
const DEEPEST = 8;
const MOST = 500;
const LARGEST_FIELDS = 10_000;

const OURS = new Set(["aliases", "alias", "tags", "tag", "title", "author", "authors"]);

/** Reads the properties that mean something to us; keeps the rest as fields. */
export function factsOf(properties: Record<string, unknown>): NoteFacts {
  const facts: NoteFacts = { aliases: [], tags: [], authors: [], fields: {} };
  const written = Object.entries(properties);
  if (written.length === 0) return facts;
  const byName = new Map(written.map(([name, value]) => [plain(name), value]));
  facts.aliases = [...wordsOf(byName.get("aliases")), ...wordsOf(byName.get("alias"))];
  facts.tags = [...listOf(byName.get("tags")), ...listOf(byName.get("tag"))].flatMap((tag) => cleanTag(tag) ?? []);
  facts.authors = [...wordsOf(byName.get("author")), ...wordsOf(byName.get("authors"))].map((name) => `user:${name}`);
  const title = byName.get("title");
  if (typeof title === "string" && title.trim() !== "") facts.title = title.trim();
  facts.createdAt = firstDate(byName, CREATED);
  facts.updatedAt = firstDate(byName, UPDATED);
  for (const [name, value] of written) {
    if (!OURS.has(plain(name)) && name !== "__proto__") facts.fields[name] = jsonOf(value, 0);
  }
  if (JSON.stringify(facts.fields).length > LARGEST_FIELDS) {
    facts.fields = {};
    facts.warning = "The properties are too large to be kept as fields.";
  }
  return facts;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}

/** A list, or one word that may hold commas and spaces: tags never do. */
function listOf(value: unknown): string[] {
  if (typeof value === "string") return value.split(/[\s,]+/).filter(Boolean);
  return wordsOf(value);
}

/** A list of words, or one. */
function wordsOf(value: unknown): string[] {
  const all: unknown[] = Array.isArray(value) ? value.flat(2) : [value];
  return all
    .flatMap((one) => (typeof one === "string" || typeof one === "number" ? String(one).trim() : []))
    .filter(Boolean)
    .slice(0, MOST);
}

function firstDate(byName: Map<string, unknown>, names: string[]): string | undefined {
  for (const name of names) {
    const at = dateOf(byName.get(name));
    if (at !== undefined) return at;
  }
  return undefined;
}

/** A day is midnight in UTC; a time without a zone is meant in the zone of this machine. */
function dateOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const written = value.trim();
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
    written,
  );
  if (match === null) return undefined;
  const [, day, time, zone = ""] = match;
  const at = new Date(
    time === undefined
      ? `${day}T00:00:00Z`
      : `${day}T${time.padStart(time.indexOf(":") === 1 ? time.length + 1 : 0, "0")}${zone.toUpperCase()}`,
  );
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function jsonOf(value: unknown, depth: number): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (depth >= DEEPEST) return "…";
  if (Array.isArray(value)) return value.slice(0, MOST).map((one) => jsonOf(one, depth + 1));
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).filter(([name]) => name !== "__proto__");
  return Object.fromEntries(entries.slice(0, MOST).map(([name, one]) => [name, jsonOf(one, depth + 1)]));
}
