import { ConnectorError } from "../../../model/index.ts";
import type { Clock, Logger } from "../define.ts";
import type { Http } from "./http.ts";
import type { HttpService, Memory, Tokens } from "./service.ts";

export interface HttpSettings {
  source: string;
  /** Undefined for connectors that do not speak HTTP: asking is then a `bug`. */
  service: HttpService | undefined;
  config: unknown;
  memory: Memory;
  /** `refused`: the service refused what the tokens before were good for, so newer ones are wanted. */
  tokens: (refused?: boolean) => Promise<Tokens>;
  /** Addresses of private networks and of this machine may be reached. */
  allowPrivateNetwork: boolean;
  clock: Clock;
  log: Logger;
}

/** One source's way to its service. */
export interface OpenHttp {
  /** The same service, stopped by a signal. */
  until(signal: AbortSignal): Http;
  close(): Promise<void>;
}

export function openHttp(settings: HttpSettings): OpenHttp {
  const unsupported = () => {
    throw new ConnectorError("bug", `The connector of ${settings.source} does not speak HTTP.`);
  };
  const http: Http = {
    json: unsupported,
    changed: unsupported,
    text: unsupported,
    stream: unsupported,
    pages: unsupported,
    graphql: unsupported,
  };
  return { until: () => http, close: async () => {} };
}
