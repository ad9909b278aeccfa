import type { z } from "zod";
import { globalRegistry } from "zod";
import type { UsuallyKept } from "../connectors/kit/index.ts";
import type { KeyPath } from "./mistakes.ts";

/** What a schema says about one field. */
export interface FieldFacts {
  description?: string;
  /** A credential. */
  secret?: boolean;
  /** Where people have this credential already. */
  kept?: UsuallyKept;
  /** What stands behind the connector's name in `headwater add`. */
  main?: boolean;
  /** A place on this machine. */
  localPath?: boolean;
  /** What is wanted, in words: "a time such as 10m". */
  expected?: string;
}

type Schema = z.core.$ZodType;

/** Facts about the field at a path, from the outermost wrapper to the innermost type; inner ones fill gaps. */
export function fieldFacts(schema: Schema, path: KeyPath): FieldFacts {
  const [part, ...rest] = path;
  if (part === undefined) return ownFacts(schema);
  for (const type of unwrap(schema)) {
    for (const inner of step(type, part)) {
      const facts = fieldFacts(inner, rest);
      if (Object.keys(facts).length > 0) return facts;
    }
  }
  return {};
}

/** A schema's own type and, for unions, all of its branches, without optional, default and pipe around them. */
export function unwrap(schema: Schema): Schema[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "catch":
      return unwrap(def.innerType);
    case "pipe":
      return [...unwrap(def.in), ...unwrap(def.out)].filter(
        (type) => (type as z.core.$ZodTypes)._zod.def.type !== "transform",
      );
    case "lazy":
      return unwrap(def.getter());
    case "union":
      return def.options.flatMap((option) => unwrap(option));
    default:
      return [schema];
  }
}

/** The keys an object schema knows; for unions those of all branches. */
export function keysOf(schema: Schema): string[] {
  return unwrap(schema).flatMap((type) => {
    const def = (type as z.core.$ZodTypes)._zod.def;
    return def.type === "object" ? Object.keys(def.shape) : [];
  });
}

/** The schemas at a path; several where unions branch. */
export function schemasAt(schema: Schema, path: KeyPath): Schema[] {
  return path.reduce<Schema[]>(
    (schemas, part) => schemas.flatMap((one) => unwrap(one).flatMap((type) => step(type, part))),
    [schema],
  );
}

function step(type: Schema, part: string | number): Schema[] {
  const def = (type as z.core.$ZodTypes)._zod.def;
  if (def.type === "object") {
    if (Object.hasOwn(def.shape, part)) return [def.shape[part] as Schema];
    return def.catchall && (def.catchall as z.core.$ZodTypes)._zod.def.type !== "never" ? [def.catchall] : [];
  }
  if (def.type === "array") return [def.element];
  if (def.type === "record") return [def.valueType];
  if (def.type === "tuple") return def.items.slice(Number(part), Number(part) + 1);
  return [];
}

function ownFacts(schema: Schema): FieldFacts {
  const inner = unwrap(schema).map((type) => globalRegistry.get(type) ?? {});
  return Object.assign({}, ...inner.reverse(), ...wrappers(schema)) as FieldFacts;
}

function wrappers(schema: Schema): object[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  const inner = "innerType" in def ? wrappers(def.innerType as Schema) : [];
  return [...inner, globalRegistry.get(schema) ?? {}];
}
