import { z } from "zod";
import type { Connector, UsuallyKept } from "../connectors/kit/index.ts";
import { fieldFacts, unwrap } from "../sources/fields.ts";

/** One option of a connector as a person is asked for it. */
export interface OptionField {
  name: string;
  description: string;
  type: "text" | "number" | "yes or no" | "list" | "map";
  required: boolean;
  fallback?: unknown;
  choices: string[];
  secret: boolean;
  /** Where people have this credential already. */
  kept: UsuallyKept;
  /** What stands behind the connector's name in `headwater add`. */
  main: boolean;
  /** A place on this machine. */
  localPath: boolean;
}

/** The options of a connector, in the order of its schema. */
export function optionFields(connector: Connector): OptionField[] {
  return Object.entries(connector.config.shape).map(([name, schema]) => {
    const facts = fieldFacts(connector.config, [name]);
    const absent = z.safeParse(schema, undefined);
    return {
      name,
      description: facts.description ?? "",
      type: typeOf(schema),
      required: !absent.success,
      ...(absent.success && absent.data !== undefined && { fallback: absent.data }),
      choices: choicesOf(schema),
      secret: facts.secret === true,
      kept: facts.kept ?? {},
      main: facts.main === true,
      localPath: facts.localPath === true,
    };
  });
}

function kinds(schema: z.core.$ZodType): string[] {
  return unwrap(schema).map((type) => (type as z.core.$ZodTypes)._zod.def.type);
}

/** A text or a list of texts is asked for as a list. */
function typeOf(schema: z.core.$ZodType): OptionField["type"] {
  const found = kinds(schema);
  if (found.includes("array")) return "list";
  if (found.includes("object") || found.includes("record")) return "map";
  if (found.includes("boolean")) return "yes or no";
  return found.includes("number") ? "number" : "text";
}

function choicesOf(schema: z.core.$ZodType): string[] {
  return unwrap(schema).flatMap((type) => {
    const def = (type as z.core.$ZodTypes)._zod.def;
    return def.type === "enum" ? Object.values(def.entries).map(String) : [];
  });
}
