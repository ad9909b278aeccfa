export * from "./http.ts";
export * from "./open-http.ts";
export * from "./service.ts";
