import type { Column } from "./column.ts";
import { isoTime } from "./iso-time.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A value as people read it. Longer ones end with a note. */
export function shownValue({ kind }: Column, raw: string, most: number): string {
  if (kind === "text") return raw.length > most ? cut(raw, most) : raw;
  if (kind === "instant") return raw.length === 10 ? raw : (isoTime(raw) ?? raw); // a day stays a day
  if (kind === "list") return listOf(raw).join(", ");
  if (kind === "boolean") return /^(t|true|1)$/.test(raw) ? "true" : "false";
  if (kind === "json") return cut(compact(raw), most);
  return cut(raw, most);
}

/** A value for machines: numbers, truth values and lists as such, whatever JavaScript would round as text. */
export function fieldValue(column: Column, raw: string, most: number): Json {
  switch (column.kind) {
    case "number":
      return numberOf(raw);
    case "boolean":
      return /^(t|true|1)$/.test(raw);
    case "list":
    case "json":
      return raw.length > 4 * most ? cut(compact(raw), most) : (parsed(raw) ?? cut(raw, most));
    default:
      return shownValue(column, raw, most);
  }
}

/** What lies at a path inside a JSON text: `colour.name`, `sizes.0`. */
export function jsonAt(raw: string, path: readonly string[]): string | undefined {
  let value = parsed(raw);
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, Json>)[step];
  }
  if (value === null || value === undefined) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The words of a list: a JSON array, or words with commas between. */
export function listOf(raw: string | null): string[] {
  if (raw === null || raw === "") return [];
  const value = raw.startsWith("[") ? parsed(raw) : raw.split(",").map((word) => word.trim());
  const list = Array.isArray(value) ? value.flat(10) : [raw];
  return list
    .filter((one) => one !== null && one !== "")
    .map((one) => (typeof one === "object" ? JSON.stringify(one) : String(one)));
}

function numberOf(raw: string): Json {
  const value = Number(raw);
  const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? value : raw;
}

function parsed(raw: string): Json | undefined {
  try {
    return JSON.parse(raw) as Json;
  } catch {
    return undefined;
  }
}

/** JSON that fits a line stands in one line. A line break is never part of a text in it. */
function compact(raw: string): string {
  if (!raw.includes("\n")) return raw;
  const line = raw.replace(/\n\s*/g, " ");
  return line.length <= 120 ? line : raw;
}

/** At most so many characters, never half of one. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = text.charCodeAt(most - 1) >= 0xd800 && text.charCodeAt(most - 1) <= 0xdbff;
  return `${text.slice(0, half ? most - 1 : most)}… (cut at ${most.toLocaleString("en")} characters)`;
}
