import type { Connector } from "../../src/connectors/kit/index.ts";

export function connectorsPage(connectors: readonly Connector[], root: string): string;
