export * from "./code.ts";
export * from "./links.ts";
