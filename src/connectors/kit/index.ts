export * from "../../model/index.ts";
export * from "./auth.ts";
export * from "./decode-text.ts";
export * from "./define.ts";
export * from "./http/index.ts";
export * from "./markdown/index.ts";
export * from "./options.ts";
export * from "./webhook.ts";
