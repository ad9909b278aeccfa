export * from "./addresses.ts";
export * from "./auth.ts";
export * from "./explain.ts";
export * from "./options.ts";
export * from "./service-account.ts";
