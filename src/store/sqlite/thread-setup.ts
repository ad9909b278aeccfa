import type { Answering } from "./courtesy.ts";
import type { Identity } from "./writing.ts";

/** What a thread of the store is started with. */
export interface ThreadSetup {
  /** `write` takes calls until it is closed; the others do one thing, answer and end. */
  role: { name: "write" } | { name: "check"; depth: "quick" | "full" } | { name: "backup"; path: string };
  file: string;
  driver: string;
  identity: Identity;
  answering: Answering;
}
