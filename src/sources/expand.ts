import type { z } from "zod";
import { fieldFacts } from "./fields.ts";
import { LateSecret } from "./late-secret.ts";
import { type KeyPath, keyText } from "./mistakes.ts";
import { absolutePath, expandCredential, expandVariables, hasReference, type ReferenceScope } from "./references.ts";
import { Secret } from "./secret.ts";
import type { FoundMistake } from "./zod-mistakes.ts";

/** Values with their references put in. Credentials are `Secret`, local paths absolute. */
export interface ExpandedValues {
  values: unknown;
  /** The values as written, credentials that stand in the file itself replaced by `***`. */
  printable: unknown;
  mistakes: FoundMistake[];
  warnings: FoundMistake[];
  /** Where credentials are that will be read only when they are needed. */
  late: KeyPath[];
}

/** Puts references into every string value of one part of the file; keys and other types stay as they are. */
export function expandValues(written: unknown, schema: z.ZodType, at: KeyPath, scope: ReferenceScope): ExpandedValues {
  const answer: ExpandedValues = { values: undefined, printable: undefined, mistakes: [], warnings: [], late: [] };
  const visit = (value: unknown, path: KeyPath): { value: unknown; printable: unknown } => {
    if (typeof value === "string") return expandOne(value, path);
    if (Array.isArray(value)) {
      const parts = value.map((entry, index) => visit(entry, [...path, index]));
      return { value: parts.map((part) => part.value), printable: parts.map((part) => part.printable) };
    }
    if (typeof value !== "object" || value === null) return { value, printable: value };
    const parts = Object.entries(value).map(([key, entry]) => [key, visit(entry, [...path, key])] as const);
    return {
      value: Object.fromEntries(parts.map(([key, part]) => [key, part.value])),
      printable: Object.fromEntries(parts.map(([key, part]) => [key, part.printable])),
    };
  };
  const expandOne = (text: string, path: KeyPath) => {
    const facts = fieldFacts(schema, path);
    const expanded = facts.secret ? expandCredential(text, scope) : expandVariables(text, scope);
    const full = [...at, ...path];
    if ("problem" in expanded) {
      answer.mistakes.push({ path: full, message: `${keyText(full)} ${expanded.problem}` });
      return { value: undefined, printable: text };
    }
    if ("late" in expanded) {
      answer.late.push(full);
      return { value: new LateSecret(expanded.late), printable: text };
    }
    if (facts.secret) {
      const literal = !hasReference(text);
      if (literal && text !== "") answer.warnings.push({ path: full, message: literalWarning(full) });
      return { value: new Secret(expanded.text), printable: literal ? "***" : text };
    }
    const value = facts.localPath && expanded.text !== "" ? absolutePath(expanded.text, scope.folder) : expanded.text;
    return { value, printable: text };
  };
  const { value, printable } = visit(written, []);
  answer.values = value;
  answer.printable = printable;
  return answer;
}

/** The same values with every `Secret` opened, for the one who needs it; for a late one its placeholder. */
export function revealSecrets(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (value instanceof LateSecret) return value.placeholder;
  if (Array.isArray(value)) return value.map(revealSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, revealSecrets(entry)]));
}

function literalWarning(path: KeyPath): string {
  const name = path
    .filter((part) => typeof part === "string")
    .slice(-2)
    .join("_")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
  return `${keyText(path)} is a credential written out in the file. Safer: put it into an environment variable and write "\${${name}}", or keep it with headwater secrets set.`;
}
