import { z } from "zod";
import type { Connector } from "../connectors/kit/index.ts";
import { ConfigFile, EngineKeys } from "./config-shape.ts";
import { RESERVED_NAMES, SOURCE_NAME } from "./source-name.ts";

type JsonSchema = Record<string, unknown>;

/** The JSON schema of the file for editors: the engine's keys, and the options of each connector where it is named. */
export function configSchema(connectors: readonly Connector[]): JsonSchema {
  const file = schemaOf(ConfigFile);
  const engine = schemaOf(EngineKeys).properties as JsonSchema;
  const properties = file.properties as JsonSchema;
  const entry = {
    type: "object",
    required: ["connector"],
    properties: {
      ...engine,
      connector: { ...(engine.connector as object), enum: connectors.map((connector) => connector.id) },
    },
    allOf: connectors.map((connector) => optionsOf(connector, engine)),
  };
  return {
    ...file,
    title: "headwater.yaml",
    properties: {
      ...properties,
      sources: {
        ...(properties.sources as object),
        type: "object",
        propertyNames: { pattern: SOURCE_NAME.source, not: { enum: RESERVED_NAMES } },
        additionalProperties: entry,
      },
    },
  };
}

/** The JSON schema of one connector's options, without the marks that only headwater reads. */
export function optionsSchema(connector: Connector): JsonSchema {
  return schemaOf(connector.config);
}

function optionsOf(connector: Connector, engine: JsonSchema): JsonSchema {
  const options = schemaOf(connector.config);
  return {
    if: { properties: { connector: { const: connector.id } }, required: ["connector"] },
    // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema.
    then: {
      description: `${connector.title}: ${connector.summary}`,
      properties: { ...(options.properties as object), ...engine },
      required: options.required ?? [],
      additionalProperties: false,
    },
  };
}

function schemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      const marks = jsonSchema as JsonSchema;
      if (marks.secret === true)
        marks.description = `${marks.description} A reference: \${VARIABLE}, env:VARIABLE or file:/path.`;
      for (const mark of ["secret", "kept", "main", "localPath", "effect", "expected"]) delete marks[mark];
    },
  }) as JsonSchema;
}
