import { parseDocument } from "yaml";

/** A note in its two parts. */
export interface SplitNote {
  properties: Record<string, unknown>;
  body: string;
  /** Why properties that are there could not be read; they are then still in the body. */
  warning?: string;
}

/** Beyond this the YAML parser takes seconds for hostile nesting, and no person wrote it as properties. UTF-16 units. */
const LONGEST = 16_000;
const CLOSING = /^(?:---|\.\.\.)[ \t]*$/m;

/**
 * Splits YAML front matter from a note. Only a plain `---` line opens it: `---js` and the like are code for other
 * programs, are never run and stay in the text. What is not YAML stays in the text too, with a warning: nothing is lost.
 */
export function splitFrontMatter(text: string): SplitNote {
  const opening = /^---[ \t]*\n/.exec(text);
  if (opening === null) return { properties: {}, body: text };
  const start = opening[0].length;
  const closing = CLOSING.exec(text.slice(start, start + 20 * LONGEST));
  if (closing === null) return { properties: {}, body: text };
  if (closing.index > LONGEST) return kept(text, "longer than 16,000 characters");
  const end = start + closing.index;
  const body = text.slice(end + closing[0].length).replace(/^\n+/, "");
  const { properties, problem } = readYaml(text.slice(start, end));
  if (properties !== undefined) return { properties, body };
  return kept(text, `not valid YAML${problem}`);
}

function kept(text: string, why: string): SplitNote {
  return { properties: {}, body: text, warning: `The properties are ${why}, so they were kept as text.` };
}

function readYaml(source: string): { properties?: Record<string, unknown>; problem: string } {
  try {
    const document = parseDocument(source, { uniqueKeys: false, logLevel: "silent", prettyErrors: true });
    const [error] = document.errors;
    if (error !== undefined) return { problem: error.linePos ? ` (line ${error.linePos[0].line + 1})` : "" };
    const value: unknown = document.toJS({ maxAliasCount: 100 }); // refuses aliases that multiply
    if (value === null || value === undefined) return { properties: {}, problem: "" };
    if (typeof value === "object" && !Array.isArray(value))
      return { properties: value as Record<string, unknown>, problem: "" };
    return { problem: " with names and values" };
  } catch {
    return { problem: "" };
  }
}
