export * from "../../model/index.ts";
export * from "./define.ts";
export * from "./options.ts";
