import type { z } from "zod";
import { fieldFacts, keysOf, schemasAt, unwrap } from "./fields.ts";
import { type KeyPath, keyText } from "./mistakes.ts";
import { didYouMean } from "./nearest.ts";
import { plainLine } from "./plain-text.ts";
import { SYNONYMS } from "./synonyms.ts";

type Issue = z.core.$ZodIssue;

/** Where a set of values came from, so that its mistakes can be told in the author's words. */
export interface Checked {
  schema: z.ZodType;
  /** As written, references not yet put in: never shows what a variable holds. */
  written: unknown;
  /** Key path of the checked values in the file. */
  at: KeyPath;
  /** Further keys that are right in this place, for suggestions. */
  alsoKnown?: readonly string[];
}

/** A mistake before its line is known. */
export interface FoundMistake {
  path: KeyPath;
  message: string;
}

/** Translates what zod found into sentences: the key, what is wanted, what was got, what the option means. */
export function zodMistakes(issues: readonly Issue[], checked: Checked): FoundMistake[] {
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return unknownKeys(issue, checked);
    const path = issue.path as KeyPath;
    return [{ path: [...checked.at, ...path], message: sentence(issue, checked) }];
  });
}

function unknownKeys(issue: Issue & { code: "unrecognized_keys" }, checked: Checked): FoundMistake[] {
  const place = issue.path as KeyPath;
  const known = schemasAt(checked.schema, place).flatMap(keysOf);
  if (place.length === 0) known.push(...(checked.alsoKnown ?? []));
  return issue.keys.map((key) => {
    const path = [...checked.at, ...place, key];
    return { path, message: `${keyText(path)} is not known here.${suggestion(key, known)}` };
  });
}

/** Unknown keys inside the maps of a connector's options, whether or not its schema is strict about them. */
export function nestedUnknownKeys(schema: z.core.$ZodType, written: unknown, at: KeyPath, depth = 0): FoundMistake[] {
  if (typeof written !== "object" || written === null) return [];
  const known = keysOf(schema);
  const inside = Object.entries(written).flatMap(([key, value]) => {
    const part = Array.isArray(written) ? Number(key) : key;
    return schemasAt(schema, [part]).flatMap((inner) => nestedUnknownKeys(inner, value, [...at, part], depth + 1));
  });
  if (depth === 0 || known.length === 0 || Array.isArray(written)) return inside;
  const unknown = Object.keys(written).filter((key) => schemasAt(schema, [key]).length === 0);
  const told = unknown.map((key) => ({
    path: [...at, key],
    message: `${keyText([...at, key])} is not known here.${suggestion(key, known)}`,
  }));
  return [...told, ...inside];
}

/** "Did you mean …?", and where nothing is near, what there is. */
function suggestion(key: string, known: readonly string[]): string {
  const synonym = Object.hasOwn(SYNONYMS, key) ? SYNONYMS[key] : undefined;
  if (synonym && known.includes(synonym)) return ` Did you mean "${synonym}"?`;
  return didYouMean(key, known) || (known.length > 0 ? ` Known here: ${known.join(", ")}.` : "");
}

function sentence(issue: Issue, checked: Checked): string {
  const path = issue.path as KeyPath;
  const key = keyText([...checked.at, ...path]);
  const facts = fieldFacts(checked.schema, path);
  const value = valueAt(checked.written, path);
  const meaning = facts.description ? ` ${lastKey(path)}: ${plainLine(facts.description)}` : "";
  if (value === undefined && issue.code !== "custom")
    return `${parentText(checked.at, path)} needs "${path.at(-1)}".${meaning}`;
  if (issue.code === "custom" && !facts.expected) return `${key}: ${asSentence(issue.message)}${meaning}`;
  const wanted = facts.expected ?? wantedBy(issue, schemasAt(checked.schema, path));
  return `${key} must be ${wanted}, got ${got(value, facts.secret)}.${facts.secret ? "" : choiceHint(issue, value)}${meaning}`;
}

function parentText(at: KeyPath, path: KeyPath): string {
  return keyText([...at, ...path.slice(0, -1)]) || "The file";
}

function lastKey(path: KeyPath): string {
  return String(path.findLast((part) => typeof part === "string") ?? "It");
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function choiceHint(issue: Issue, value: unknown): string {
  if (issue.code === "invalid_value" && typeof value === "string") return didYouMean(value, issue.values.map(String));
  if (issue.code === "invalid_type" && issue.expected === "array" && typeof value === "string") {
    return ` Write [${JSON.stringify(value)}].`;
  }
  if (issue.code !== "invalid_type") return "";
  if (issue.expected === "boolean" && /^(yes|on|true)$/i.test(String(value))) return " Write true.";
  if (issue.expected === "boolean" && /^(no|off|false)$/i.test(String(value))) return " Write false.";
  if (issue.expected === "number" && /^-?\d+(\.\d+)?$/.test(String(value))) return ` Write ${value} without quotes.`;
  if (issue.expected === "string" && typeof value !== "object") return ` Write ${JSON.stringify(String(value))}.`;
  return "";
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map of keys",
  record: "a map of keys",
  null: "empty",
};

const FORMAT_WORDS: Readonly<Record<string, string>> = {
  url: "an address such as https://example.com",
  email: "a mail address",
  date: "a date such as 2024-01-31",
  datetime: "a moment such as 2024-01-31T08:00:00Z",
};

function wantedBy(issue: Issue, schemas: z.core.$ZodType[]): string {
  switch (issue.code) {
    case "invalid_type":
      return typeWord(issue.expected);
    case "invalid_value":
      return issue.values.length === 1 ? shown(issue.values[0]) : `one of ${issue.values.map(shown).join(", ")}`;
    case "too_small":
      return bound(
        issue.origin,
        "at least",
        issue.inclusive === false ? "more than" : undefined,
        Number(issue.minimum),
      );
    case "too_big":
      return bound(issue.origin, "at most", issue.inclusive === false ? "less than" : undefined, Number(issue.maximum));
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    case "invalid_format":
      return FORMAT_WORDS[issue.format] ?? `a text in the form of ${issue.pattern ?? issue.format}`;
    case "invalid_union":
      return [...new Set(schemas.flatMap((schema) => unwrap(schema)).map(schemaWord))].join(" or ");
    default:
      return plainLine(issue.message);
  }
}

function bound(origin: string, inclusive: string, exclusive: string | undefined, limit: number): string {
  if (origin === "string")
    return limit === 1 && inclusive === "at least"
      ? "a text that is not empty"
      : `a text of ${inclusive} ${limit} characters`;
  if (origin === "array" || origin === "set") {
    return `a list of ${inclusive} ${limit} ${limit === 1 ? "entry" : "entries"}`;
  }
  return `${exclusive ?? inclusive} ${limit}`;
}

function schemaWord(schema: z.core.$ZodType): string {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === "literal") return def.values.map(shown).join(" or ");
  if (def.type === "enum") return Object.values(def.entries).map(shown).join(" or ");
  return typeWord(def.type);
}

function typeWord(type: string): string {
  return TYPE_WORDS[type] ?? `a ${type}`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** What was written, in words or as it stands; nothing of a credential. */
export function got(value: unknown, secret = false): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a map of keys";
  if (secret) return value === "" ? "an empty text" : typeof value === "string" ? "another text" : `a ${typeof value}`;
  const text = typeof value === "string" ? JSON.stringify(plainLine(value)) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function valueAt(root: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.hasOwn(value, part) ? (value as Record<string | number, unknown>)[part] : undefined;
  }, root);
}
