import type { Connector } from "../connectors/kit/index.ts";

/** Connectors by id, loaded when needed. */
export type Catalog = Readonly<Record<string, () => Promise<Connector>>>;
