import type { Clock, Http, LoginClient } from "../../connectors/kit/index.ts";

/** `browser`: comes back to a page on this machine. `device`: a code typed anywhere. `paste`: the last address is brought back by hand. */
export type LoginWay = "browser" | "device" | "paste";

/** Whom a login talks to. */
export interface LoginPerson {
  /** Go to this address; `opened`: a browser seems to show it already. */
  go(address: string, opened: boolean): void;
  /** Go to this address and type this code before it ends. */
  type(code: string, address: string, until: Date): void;
  /** The address the browser ended at. `problem`: what was wrong with the one before. */
  paste(problem: string | undefined, signal: AbortSignal): Promise<string>;
}

export interface LoginRequest {
  source: string;
  client: LoginClient;
  person: LoginPerson;
  http: { until(signal: AbortSignal): Http };
  clock: Clock;
  /** Opens a browser and answers whether that worked. */
  open: (address: string) => Promise<boolean>;
  signal: AbortSignal;
}
