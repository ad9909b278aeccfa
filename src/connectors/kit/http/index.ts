export type { HttpCounts } from "./counts.ts";
export type { Resolve } from "./guard.ts";
export * from "./http.ts";
export type { HttpLimits } from "./limits.ts";
export * from "./open-http.ts";
export * from "./service.ts";
