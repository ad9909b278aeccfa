import type { Twin } from "../../contract/connector.ts";
import type { Faults } from "../../twins/faults.ts";

/** A service with things in it, and how somebody follows it. Every connector has one, in a file of its name. */
export interface World {
  readonly twin: Twin;
  /** Options beyond those that the twin tells: what push needs, what a person would add. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** How what happens there arrives by itself. */
  readonly push: {
    /** Whether headwater listens, or is told. */
    readonly by: "live" | "webhook";
    /** Makes the service tell its news to the running headwater at this address, about the source of this name. */
    begin?(address: string, source: string): Promise<void>;
  };
  /** How a credential has to look to be taken for one, by its option, where it is not just any word. */
  readonly shapes?: Readonly<Record<string, (core: string) => string>>;
  /** Where bytes of an item are asked for; there is such a place wherever a connector speaks HTTP. */
  readonly downloads?: { readonly faults: Faults; readonly path: RegExp };
  close(): Promise<void>;
}
