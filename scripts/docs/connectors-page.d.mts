import type { z } from "zod";
import type { Connector } from "../../src/connectors/kit/index.ts";

export function connectorsPage(
  connectors: readonly Connector[],
  root: string,
  engine: { keys: z.ZodObject; defaults: object },
): string;
