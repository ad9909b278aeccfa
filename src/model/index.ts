export * from "./errors.ts";
export * from "./item.ts";
export * from "./page.ts";
export * from "./report.ts";
export * from "./search.ts";
