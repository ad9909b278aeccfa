import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { apiSpec } from "./api-specs.ts";

type Json = Record<string, unknown>;

interface Description {
  paths: Record<string, Record<string, { responses: Record<string, Json> }>>;
  components: { schemas: Record<string, Json>; responses?: Record<string, Json> };
}

/**
 * Where a description contradicts itself. GitHub's demands that the account of an installation be a user and an enterprise
 * at once, which its own example is not; where installations are described for themselves it is one of both.
 */
const MISTAKEN: Record<string, Json> = {
  "get /app/installations 200": { type: "array", items: { $ref: "#/components/schemas/installation" } },
};

/** Checks the answers of a twin against the vendor's description of its interface (OpenAPI 3.0). */
export class Conformance {
  readonly #description: Description;
  readonly #ajv: Ajv;
  readonly #compiled = new Map<string, ValidateFunction | undefined>();

  private constructor(description: Description) {
    this.#description = description;
    this.#ajv = new Ajv({ strict: false, validateSchema: false, inlineRefs: false, code: { optimize: false } });
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: "api", components: { schemas: nullable(description.components.schemas) as Json } });
  }

  static #opened = new Map<string, Conformance | undefined>();

  /** Undefined when the description is not beside this checkout, which is said aloud. */
  static of(name: string): Conformance | undefined {
    if (!Conformance.#opened.has(name)) {
      const text = apiSpec(name);
      Conformance.#opened.set(name, text === undefined ? undefined : new Conformance(JSON.parse(text) as Description));
    }
    return Conformance.#opened.get(name);
  }

  /** Templates that are described, as `GET /repos/{owner}/{repo}`. */
  routes(): string[] {
    return Object.entries(this.#description.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== "parameters")
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  /** What is wrong with an answer in words; undefined when nothing is, or when this answer is not described. */
  fault(method: string, template: string, status: number, body: unknown): string | undefined {
    const validate = this.#validator(method.toLowerCase(), template, status);
    if (validate === undefined || validate(body)) return undefined;
    return `${method} ${template} ${status}: ${wordsOf(validate)}`;
  }

  /** As `fault`, for a thing that no route of the description answers alone. */
  faultOf(schema: string, body: unknown): string | undefined {
    const validate = this.#compile(`#${schema}`, { $ref: `api#/components/schemas/${schema}` });
    if (validate === undefined || validate(body)) return undefined;
    return `${schema}: ${wordsOf(validate)}`;
  }

  #validator(method: string, template: string, status: number): ValidateFunction | undefined {
    const key = `${method} ${template} ${status}`;
    if (this.#compiled.has(key)) return this.#compiled.get(key);
    const response = this.#description.paths[template]?.[method]?.responses[String(status)];
    const named = (response as { $ref?: string } | undefined)?.$ref?.split("/").pop();
    const described = named === undefined ? response : this.#description.components.responses?.[named];
    const content = described?.content as Record<string, { schema?: Json }> | undefined;
    const schema = MISTAKEN[`${method} ${template} ${status}`] ?? content?.["application/json"]?.schema;
    if (schema === undefined) this.#compiled.set(key, undefined);
    return schema === undefined ? undefined : this.#compile(key, nullable(schema) as Json);
  }

  #compile(key: string, schema: Json): ValidateFunction | undefined {
    if (!this.#compiled.has(key)) this.#compiled.set(key, this.#ajv.compile(schema));
    return this.#compiled.get(key);
  }
}

/** The error that lies deepest: of alternatives that one is nearest to what was meant. */
function wordsOf({ errors }: ValidateFunction): string {
  const deepest = [...(errors ?? [])].sort(
    (a, b) => b.instancePath.length - a.instancePath.length || b.schemaPath.length - a.schemaPath.length,
  )[0];
  return `${deepest?.instancePath} ${deepest?.message}`;
}

/** OpenAPI's `nullable` said in JSON Schema, and references led to the shared schemas. */
function nullable(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(nullable);
  if (node === null || typeof node !== "object") return node;
  const { nullable: may, example: _, discriminator: __, ...rest } = node as Json;
  const inner = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, nullable(value)])) as Json;
  if (typeof inner.$ref === "string" && inner.$ref.startsWith("#/")) inner.$ref = `api${inner.$ref}`;
  return may === true ? { anyOf: [{ type: "null" }, inner] } : inner;
}
